import * as React from 'react';
import type { ITrainedModel } from '../model/types';
import { MetricChoice } from './error-choices';
import {
  CAPTION,
  drawMapPointer,
  drawMapScale,
  drawMapSelection,
  frameAt,
  mapFrames
} from './error-map-drawing';
import { metricFactor, metricName, metricTitle } from './error-metric';
import { spreadsOf } from './error-spreads';
import { errorNumbers, fillErrorTable, HEAD, ROW } from './error-table';
import { drawExcluded } from './excluded-layer';
import { HeaderSelect } from './fields';
import { drawColourBar } from './marks/colour-bar';
import { addFlagHatch } from './marks/hatch';
import { RasterCache } from './marks/raster';
import { Surface } from './marks/surface';
import { ModelView } from './model-view';
import { type IPictureFrame, pixelAt } from './navigator-frame';
import { pointerKeys } from './pointer-keys';
import type { ITable } from './table';
import type { IViewContext } from './view';
import { significant } from './wording';

const ALL = 'all models';

/** Error maps over the HAADF image on one scale: of the active model with the errors of all below, or of all models. */
export class ErrorMap extends ModelView {
  constructor(context: IViewContext) {
    super(context, {
      name: 'error',
      title: context.trans.__('Error map'),
      tools: () => this._tools()
    });
    const { data, models, navigation, explorer } = context.workspace;
    const { trans } = context;
    this.addClass('jp-Eelscape-errorView');
    this._surface = new Surface(this.body.node);
    this._maskHatch = addFlagHatch(this._surface.svg, 'jp-Eelscape-maskHatch');
    this.makeApplication(
      this.headingText,
      trans.__('Arrow keys move the pointer by a pixel, with Shift by 8.')
    );
    this._table = document.createElement('table');
    this._table.className = 'jp-Eelscape-errorTable';
    this._scroller = document.createElement('div');
    this._scroller.className = 'jp-Eelscape-errorRows';
    this._scroller.append(this._table);
    this.node.append(this._scroller);
    navigation.pointerChanged.connect(this._pointerMoved, this);
    explorer.selection.changed.connect(this._selectionChanged, this);
    explorer.display.changed.connect(this.refresh, this);
    data.pairChanged.connect(this.refresh, this);
    data.setupChanged.connect(this.refresh, this);
    models.itemsChanged.connect(this.refresh, this);
    models.activeChanged.connect(this.refresh, this);
    pointerKeys(this.body.node, context);
    this.body.node.addEventListener('click', event => this._click(event));
    this.body.node.addEventListener('pointermove', event => this._hover(event));
    this.body.node.addEventListener('pointerleave', () =>
      context.tooltip.hide()
    );
  }

  get picture(): Surface {
    return this._surface;
  }

  table(): ITable | null {
    return errorNumbers(this.context);
  }

  redraw(): void {
    this._stale = true;
    super.redraw();
  }

  protected describe(): void {
    const { shown, trans } = this.context;
    const active = shown.active;
    this.subtitle = !active
      ? ''
      : this._several
        ? trans.__('on one scale')
        : trans.__('%1 at epoch %2', shown.labelOf(active), active.epoch);
  }

  protected draw(): void {
    if (this._stale) {
      this._stale = false;
      this._selectionStale = true;
      this._drawMaps();
    }
    const { pair } = this.context.shown;
    if (pair && this._selectionStale) {
      this._selectionStale = false;
      const group = this._surface.group('selection');
      group.selectAll('*').remove();
      const { mask } = this.context.workspace.explorer.selection;
      if (mask?.length === pair.ny * pair.nx) {
        this._frames.forEach(frame =>
          drawMapSelection(group, pair, frame, mask)
        );
      }
    }
    const group = this._surface.group('pointer');
    group.selectAll('*').remove();
    this._frames.forEach(frame =>
      drawMapPointer(group, this.context.shown, frame)
    );
  }

