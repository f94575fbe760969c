import { rgb } from 'd3-color';
import * as React from 'react';
import type { IGrid, ITrainedModel } from '../model/types';
import { HeaderSelect } from './fields';
import { ColourKey } from './colour-key';
import {
  drawLatentAxes,
  drawLatentGridLines,
  drawLatentNote,
  type ILatentFrame,
  latentFrame
} from './latent-frame';
import { latentKeys } from './latent-keys';
import { colourIndex, colourOf, colourTable } from './marks/colour-table';
import type { IPalette } from './marks/palette';
import { crossPath, drawHaloed, ringPath } from './marks/pointer';
import { drawSquarePoints } from './marks/points';
import { Surface } from './marks/surface';
import { ModelView } from './model-view';
import type { IViewContext } from './view';
import { latentName, percent, significant } from './wording';

type Colour = 'error' | 'energy' | 'split';

/** Radius below which points are squares without outline, px: circles could not be told from them. */
const LEAST_CIRCLE = 1.5;

/** Encodings of all windows over two latents. */
export class LatentPlot extends ModelView {
  constructor(context: IViewContext) {
    super(context, {
      name: 'latent',
      title: context.trans.__('Latent'),
      tools: () => this._renderTools()
    });
    const { data, models, navigation } = context.workspace;
    const { trans } = context;
    this.addClass('jp-Eelscape-latent');
    this._surface = new Surface(this.body.node);
    this.makeApplication(
      trans.__('Latent: encodings of all windows, choose a point'),
      trans.__(
        'Arrow keys move the cursor by a grid step. Enter moves the pointer to the nearest window.'
      )
    );
    models.gridChanged.connect(this.refresh, this);
    models.activeChanged.connect(this.refresh, this);
    models.itemsChanged.connect(this.refresh, this);
    data.setupChanged.connect(this.refresh, this);
    navigation.latentCursorChanged.connect(this._cursorMoved, this);
    navigation.energyRangeChanged.connect(this._rangeChanged, this);
    latentKeys(this.body.node, context);
    this.body.node.addEventListener('click', event => this._click(event));
    this.body.node.addEventListener('pointermove', event => this._hover(event));
    this.body.node.addEventListener('pointerleave', () =>
      context.tooltip.hide()
    );
  }

  /** Side of a grid tile, which sets the size of the square, px. */
  set tile(value: number) {
    this._tile = value;
    this.redraw();
  }

  /** More tools of a narrow panel, where the squares share one header. */
  set extraTools(value: (() => JSX.Element) | null) {
    this._extra = value;
    this.tools?.update();
  }

  get picture(): Surface {
    return this._surface;
  }

  redraw(): void {
    this._stale = true;
    super.redraw();
  }

  protected draw(palette: IPalette): void {
    if (this._stale) {
      this._stale = false;
      this._drawPoints(palette);
    }
    this._drawCursor();
  }

  /** The points stay as they are. */
  private _cursorMoved(): void {
    super.redraw();
  }

  /** Everything but what moves with the cursor. */
  private _drawPoints(palette: IPalette): void {
    const { shown, trans } = this.context;
    const { active, grid } = shown;
    const context = this._surface.begin(this.width, this.height);
    this._surface.clear();
    this._frame = null;
    this._points = null;
    if (this.showMissing(!active || !grid)) {
      this.subtitle = '';
      return;
    }
    const frame = latentFrame(grid!, this._tile);
    this._frame = frame;
    this.subtitle = this._extra
      ? `${shown.labelOf(active!)}: ${grid!.axes.map(latentName).join(', ')}`
      : '';
    const axes = this._surface.group('axes');
    drawLatentAxes(axes, frame, grid!);
    drawLatentNote(
      axes,
      frame,
      trans.__('%1 windows', active!.positions.length)
    );
    this._points = this._place(active!, grid!, frame);
    if (context) {
      this._paint(context, active!, palette, frame);
    }
  }

  private _drawCursor(): void {
    const { shown } = this.context;
    const { active } = shown;
    const frame = this._frame;
    const points = this._points;
    if (!active || !frame || !points) {
      return;
    }
    const group = this._surface.group('pointer');
    group.selectAll('*').remove();
    const near = new Set(shown.cursorWindows());
    active.positions.forEach((pixel, i) => {
      if (near.has(pixel)) {
        drawHaloed(
          group,
          ringPath(points[2 * i], points[2 * i + 1], 5),
          'jp-Eelscape-pointer jp-mod-thin'
        );
      }
    });
    const cursor = this.context.workspace.navigation.latentCursor;
    if (cursor) {
      const x = clamp(frame.x(cursor[0]), frame.left, frame.left + frame.side);
      const y = clamp(frame.y(cursor[1]), frame.top, frame.top + frame.side);
      drawHaloed(group, ringPath(x, y, 6) + crossPath(x, y, 10, 6));
    }
  }

  private _place(
    model: ITrainedModel,
    grid: IGrid,
    frame: ILatentFrame
  ): Float64Array {
    const z = model.latents.length / Math.max(1, model.positions.length);
    const points = new Float64Array(2 * model.positions.length);
    for (let i = 0; i < model.positions.length; i++) {
      points[2 * i] = frame.x(model.latents[i * z + grid.axes[0]]);
      points[2 * i + 1] = frame.y(model.latents[i * z + grid.axes[1]]);
    }
    return points;
  }

