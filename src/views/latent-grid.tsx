import * as React from 'react';
import { extent } from '../analysis/statistics';
import type { IGrid } from '../model/types';
import { gridTable } from './grid-table';
import { GridSize, NearestWindows, TileKey } from './grid-tools';
import {
  arrowText,
  nodeLines,
  nodeValues,
  nodeWindows,
  spreadNote
} from './grid-words';
import {
  drawLatentAxes,
  drawLatentNote,
  type ILatentFrame,
  latentFrame
} from './latent-frame';
import { latentKeys } from './latent-keys';
import type { IPalette } from './marks/palette';
import { boxPath, drawHaloed } from './marks/pointer';
import { Surface } from './marks/surface';
import {
  dimTiles,
  drawImageTiles,
  drawSpectraTiles,
  tileAt,
  tileOrigin
} from './marks/tiles';
import { ModelView } from './model-view';
import type { ITable } from './table';
import { enlargedTile } from './tile-preview';
import { type IViewContext } from './view';
import { significant } from './wording';

/** Which of the two grids: the decoder's output, or the nearest windows' features. */
export type GridSource = 'decoded' | 'projected';

/** A square of tiles over two latents: decoded targets or back-projected features. */
export class LatentGrid extends ModelView {
  constructor(context: IViewContext, source: GridSource) {
    const { trans } = context;
    super(context, {
      name: source,
      title:
        source === 'decoded'
          ? trans.__('Decoded grid')
          : trans.__('Back-projection'),
      tools: () => this._renderTools()
    });
    this._source = source;
    this.addClass('jp-Eelscape-grid');
    this._surface = new Surface(this.body.node);
    this.makeApplication(
      source === 'decoded'
        ? trans.__('Decoded grid: what the network predicts over the latents')
        : trans.__(
            'Back-projection: mean of the nearest windows over the latents'
          ),
      trans.__(
        'Arrow keys move by tile, Home and End to the ends of a row. Enter moves the pointer to the nearest window.'
      ),
      'grid'
    );
    this._addCell();
    const { data, models, navigation } = context.workspace;
    models.gridChanged.connect(this._gridChanged, this);
    models.activeChanged.connect(this._gridChanged, this);
    data.setupChanged.connect(this._gridChanged, this);
    navigation.latentCursorChanged.connect(this._cursorMoved, this);
    navigation.energyRangeChanged.connect(this._gridChanged, this);
    navigation.displayChanged.connect(this.redraw, this);
    latentKeys(this.body.node, context);
    this.body.node.addEventListener('click', event => {
      const node = this._nodeAt(event);
      const grid = context.shown.grid;
      if (node >= 0 && grid) {
        navigation.setLatentCursor(...nodeValues(grid, node));
      }
    });
    this.body.node.addEventListener('pointermove', event => this._hover(event));
    this.body.node.addEventListener('pointerleave', () => this._leave());
  }

  /** Side of a tile, px. */
  set tile(value: number) {
    this._tile = value;
    this.redraw();
  }

  get picture(): Surface {
    return this._surface;
  }

  table(): ITable | null {
    const { grid } = this.context.shown;
    return gridTable(
      this.context,
      grid && this._spectra ? this._intensities(grid) : null
    );
  }

  redraw(): void {
    this._stale = true;
    super.redraw();
  }

  protected draw(palette: IPalette): void {
    const { shown } = this.context;
    if (this.width !== this._fitted) {
      // The tools keep to the room that there is.
      this._fitted = this.width;
      this.tools?.update();
    }
    const grid = shown.grid;
    if (this._stale) {
      this._drawTiles(palette);
    }
    const frame = this._frame;
    if (!frame || !grid) {
      return;
    }
    const node = shown.cursorNode();
    const group = this._surface.group('pointer');
    group.selectAll('*').remove();
    for (const [at, style] of [
      [this._hovered, 'jp-Eelscape-pointer jp-mod-thin'],
      [node, 'jp-Eelscape-pointer']
    ] as const) {
      if (at >= 0 && at < grid.size ** 2) {
        const [left, top] = tileOrigin(frame, at);
        const path = boxPath(
          left - 1,
          top - 1,
          left + frame.tile,
          top + frame.tile
        );
        drawHaloed(group, path, style);
      }
    }
    drawLatentNote(group, frame, this._note(grid));
    this._describe(grid, node);
  }

