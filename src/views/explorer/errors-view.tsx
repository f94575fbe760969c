import * as React from 'react';
import type { ITrainedModel } from '../../model/types';
import { MetricChoice } from '../error-choices';
import { metricFactor, metricTitle, spreadText } from '../error-metric';
import { spreadsOf } from '../error-spreads';
import { HeaderSelect } from '../fields';
import { Surface } from '../marks/surface';
import { ModelView } from '../model-view';
import { slotTitle } from '../slots';
import type { ITable } from '../table';
import { type IViewContext, Rendering } from '../view';
import { significant } from '../wording';
import { BinChoice } from './bin-choice';
import { BINS, ErrorsContent } from './errors-content';
import { drawErrors, type IErrorsFrame, roomForRows } from './errors-drawing';
import { WorstList } from './worst-list';

/** Width from which the list stands beside the plot, px. */
const BESIDE = 760;

/** Errors: histogram by part, mean ± standard deviation of every model, and the worst regions. */
export class ErrorsView extends ModelView {
  constructor(context: IViewContext) {
    super(context, {
      name: 'errors',
      title: slotTitle('errors', context.trans),
      tools: () => this._tools()
    });
    const { trans, workspace, shown } = context;
    const { data, models, navigation, explorer } = workspace;
    this.addClass('jp-Eelscape-errors');
    this._surface = new Surface(this.body.node);
    this._content = new ErrorsContent(shown);
    this.makeApplication(
      trans.__('Histogram of the errors'),
      trans.__(
        'Left and right arrow keys choose a bin, with Shift a range of bins. Enter selects its windows, Escape clears the selection.'
      )
    );
    this._bins = new BinChoice(this.body.node, context, {
      frame: () => this._frame,
      content: this._content,
      changed: () => super.redraw()
    });
    this._list = new Rendering('jp-Eelscape-worst', () => this._renderList());
    this.addWidget(this._list);
    navigation.pointerChanged.connect(this._pointerMoved, this);
    explorer.selection.changed.connect(this.redraw, this);
    explorer.display.changed.connect(this.refresh, this);
    data.pairChanged.connect(this.refresh, this);
    data.setupChanged.connect(this.refresh, this);
    models.itemsChanged.connect(this.refresh, this);
    models.activeChanged.connect(this.refresh, this);
  }

  get picture(): Surface {
    return this._surface;
  }

  table(): ITable | null {
    const { shown, trans } = this.context;
    const { active } = shown;
    if (!active) {
      return null;
    }
    const { edges, counts } = this._content.histogramOf(active);
    const factor = metricFactor(shown.metric);
    const title = metricTitle(shown.metric, shown.targetUnits, trans);
    return {
      title: trans.__('Histogram of the errors of %1', shown.labelOf(active)),
      columns: [
        trans.__('%1, from', title),
        trans.__('%1, to', title),
        trans.__('Train (windows)'),
        trans.__('Guard (windows)'),
        trans.__('Test (windows)')
      ],
      rows: Array.from({ length: BINS }, (_, i) => [
        factor * edges[i],
        factor * edges[i + 1],
        counts.train[i],
        counts.guard[i],
        counts.test[i]
      ])
    };
  }

  redraw(): void {
    this._stale = true;
    super.redraw();
  }

  protected describe(): void {
    const { shown } = this.context;
    const active = shown.active;
    this.subtitle = active ? shown.labelOf(active) : '';
  }

  protected draw(): void {
    const { shown } = this.context;
    if (this._stale) {
      this._stale = false;
      this._drawPlot();
      this._list.update();
    }
    const group = this._surface.group('pointer');
    group.selectAll('*').remove();
    const frame = this._frame;
    const active = shown.active;
    if (!frame || !active) {
      return;
    }
    this._bins.draw(group, frame);
    const error = shown.errorAt(active, ...shown.pointer);
    if (Number.isFinite(error)) {
      const x = frame.x(Math.min(error, frame.x.domain()[1]));
      group
        .append('path')
        .attr('class', 'jp-Eelscape-errorHere')
        .attr('d', `M${x},${frame.middle - 1}l-5,-8h10Z`);
    }
  }

