import type { IPair } from '../signal/types';
import { FrameBudget } from './frame-budget';
import type { IViewContext } from './view';

type Pixel = readonly [number, number];

/** How a rectangle changes what is selected. */
export type SelectionWay = 'replace' | 'add' | 'remove';

/** Chooses windows by a rectangle between two pixels: by a drag with the mouse, or between an anchor and the pointer. */
export class SelectionDrag {
  constructor(context: IViewContext, changed: () => void) {
    this._context = context;
    this._changed = changed;
  }

  /** True while a rectangle is being drawn. */
  get active(): boolean {
    return this._from !== null;
  }

  /** True while the pointer draws it, by keys. */
  get anchored(): boolean {
    return this.active && this._byKeys;
  }

  /** Top, left, bottom and right pixel of the rectangle, inclusive; null for none. */
  get box(): readonly [number, number, number, number] | null {
    const { _from: a, _to: b } = this;
    return a && b
      ? [
          Math.min(a[0], b[0]),
          Math.min(a[1], b[1]),
          Math.max(a[0], b[0]),
          Math.max(a[1], b[1])
        ]
      : null;
  }

  start(at: Pixel, way: SelectionWay, byKeys = false): void {
    this._from = this._to = at;
    this._way = way;
    this._byKeys = byKeys;
    this._before = this._context.workspace.explorer.selection.mask;
    this._moved = byKeys;
    if (byKeys) {
      this._select();
    }
    this._changed();
  }

  move(to: Pixel): void {
    if (!this._from || (to[0] === this._to![0] && to[1] === this._to![1])) {
      return;
    }
    this._to = to;
    this._moved = true;
    this._changed();
    // What follows a selection (mean spectra) may cost more than a frame.
    this._budget.run(() => this._select());
  }

  /** Ends it; false where nothing was drawn: a click takes the selection away. */
  finish(): boolean {
    const drawn = this._from !== null && this._moved;
    this._budget.drop();
    if (drawn) {
      this._select();
    } else if (this._from && this._way === 'replace') {
      this._context.workspace.explorer.selection.set(null);
    }
    this._end();
    return drawn;
  }

  /** Puts back what was selected before; false where no rectangle is being drawn. */
  cancel(): boolean {
    if (!this._from) {
      return false;
    }
    this._budget.drop();
    this._context.workspace.explorer.selection.set(this._before);
    this._end();
    return true;
  }

  private _end(): void {
    this._from = this._to = this._before = null;
    this._changed();
  }

  private _select(): void {
    const { shown, workspace } = this._context;
    const { pair, split } = shown;
    const box = this.box;
    if (pair && box) {
      workspace.explorer.selection.set(
        maskOf(pair, split, box, this._before, this._way)
      );
    }
  }

  private _context: IViewContext;
  private _changed: () => void;
  private _from: Pixel | null = null;
  private _to: Pixel | null = null;
  private _before: Uint8Array | null = null;
  private _way: SelectionWay = 'replace';
  private _byKeys = false;
  private _moved = false;
  private _budget = new FrameBudget();
}

/**
 * (ny, nx) windows within a rectangle, with or without those that were selected.
 * @param labels - (ny, nx) below 0 where there is no window; null: every pixel counts.
 */
export function maskOf(
  { ny, nx, mask }: IPair,
  labels: Int8Array | null,
  [top, left, bottom, right]: readonly [number, number, number, number],
  before: Uint8Array | null,
  way: SelectionWay
): Uint8Array {
  const out =
    way !== 'replace' && before?.length === ny * nx
      ? before.slice()
      : new Uint8Array(ny * nx);
  for (let row = Math.max(0, top); row <= Math.min(ny - 1, bottom); row++) {
    for (let c = Math.max(0, left); c <= Math.min(nx - 1, right); c++) {
      const i = row * nx + c;
      if (labels ? labels[i] >= 0 : !mask?.[i]) {
        out[i] = way === 'remove' ? 0 : 1;
      }
    }
  }
  return out;
}
