/** Selecting windows by their place in the latent space. */
import {
  type IEncodings,
  windowsInBox,
  windowsInside,
  windowsNear
} from '../analysis/latent-selection';
import { gridStep } from '../analysis/latent-space';
import type { ILatentFrame } from './latent-frame';
import type { IViewContext } from './view';

type Point = readonly [number, number];

/** Steps by which a selection around the cursor can grow. */
const MOST = 64;

/** Selects in the latent space of the active model. */
export class LatentSelection {
  constructor(context: IViewContext) {
    this._context = context;
  }

  /** Windows inside what was drawn on a frame, px; a box by two corners. */
  take(
    frame: ILatentFrame,
    shape: 'lasso' | 'box',
    points: readonly Point[]
  ): void {
    const encodings = this._encodings;
    const grid = this._context.shown.grid;
    if (!encodings || !grid) {
      return;
    }
    const values = points.map(([x, y]): Point => [
      frame.x.invert(x),
      frame.y.invert(y)
    ]);
    this._set(
      shape === 'box'
        ? windowsInBox(encodings, grid.axes, values[0], values[1])
        : windowsInside(encodings, grid.axes, values)
    );
  }

  /** Windows around the latent cursor: within a grid step at first, then `by` steps more or fewer. */
  around(by: number): void {
    const encodings = this._encodings;
    const { shown, workspace } = this._context;
    const grid = shown.grid;
    const cursor = workspace.navigation.latentCursor;
    if (!encodings || !grid || !cursor) {
      return;
    }
    this._steps = by === 0 ? 1 : Math.max(1, Math.min(MOST, this._steps + by));
    const [a, b] = grid.axes.map(
      axis => this._steps * gridStep(grid.ranges[axis], grid.size)
    );
    this._set(windowsNear(encodings, grid.axes, cursor, [a, b]));
  }

  /** True where there was a selection. */
  clear(): boolean {
    const { selection } = this._context.workspace.explorer;
    const had = selection.mask !== null;
    selection.set(null);
    this._steps = 1;
    return had;
  }

  private get _encodings(): IEncodings | null {
    const { active, pair } = this._context.shown;
    return (
      active &&
      pair && {
        latents: active.latents,
        z: active.setup.latentDims,
        positions: active.positions,
        size: pair.ny * pair.nx
      }
    );
  }

  private _set(mask: Uint8Array): void {
    this._context.workspace.explorer.selection.set(mask);
  }

  private _context: IViewContext;
  private _steps = 1;
}