  /** Everything but what moves with the cursor. */
  private _drawTiles(palette: IPalette): void {
    const { active, grid, pair } = this.context.shown;
    const context = this._surface.begin(this.width, this.height);
    this._surface.clear();
    this._stale = false;
    this._frame = null;
    const absent = grid !== null && this._values(grid).length === 0;
    if (this.showMissing(!active || !grid || !pair || absent, this._why)) {
      this.subtitle = '';
      return;
    }
    const frame = latentFrame(grid!, this._tile);
    this._frame = frame;
    this.subtitle = arrowText(
      this.context.trans,
      this._source,
      this._spectra,
      this.width
    );
    if (context) {
      this._paint(context, frame, grid!);
      dimTiles(context, frame, grid!.far, palette.background);
    }
    drawLatentAxes(this._surface.group('axes'), frame, grid!);
  }

  /** What there is no back-projection without. */
  private get _why(): string {
    const { shown, trans } = this.context;
    return this._source === 'projected' && this._spectra && shown.pair?.absent
      ? trans.__('The spectra are not in this file: use Connect data')
      : '';
  }

  /** The tiles stay as they are. */
  private _cursorMoved(): void {
    super.redraw();
  }

  /** True where the tiles are spectra, false where they are images. */
  private get _spectra(): boolean {
    return (
      (this.context.shown.kind === 'im2spec') === (this._source === 'decoded')
    );
  }

  private _values(grid: IGrid): Float32Array {
    return this._source === 'decoded' ? grid.decoded : grid.backProjected;
  }

  private _paint(
    context: CanvasRenderingContext2D,
    frame: ILatentFrame,
    grid: IGrid
  ): void {
    const { shown } = this.context;
    const values = this._values(grid);
    if (this._spectra) {
      const channels = values.length / grid.size ** 2;
      const intensities = this._intensities(grid);
      const [low, high] = this._limits(grid);
      const [least, peak] = extent(values);
      drawSpectraTiles(context, frame, {
        values,
        channels,
        intensities,
        low,
        high,
        bottom: Math.min(0, least),
        peak,
        colours: 'viridis'
      });
    } else {
      const [low, high] = shown.imageLimits();
      const window = Math.round(Math.sqrt(values.length / grid.size ** 2));
      drawImageTiles(context, frame, { values, window, low, high });
    }
  }

  /** (size * size) mean intensity of each tile's spectrum over the energy range. */
  private _intensities(grid: IGrid): Float64Array {
    if (!this._means) {
      const channels = this._values(grid).length / grid.size ** 2;
      const [first, last] = this.context.workspace.navigation.energyRange;
      const end = Math.min(channels - 1, last);
      const values = this._values(grid);
      this._means = Float64Array.from(
        { length: grid.size * grid.size },
        (_, node) => {
          let sum = 0;
          for (let i = first; i <= end; i++) {
            sum += values[node * channels + i];
          }
          return sum / Math.max(1, end - first + 1);
        }
      );
    }
    return this._means;
  }

  /** Colour limits: 0, or the lowest where negative, to the highest tile near a window. */
  private _limits(grid: IGrid): readonly [number, number] {
    const means = this._intensities(grid);
    const near = means.filter((_, node) => !grid.far[node]);
    const list = near.length ? near : means;
    const high = Math.max(...list);
    const low = Math.min(0, ...list);
    return high > low ? [low, high] : [low, low + 1];
  }

  private _note(grid: IGrid): string {
    const { shown, trans } = this.context;
    const dimmed = trans.__('dimmed: no window near');
    const room = this._tile * grid.size;
    if (this._source === 'projected') {
      const node = shown.cursorNode();
      return node < 0 || !shown.active
        ? dimmed
        : spreadNote(this.context, shown.active, grid, node, room < 260);
    }
    return this._spectra && room >= 300
      ? trans.__('colour: %1 \u00b7 %2', shown.energyText(), dimmed)
      : dimmed;
  }

