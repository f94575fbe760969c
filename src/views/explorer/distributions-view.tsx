import * as React from 'react';
import {
  type ILatentDistribution,
  latentDistribution,
  windowsInBins
} from '../../analysis/latent-distributions';
import type { ITrainedModel } from '../../model/types';
import { HeaderSelect } from '../fields';
import { boxPath, drawHaloed } from '../marks/pointer';
import { Surface } from '../marks/surface';
import { ModelView } from '../model-view';
import { slotTitle } from '../slots';
import type { ITable } from '../table';
import type { IViewContext } from '../view';
import { fixed, grouped, latentName } from '../wording';
import {
  drawDistributions,
  type ICell,
  roomForCells
} from './distributions-drawing';
import { type IBinMark, listenOnDistributions } from './distributions-input';

const BINS = [16, 32, 64];

/** How the encodings are distributed along each latent, by part of the split. */
export class DistributionsView extends ModelView {
  constructor(context: IViewContext) {
    super(context, {
      name: 'distributions',
      title: slotTitle('distributions', context.trans),
      tools: () => this._tools()
    });
    const { trans, workspace } = context;
    this.addClass('jp-Eelscape-distributions');
    this._surface = new Surface(this.body.node);
    this.makeApplication(
      trans.__('Distributions of the latents'),
      trans.__(
        'Left and right arrow keys choose a bin, with Shift a range of bins, up and down another latent. Enter selects the windows of the bins, X and Y make the latent an axis of the latent plot. Escape clears the selection.'
      )
    );
    listenOnDistributions(this.body.node, {
      cells: () => this._cells,
      bins: () => this._bins,
      mark: mark => this._setMark(mark),
      select: mark => this._select(mark),
      clear: () => workspace.explorer.selection.set(null),
      setAxis: (latent, which) => this._setAxis(latent, which),
      hover: (event, mark) =>
        context.tooltip.show(event.clientX, event.clientY, this._lines(mark)),
      leave: () => context.tooltip.hide()
    });
    const { data, explorer, models, navigation } = workspace;
    models.activeChanged.connect(this.refresh, this);
    models.itemsChanged.connect(this.refresh, this);
    models.gridChanged.connect(this._gridChanged, this);
    data.setupChanged.connect(this.refresh, this);
    explorer.selection.changed.connect(this.redraw, this);
    navigation.pointerChanged.connect(this._pointerMoved, this);
    navigation.latentCursorChanged.connect(this._pointerMoved, this);
  }

  get picture(): Surface {
    return this._surface;
  }

  redraw(): void {
    this._stale = true;
    super.redraw();
  }

  table(): ITable | null {
    const { shown, trans } = this.context;
    const { active } = shown;
    if (!active) {
      return null;
    }
    const mask = this.context.workspace.explorer.selection.mask;
    return {
      title: trans.__(
        'Distributions of the latents, %1',
        shown.labelOf(active)
      ),
      columns: [
        trans.__('latent'),
        trans.__('from'),
        trans.__('to'),
        trans.__('train (windows)'),
        trans.__('guard (windows)'),
        trans.__('test (windows)'),
        ...(mask ? [trans.__('selected (windows)')] : [])
      ],
      rows: this._distributionsOf(active).flatMap((one, axis) =>
        Array.from({ length: this._bins }, (_, i) => [
          latentName(axis),
          one.edges[i],
          one.edges[i + 1],
          one.train[i],
          one.guard[i],
          one.test[i],
          ...(one.selected ? [one.selected[i]] : [])
        ])
      )
    };
  }

  protected describe(): void {
    const { active } = this.context.shown;
    this.subtitle = active ? this.context.shown.labelOf(active) : '';
  }

  protected draw(): void {
    if (this._stale) {
      this._stale = false;
      this._drawCells();
    }
    const group = this._surface.group('pointer');
    group.selectAll('*').remove();
    const { active, pointer } = this.context.shown;
    const encoding = active?.latentAt(...pointer);
    const cursor = this.context.workspace.navigation.latentCursor;
    const axes: readonly number[] = this.context.shown.grid?.axes ?? [];
    for (const { axis, left, right, top, bottom, x } of this._cells) {
      if (this._mark?.latent === axis) {
        const [from, to] = this._edges(axis, this._mark);
        group
          .append('rect')
          .attr('class', 'jp-Eelscape-band')
          .attr('x', x(from))
          .attr('width', x(to) - x(from))
          .attr('y', top)
          .attr('height', bottom - top);
      }
      const shown = axes.indexOf(axis);
      const value =
        cursor && shown >= 0 ? cursor[shown] : (encoding?.[axis] ?? NaN);
      const at = x(value);
      if (at >= left && at <= right) {
        drawHaloed(group, boxPath(at, top, at, bottom));
      }
    }
  }

