/** The points of the latent plot: where they are, on the way or arrived, and their painting. */
import type { IGrid, ITrainedModel } from '../model/types';
import {
  drawLatentGridLines,
  type ILatentFrame,
  latentFrame
} from './latent-frame';
import { Glide, wantsStillness } from './latent-glide';
import { paintPoints } from './latent-points';
import { LatentZoom } from './latent-zoom';
import type { IPalette } from './marks/palette';
import type { ILayerPicture } from './navigator-layers';
import type { IViewContext } from './view';

type Point = readonly [number, number];

/** Number of points from which they jump to new places: moving them would take longer than a frame. */
const MOST_GLIDING = 20_000;

export class LatentCloud {
  constructor(context: IViewContext) {
    this._context = context;
  }

  readonly zoom = new LatentZoom();

  /** Side of a grid tile, px. */
  tile = 20;

  /** Least width of the frame, px. */
  across = 0;

  /** The frame with what is shown of the axes; null without points. */
  get frame(): ILatentFrame | null {
    return this._frame;
  }

  /** (n, 2) px. */
  get places(): Float64Array | null {
    return this._glide.places;
  }

  /** The colours painted last. */
  get colours(): ILayerPicture | null {
    return this._colours;
  }

  /** The frame of the whole space. */
  get whole(): ILatentFrame | null {
    const { grid } = this._context.shown;
    return grid && latentFrame(grid, this.tile, this.across);
  }

  clear(): void {
    this._glide.clear();
    this._placed = '';
    this._frame = null;
  }

  /** True where the points are where the present encodings put them, or on the way there. */
  get placed(): boolean {
    const { active, grid } = this._context.shown;
    return Boolean(
      active && grid && this._signature(active, grid) === this._placed
    );
  }

  /** Sends the points to their places. They glide where nothing but the encodings changed. */
  place(active: ITrainedModel, grid: IGrid): ILatentFrame {
    const owner = [active.id, ...grid.axes].join();
    if (owner !== this._owner) {
      this._owner = owner;
      this.zoom.fit();
    }
    const frame = this.zoom.apply(latentFrame(grid, this.tile, this.across));
    this._frame = frame;
    const signature = this._signature(active, grid);
    if (signature !== this._placed) {
      const view = [owner, this.tile, this.across, this.zoom.key].join();
      this._glide.aim(
        placesOf(active, grid, frame),
        view === this._view &&
          active.positions.length <= MOST_GLIDING &&
          !wantsStillness(),
        performance.now()
      );
      this._placed = signature;
      this._view = view;
    }
    this._stale = true;
    return frame;
  }

  /**
   * Paints the points where they or their colours changed; true while they are on their way.
   * @param begin - clears the canvas.
   */
  paint(
    begin: () => CanvasRenderingContext2D | null,
    colours: ILayerPicture | null,
    palette: IPalette
  ): boolean {
    const moving = this._glide.step(performance.now());
    if (
      this._stale ||
      moving ||
      this._moving ||
      !sameColours(this._colours, colours)
    ) {
      this._paint(begin(), colours, palette);
    }
    this._stale = false;
    this._moving = moving;
    this._colours = colours;
    return moving;
  }

  /** Where a pixel's window is drawn, px; null without one. */
  placeOf(pixel: number): Point | null {
    const places = this._glide.places;
    const positions = this._context.shown.active?.positions;
    if (!places || !positions) {
      return null;
    }
    // Positions go up: they are found by halving.
    let low = 0;
    let high = positions.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (positions[middle] < pixel) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return positions[low] === pixel
      ? [places[2 * low], places[2 * low + 1]]
      : null;
  }

  private _paint(
    canvas: CanvasRenderingContext2D | null,
    colours: ILayerPicture | null,
    palette: IPalette
  ): void {
    const { shown, workspace } = this._context;
    const { active, pair } = shown;
    const places = this._glide.places;
    if (!canvas || !this._frame || !places || !active || !pair) {
      return;
    }
    drawLatentGridLines(canvas, this._frame, palette.grid);
    paintPoints(canvas, {
      frame: this._frame,
      scale: this.zoom.scale,
      places,
      positions: active.positions,
      colours,
      selected: workspace.explorer.selection.mask,
      palette,
      pair,
      window: active.setup.window,
      grey: shown.imageLimits()
    });
  }

  private _signature(active: ITrainedModel, grid: IGrid): string {
    const { x, y } = this.zoom.apply(latentFrame(grid, this.tile, this.across));
    return [
      active.id,
      ...grid.axes,
      this.tile,
      this.across,
      numberOf(active.latents),
      ...x.domain(),
      ...y.domain()
    ].join();
  }

  private _context: IViewContext;
  private _glide = new Glide();
  private _frame: ILatentFrame | null = null;
  private _colours: ILayerPicture | null = null;
  /** True where the canvas has to be painted whatever the colours. */
  private _stale = true;
  /** True while points are on their way. */
  private _moving = false;
  /** Signature of the places that the points have or go to. */
  private _placed = '';
  /** Where it stays, points glide. */
  private _view = '';
  /** Model and axes that the zoom is of. */
  private _owner = '';
}

/** (n, 2) places of the encodings on a frame, px. */
function placesOf(
  model: ITrainedModel,
  grid: IGrid,
  frame: ILatentFrame
): Float64Array {
  const n = model.positions.length;
  const z = model.latents.length / Math.max(1, n);
  const places = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    places[2 * i] = frame.x(model.latents[i * z + grid.axes[0]]);
    places[2 * i + 1] = frame.y(model.latents[i * z + grid.axes[1]]);
  }
  return places;
}

function sameColours(
  a: ILayerPicture | null,
  b: ILayerPicture | null
): boolean {
  return (
    a === b ||
    (a !== null &&
      b !== null &&
      a.values === b.values &&
      a.low === b.low &&
      a.high === b.high &&
      String(a.colours) === String(b.colours))
  );
}

const numbers = new WeakMap<object, number>();
let count = 0;

/** A number that tells an array from others. */
function numberOf(array: object): number {
  let number = numbers.get(array);
  if (number === undefined) {
    numbers.set(array, (number = ++count));
  }
  return number;
}