  private get _several(): boolean {
    return this._all && this.context.shown.models.length > 1;
  }

  private _drawMaps(): void {
    const { shown, trans } = this.context;
    const { pair, active } = shown;
    const context = this._surface.begin(this.width, this.height);
    this._surface.clear();
    this._frames = [];
    this._models = [];
    const missing = this.showMissing(!pair || !active);
    const below = this.height >= 340 && !missing && !this._several;
    this._scroller.hidden = !below;
    if (!pair || !active || missing) {
      return;
    }
    this._models = this._several ? shown.models : [active];
    this._label(active);
    const rows = Math.min(4, 2 * shown.models.length);
    const tableHeight = HEAD + ROW * rows + 6;
    const aside = below || this._several ? 0 : 62;
    // The lines of the pointer need room too.
    this._frames = mapFrames(pair, this._models.length, {
      left: 16,
      top: 4,
      width: this.width - 16 - 76 - aside,
      height: this.height - 4 - 10 - (below ? tableHeight + 8 : 0)
    });
    const over = this._surface.group('over');
    this._models.forEach((model, i) => {
      const frame = this._frames[i];
      if (context) {
        this._paint(context, model, frame, i);
      }
      drawExcluded(over, pair, frame, this._maskHatch);
      drawMapScale(over, pair, frame);
      if (this._several) {
        this._drawCaption(model, frame);
      }
    });
    const last = this._frames[this._frames.length - 1];
    const right = Math.max(...this._frames.map(f => f.left + f.width));
    const [from, to] = shown.errorLimits();
    const factor = metricFactor(shown.metric);
    drawColourBar(context, this._surface.group('bar'), {
      left: right + 10,
      top: this._frames[0].top,
      width: 10,
      height: last.top + last.height - this._frames[0].top,
      colours: 'magma',
      low: factor * from,
      high: factor * to,
      format: value => significant(value, 3),
      title: metricTitle(shown.metric, shown.targetUnits, trans),
      titleGap: 44
    });
    if (below) {
      this._scroller.style.top = `${30 + last.top + last.height + 14}px`;
      this._scroller.style.maxHeight = `${this.height - last.top - last.height - 16}px`;
      fillErrorTable(this._table, this.context);
    } else if (!this._several) {
      this._drawMeans(active, last);
    }
  }

  private _label(active: ITrainedModel): void {
    const { shown, trans } = this.context;
    const { train, test } = spreadsOf(shown, active);
    this.body.node.setAttribute(
      'aria-label',
      trans.__(
        'Error map of %1, %2: train %3, test %4',
        this._several ? ALL : shown.labelOf(active),
        metricName(shown.metric, trans),
        shown.errorText(train.mean),
        shown.errorText(test.mean)
      )
    );
  }

  private _paint(
    context: CanvasRenderingContext2D,
    model: ITrainedModel,
    frame: IPictureFrame,
    at: number
  ): void {
    const { shown } = this.context;
    const pair = shown.pair!;
    const [low, high] = shown.imageLimits();
    const [from, to] = shown.errorLimits();
    const size = { width: pair.nx, height: pair.ny };
    const place = [frame.left, frame.top, frame.width, frame.height] as const;
    context.imageSmoothingEnabled = frame.pixelWidth < 1;
    context.drawImage(
      this._image.paint({
        ...size,
        values: pair.image,
        colours: 'grey',
        low,
        high
      }),
      ...place
    );
    const errors = (this._errors[at] ??= new RasterCache());
    context.drawImage(
      errors.paint({
        ...size,
        values: shown.errorsOf(model),
        colours: 'magma',
        low: from,
        high: to
      }),
      ...place
    );
  }