  private _drawCells(): void {
    const { shown, trans, workspace } = this.context;
    const { active } = shown;
    this._surface.begin(this.width, this.height);
    this._surface.clear();
    this._cells = [];
    if (this.showMissing(!active) || !active) {
      return;
    }
    const axes: readonly number[] = shown.grid?.axes ?? [];
    const room = roomForCells(this.width, this.height);
    const all = this._distributionsOf(active);
    const distributions = all.slice(0, room);
    const { count } = workspace.explorer.selection;
    this._cells = drawDistributions(this._surface, {
      width: this.width,
      height: this.height,
      distributions,
      names: distributions.map((_, i) => latentName(i)),
      texts: distributions.map(
        ({ mean, sd }) => `${fixed(mean, 2)} \u00b1 ${fixed(sd, 2)}`
      ),
      roles: distributions.map((_, i) =>
        axes[0] === i ? 'x' : axes[1] === i ? 'y' : ''
      ),
      parts: {
        train: trans.__('train'),
        guard: trans.__('guard'),
        test: trans.__('test')
      },
      selected: count ? trans.__('%1 selected', grouped(count)) : null,
      shares: trans.__('Windows (%)')
    });
    const left = all.length - distributions.length;
    this.subtitle = left
      ? trans.__(
          '%1, %2 of %3 latents',
          shown.labelOf(active),
          room,
          all.length
        )
      : shown.labelOf(active);
  }

  /** Kept until encodings, selection or bins are others. */
  private _distributionsOf(
    active: ITrainedModel
  ): readonly ILatentDistribution[] {
    const mask = this.context.workspace.explorer.selection.mask;
    const { latents, positions, split } = active;
    const z = active.setup.latentDims;
    const known = this._known;
    if (
      known?.latents !== latents ||
      known.mask !== mask ||
      known.bins !== this._bins
    ) {
      this._known = {
        latents,
        mask,
        bins: this._bins,
        list: Array.from({ length: z }, (_, axis) =>
          latentDistribution(
            { latents, z, positions, split, selected: mask },
            axis,
            this._bins
          )
        )
      };
    }
    return this._known!.list;
  }

  private _gridChanged(): void {
    const axes = String(this.context.shown.grid?.axes);
    // With more than two latents the grid follows the pointer.
    if (axes !== this._axes) {
      this._axes = axes;
      this.refresh();
    }
  }

  private _pointerMoved(): void {
    super.redraw();
  }

  private _setMark(mark: IBinMark | null): void {
    this._mark = mark;
    if (mark) {
      this.body.node.setAttribute('aria-label', this._lines(mark).join(', '));
    }
    super.redraw();
  }

  /** Ends of marked bins in the units of their latent. */
  private _edges(latent: number, { from, to }: IBinMark): [number, number] {
    const { active } = this.context.shown;
    const edges = active && this._distributionsOf(active)[latent]?.edges;
    return edges
      ? [edges[Math.min(from, to)], edges[Math.max(from, to) + 1]]
      : [NaN, NaN];
  }

  private _select(mark: IBinMark): void {
    const { shown, workspace } = this.context;
    const { active, pair } = shown;
    if (!active || !pair) {
      return;
    }
    const { latents, positions } = active;
    workspace.explorer.selection.set(
      windowsInBins(
        { latents, z: active.setup.latentDims, positions },
        mark.latent,
        this._distributionsOf(active)[mark.latent].edges,
        [Math.min(mark.from, mark.to), Math.max(mark.from, mark.to)],
        pair.ny * pair.nx
      )
    );
  }

  private _setAxis(latent: number, which: 'x' | 'y'): void {
    const { shown, workspace } = this.context;
    const axes = shown.grid?.axes;
    if (axes) {
      workspace.models.setAxes(
        which === 'x' ? latent : axes[0],
        which === 'y' ? latent : axes[1]
      );
    }
  }

  /** What marked bins hold, in lines. */
  private _lines(mark: IBinMark): string[] {
    const { shown, trans } = this.context;
    const active = shown.active;
    const one = active && this._distributionsOf(active)[mark.latent];
    if (!one) {
      return [];
    }
    const first = Math.min(mark.from, mark.to);
    const end = Math.max(mark.from, mark.to) + 1;
    const sum = (counts: Int32Array): number =>
      counts.subarray(first, end).reduce((a, b) => a + b, 0);
    return [
      trans.__(
        '%1: %2 to %3',
        latentName(mark.latent),
        fixed(one.edges[first], 2),
        fixed(one.edges[end], 2)
      ),
      trans.__('train: %1 windows', sum(one.train)),
      trans.__('test: %1 windows', sum(one.test)),
      ...(one.selected
        ? [trans.__('selected: %1 windows', sum(one.selected))]
        : [])
    ];
  }

  private _tools(): JSX.Element | null {
    const { shown, trans } = this.context;
    return shown.active ? (
      <HeaderSelect
        label={trans.__('Bins of the histograms')}
        value={String(this._bins)}
        choices={BINS.map(n => [String(n), trans.__('%1 bins', n)] as const)}
        onChange={value => {
          this._bins = Number(value);
          this._mark = null;
          this.refresh();
        }}
      />
    ) : null;
  }

  private _surface: Surface;
  private _cells: readonly ICell[] = [];
  private _bins = BINS[1];
  private _mark: IBinMark | null = null;
  private _axes = '';
  private _stale = true;
  private _known: {
    readonly latents: Float32Array;
    readonly mask: Uint8Array | null;
    readonly bins: number;
    readonly list: readonly ILatentDistribution[];
  } | null = null;
}