  private _drawPlot(): void {
    const { shown, trans, workspace } = this.context;
    const { active, models, metric, targetUnits } = shown;
    const { selection, display } = workspace.explorer;
    this._surface.begin(this.width, this.height);
    this._surface.clear();
    this._frame = null;
    const missing = this.showMissing(!active);
    this._list.setHidden(missing || this.height < 1);
    if (!active || missing) {
      return;
    }
    const beside = this.width >= BESIDE;
    const width = beside ? Math.round(this.width * 0.58) : this.width;
    const height = beside
      ? this.height
      : Math.round(Math.max(178, this.height - 136, this.height * 0.5));
    this._placeList(
      beside ? width : 0,
      beside ? 4 : height,
      this.width - (beside ? width : 0)
    );
    const room = roomForRows(height);
    const rest = models.filter(model => model !== active);
    const chosen = [active, ...rest.reverse().slice(0, room - 1)];
    const histogram = this._content.histogramOf(active);
    const chosenMask = this._content.selectedOf(active, selection.mask);
    const { threshold } = this._content.worstOf(active, display.percentile);
    const high = this._content.high;
    const count = (part: 'train' | 'guard' | 'test'): number =>
      spreadsOf(shown, active)[part].count;
    this._frame = drawErrors(this._surface, {
      width,
      height,
      histogram,
      selected: chosenMask,
      rows: models
        .filter(model => chosen.includes(model))
        .map(model => this._row(model)),
      threshold,
      factor: metricFactor(metric),
      names: {
        train: trans.__('train %1', count('train')),
        guard: trans.__('guard %1', count('guard')),
        test: trans.__('test %1', count('test')),
        selected: trans.__('selected %1', chosenMask?.total ?? 0),
        windows: trans.__('Windows (%)'),
        above: `${histogram.above} > ${shown.errorText(high)}`,
        threshold: trans.__(
          'worst %1 %',
          significant(100 - display.percentile)
        ),
        errors: metricTitle(metric, targetUnits, trans),
        spread: trans.__('Mean and standard deviation over windows')
      }
    });
  }

  private _row(
    model: ITrainedModel
  ): Parameters<typeof drawErrors>[1]['rows'][number] {
    const { shown } = this.context;
    const spreads = spreadsOf(shown, model);
    const text = (part: 'train' | 'test'): string =>
      spreadText(
        spreads[part].mean,
        spreads[part].sd,
        shown.metric,
        shown.targetUnits
      );
    return {
      label: shown.labelOf(model),
      style: shown.styleOf(model),
      spreads,
      texts: { train: text('train'), test: text('test') }
    };
  }

  private _placeList(left: number, top: number, width: number): void {
    const { style } = this._list.node;
    const header = this.heading?.node.offsetHeight || 30;
    style.left = `${left}px`;
    style.top = `${header + top}px`;
    style.width = `${width}px`;
    style.height = `${Math.max(0, this.height - top)}px`;
  }

  private _renderList(): JSX.Element | null {
    const { shown, workspace } = this.context;
    const { selection, display } = workspace.explorer;
    const { active } = shown;
    if (!active) {
      return null;
    }
    const found = this._content.worstOf(active, display.percentile);
    const current =
      selection.mask && selection.mask === this._mask ? this._current : -1;
    return (
      <WorstList
        context={this.context}
        regions={found.regions}
        threshold={shown.errorText(found.threshold)}
        current={current < found.regions.length ? current : -1}
        go={index => this._go(index)}
      />
    );
  }

  /** Brings the pointer to the worst window of a region, whose windows become the selection. */
  private _go(index: number): void {
    const { shown, workspace } = this.context;
    const { active, pair } = shown;
    const { selection, display } = workspace.explorer;
    const region =
      active &&
      this._content.worstOf(active, display.percentile).regions[index];
    if (!region || !pair) {
      return;
    }
    this._current = index;
    this._mask = this._content.maskOf(region);
    workspace.navigation.setPointer(
      Math.floor(region.peak / pair.nx),
      region.peak % pair.nx
    );
    selection.set(this._mask);
  }

  private _tools(): JSX.Element | null {
    const { shown, workspace, trans } = this.context;
    const active = shown.active;
    if (!active) {
      return null;
    }
    return (
      <>
        <MetricChoice context={this.context} />
        {shown.models.length > 1 && (
          <HeaderSelect
            label={trans.__('Model of the histogram and the worst regions')}
            value={active.id}
            choices={shown.models.map(
              model => [model.id, shown.labelOf(model)] as const
            )}
            onChange={id => workspace.models.activate(id)}
          />
        )}
      </>
    );
  }

  private _pointerMoved(): void {
    super.redraw();
  }

  private _surface: Surface;
  private _content: ErrorsContent;
  private _bins: BinChoice;
  private _list: Rendering;
  private _frame: IErrorsFrame | null = null;
  /** True where more than the marks of pointer and bins has to be drawn. */
  private _stale = true;
  /** The region that was chosen last and the selection made of it. */
  private _current = -1;
  private _mask: Uint8Array | null = null;
}