  /** Name and means of one of several maps, above it. */
  private _drawCaption(model: ITrainedModel, frame: IPictureFrame): void {
    const { shown, trans } = this.context;
    const { train, test } = spreadsOf(shown, model);
    const group = this._surface.group('captions');
    group
      .append('text')
      .attr('class', 'jp-Eelscape-mean')
      .attr('x', frame.left)
      .attr('y', frame.top - CAPTION + 12)
      .style('fill', `var(--eelscape-model-text-${shown.styleOf(model) + 1})`)
      .text(shown.labelOf(model));
    const parts = [
      trans.__('train %1', shown.errorText(train.mean)),
      trans.__('test %1', shown.errorText(test.mean))
    ];
    group
      .append('text')
      .attr('class', 'jp-Eelscape-label')
      .attr('x', frame.left)
      .attr('y', frame.top - 5)
      // Names of the parts need about 150 px.
      .text(frame.width < 150 ? parts[1] : parts.join(', '));
  }

  /** Means of the parts beside a map that is too low for the table. */
  private _drawMeans(model: ITrainedModel, frame: IPictureFrame): void {
    const { shown, trans } = this.context;
    const spreads = spreadsOf(shown, model);
    const group = this._surface.group('means');
    const left = frame.left + frame.width + 76;
    const entries = [
      [trans.__('train'), shown.errorText(spreads.train.mean)],
      [trans.__('test'), shown.errorText(spreads.test.mean)]
    ];
    entries.forEach(([name, value], i) => {
      group
        .append('text')
        .attr('class', 'jp-Eelscape-label')
        .attr('x', left)
        .attr('y', frame.top + 12 + 40 * i)
        .text(name);
      group
        .append('text')
        .attr('class', 'jp-Eelscape-mean')
        .attr('x', left)
        .attr('y', frame.top + 29 + 40 * i)
        .text(value);
    });
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
            label={trans.__('Model of the error map')}
            value={this._all ? ALL : active.id}
            choices={[
              ...shown.models.map(
                model => [model.id, shown.labelOf(model)] as const
              ),
              [ALL, trans.__('all models')]
            ]}
            onChange={id => {
              this._all = id === ALL;
              if (!this._all) {
                workspace.models.activate(id);
              }
              this.refresh();
            }}
          />
        )}
      </>
    );
  }

  private _pointerMoved(): void {
    super.redraw();
  }

  private _selectionChanged(): void {
    this._selectionStale = true;
    super.redraw();
  }

  /** The map and the pixel under the mouse; null beside the maps. */
  private _under(event: MouseEvent): {
    readonly model: ITrainedModel;
    readonly pixel: readonly [number, number];
  } | null {
    const { pair } = this.context.shown;
    const box = this.body.node.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const frame = frameAt(this._frames, x, y);
    return pair && frame
      ? {
          model: this._models[this._frames.indexOf(frame)],
          pixel: pixelAt(frame, pair, x, y)
        }
      : null;
  }

  private _click(event: MouseEvent): void {
    const under = this._under(event);
    if (under) {
      this.context.workspace.navigation.setPointer(...under.pixel);
    }
  }

  private _hover(event: PointerEvent): void {
    const { shown, tooltip, trans } = this.context;
    const under = this._under(event);
    if (!under) {
      tooltip.hide();
      return;
    }
    const [row, column] = under.pixel;
    const part = shown.partAt(row, column);
    const error = shown.errorAt(under.model, row, column);
    tooltip.show(event.clientX, event.clientY, [
      `(${column}, ${row}) ${part ?? ''}`.trim(),
      Number.isFinite(error)
        ? `${shown.labelOf(under.model)} ${shown.errorText(error)}`
        : trans.__('no window')
    ]);
  }

  private _surface: Surface;
  private _maskHatch: string;
  private _scroller: HTMLElement;
  private _table: HTMLTableElement;
  private _image = new RasterCache();
  /** One a map. */
  private _errors: RasterCache[] = [];
  private _frames: readonly IPictureFrame[] = [];
  private _models: readonly ITrainedModel[] = [];
  /** True where every model has its map. */
  private _all = false;
  /** True where more than the pointer has to be drawn. */
  private _stale = true;
  private _selectionStale = true;
}