  private _renderTools(): JSX.Element | null {
    const { context } = this;
    const { grid, pair } = context.shown;
    if (!grid || !pair || this._why) {
      return null;
    }
    const [low, high] = this._spectra ? this._limits(grid) : [0, 1];
    return (
      <>
        {this._spectra && (
          <TileKey
            low={significant(low, 2)}
            high={significant(high, 3)}
            units={this.width < 460 ? '' : pair.spectraUnits}
          />
        )}
        {this._source === 'projected' ? (
          <NearestWindows context={context} />
        ) : (
          <GridSize context={context} />
        )}
      </>
    );
  }

  /** One cell of the grid, moved along with the cursor: what a screen reader reads. */
  private _addCell(): void {
    const row = document.createElement('div');
    row.setAttribute('role', 'row');
    row.className = 'jp-Eelscape-hiddenText';
    this._cell = document.createElement('div');
    this._cell.setAttribute('role', 'gridcell');
    this._cell.id = `jp-Eelscape-cell-${this._source}-${++cells}`;
    row.append(this._cell);
    this.body.node.append(row);
    this.body.node.setAttribute('aria-activedescendant', this._cell.id);
  }

  private _describe(grid: IGrid, node: number): void {
    const body = this.body.node;
    body.setAttribute('aria-rowcount', String(grid.size));
    body.setAttribute('aria-colcount', String(grid.size));
    if (node < 0) {
      this._cell.textContent = '';
      return;
    }
    const row = grid.size - 1 - Math.floor(node / grid.size);
    this._cell.parentElement!.setAttribute('aria-rowindex', String(row + 1));
    this._cell.setAttribute('aria-colindex', String((node % grid.size) + 1));
    this._cell.textContent = this._lines(grid, node).join(', ');
  }

  private _lines(grid: IGrid, node: number): string[] {
    const active = this.context.shown.active;
    return active
      ? nodeLines(this.context, active, grid, node, {
          intensity: this._spectra ? this._intensities(grid)[node] : null,
          projected: this._source === 'projected'
        })
      : [];
  }

  private _nodeAt(event: MouseEvent): number {
    const box = this.body.node.getBoundingClientRect();
    return this._frame
      ? tileAt(this._frame, event.clientX - box.left, event.clientY - box.top)
      : -1;
  }

  private _hover(event: PointerEvent): void {
    const { highlight, shown, tooltip } = this.context;
    const node = this._nodeAt(event);
    const { active, grid } = shown;
    if (node < 0 || !grid || !active) {
      this._leave();
      return;
    }
    const values = this._values(grid);
    const length = values.length / grid.size ** 2;
    tooltip.show(
      event.clientX,
      event.clientY,
      this._lines(grid, node),
      enlargedTile(
        values.subarray(node * length, (node + 1) * length),
        this._spectra,
        values,
        shown.imageLimits()
      )
    );
    // Where on the image the windows lie.
    highlight.set(nodeWindows(active, grid, node));
    this._point(node);
  }

  private _leave(): void {
    this.context.tooltip.hide();
    this.context.highlight.set([]);
    this._point(-1);
  }

  /** Outlines the tile under the mouse. */
  private _point(node: number): void {
    if (node !== this._hovered) {
      this._hovered = node;
      super.redraw();
    }
  }

  private _gridChanged(): void {
    this._means = null;
    this.refresh();
  }

  private _source: GridSource;
  private _surface: Surface;
  private _cell!: HTMLElement;
  private _tile = 20;
  /** True where more than the cursor has to be drawn. */
  private _stale = true;
  private _frame: ILatentFrame | null = null;
  private _means: Float64Array | null = null;
  /** Width that the tools are made for, px. */
  private _fitted = 0;
  /** Node under the mouse; -1 for none. */
  private _hovered = -1;
}

let cells = 0;