  private _paint(
    context: CanvasRenderingContext2D,
    model: ITrainedModel,
    palette: IPalette,
    frame: ILatentFrame
  ): void {
    const { shown } = this.context;
    const [low, high] =
      this._colour === 'error' ? shown.errorLimits() : shown.energyLimits();
    const map =
      this._colour === 'error' ? model.error : (shown.energyMap() ?? []);
    const parts = [palette.train, palette.guard, palette.test];
    const count = model.positions.length;
    const radius = Math.max(
      1,
      Math.min(2.4, (160 / Math.sqrt(count + 1)) * 0.7)
    );
    context.save();
    context.beginPath();
    context.rect(frame.left, frame.top, frame.side, frame.side);
    context.clip();
    drawLatentGridLines(context, frame, palette.grid);
    const scale = this._colour === 'error' ? 'magma' : 'viridis';
    if (radius < LEAST_CIRCLE) {
      const split = this._colour === 'split';
      const named = parts.map(part => rgb(part));
      drawSquarePoints(context, {
        ...frame,
        places: this._points!,
        size: 2 * radius,
        table: split
          ? named.flatMap(({ r, g, b }) => [r, g, b])
          : colourTable(scale),
        colour: i => {
          const pixel = model.positions[i];
          return split
            ? Math.max(0, model.split[pixel])
            : colourIndex(map[pixel], low, high) || 0;
        }
      });
      context.restore();
      return;
    }
    context.lineWidth = 0.5;
    context.strokeStyle = palette.dark
      ? 'rgba(0,0,0,0.55)'
      : 'rgba(0,0,0,0.25)';
    for (let i = 0; i < count; i++) {
      const pixel = model.positions[i];
      context.fillStyle =
        this._colour === 'split'
          ? (parts[model.split[pixel]] ?? palette.guard)
          : colourOf(scale, map[pixel], low, high);
      const x = this._points![2 * i];
      const y = this._points![2 * i + 1];
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
    context.restore();
  }

  private _renderTools(): JSX.Element | null {
    const { shown, workspace, trans } = this.context;
    const { active, grid } = shown;
    if (this._extra) {
      return this._extra();
    }
    if (!active || !grid) {
      return null;
    }
    const count = grid.ranges.length;
    const names = grid.ranges.map(
      (_, i) => [String(i), latentName(i)] as const
    );
    const [a, b] = grid.axes;
    const error = this._colour === 'error';
    const [low, high] = error ? shown.errorLimits() : shown.energyLimits();
    return (
      <>
        {count > 2 && (
          <>
            <HeaderSelect
              label={trans.__('Latent along x')}
              value={String(a)}
              choices={names}
              onChange={value => workspace.models.setAxes(Number(value), b)}
            />
            <HeaderSelect
              label={trans.__('Latent along y')}
              value={String(b)}
              choices={names}
              onChange={value => workspace.models.setAxes(a, Number(value))}
            />
          </>
        )}
        <HeaderSelect
          label={trans.__('Colour of the points')}
          value={this._colour}
          choices={[
            ['error', trans.__('error %1', shown.labelOf(active))],
            ['energy', trans.__('energy map')],
            ['split', trans.__('split')]
          ]}
          onChange={value => {
            this._colour = value as Colour;
            this.refresh();
          }}
        />
        {this._colour !== 'split' && this.width >= (count > 2 ? 390 : 300) && (
          <ColourKey
            colours={error ? 'magma' : 'viridis'}
            low={error ? '0' : significant(low, 2)}
            high={error ? percent(high, 0) : significant(high, 3)}
          />
        )}
      </>
    );
  }

  /** Index into positions of the point nearest to a place on screen; -1 farther than `reach` px. */
  private _nearest(event: MouseEvent, reach: number): number {
    const points = this._points;
    if (!points) {
      return -1;
    }
    const box = this.body.node.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    let best = -1;
    let least = reach * reach;
    for (let i = 0; i < points.length / 2; i++) {
      const dx = points[2 * i] - x;
      const dy = points[2 * i + 1] - y;
      if (dx * dx + dy * dy < least) {
        least = dx * dx + dy * dy;
        best = i;
      }
    }
    return best;
  }

  private _click(event: MouseEvent): void {
    const { shown, workspace } = this.context;
    const i = this._nearest(event, 24);
    const { active, grid, pair } = shown;
    if (i < 0 || !active || !grid || !pair) {
      return;
    }
    const pixel = active.positions[i];
    const z = active.latents.length / active.positions.length;
    const { navigation } = workspace;
    navigation.setPointer(Math.floor(pixel / pair.nx), pixel % pair.nx);
    navigation.setLatentCursor(
      active.latents[i * z + grid.axes[0]],
      active.latents[i * z + grid.axes[1]]
    );
  }

  private _hover(event: PointerEvent): void {
    const { shown, tooltip } = this.context;
    const i = this._nearest(event, 8);
    const { active, pair } = shown;
    if (i < 0 || !active || !pair) {
      tooltip.hide();
      return;
    }
    const pixel = active.positions[i];
    const row = Math.floor(pixel / pair.nx);
    const column = pixel % pair.nx;
    tooltip.show(event.clientX, event.clientY, [
      `(${column}, ${row}) ${shown.partAt(row, column) ?? ''}`,
      percent(shown.errorAt(active, row, column))
    ]);
  }

  private _rangeChanged(): void {
    if (this._colour === 'energy') {
      this.refresh();
    }
  }

  private _surface: Surface;
  private _tile = 20;
  /** True where more than the cursor has to be drawn. */
  private _stale = true;
  private _frame: ILatentFrame | null = null;
  private _colour: Colour = 'error';
  private _points: Float64Array | null = null;
  private _extra: (() => JSX.Element) | null = null;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
