/** Milliseconds in which points reach their new places. */
const DURATION = 500;

/** Points on their way from where they were to where a newer evaluation puts them. */
export class Glide {
  /** (count, 2) places shown now, px; null before the first. */
  get places(): Float64Array | null {
    return this._places;
  }

  /** Where the points go. They jump where `smoothly` is false or their number changed. */
  aim(target: Float64Array, smoothly: boolean, now: number): void {
    this._from =
      smoothly && this._places?.length === target.length
        ? this._places.slice()
        : null;
    this._target = target;
    this._start = now;
    this._places = this._from ? this._places : target;
  }

  /** Moves the points; true while they have not arrived. */
  step(now: number): boolean {
    const from = this._from;
    const target = this._target;
    if (!from || !target) {
      return false;
    }
    const t = Math.min(1, Math.max(0, (now - this._start) / DURATION));
    if (t === 1) {
      this._places = target;
      this._from = null;
      return false;
    }
    // Slow at both ends.
    const share = t * t * (3 - 2 * t);
    this._places = target.map(
      (value, i) => from[i] + share * (value - from[i])
    );
    return true;
  }

  clear(): void {
    this._places = null;
    this._from = null;
    this._target = null;
  }

  private _places: Float64Array | null = null;
  private _from: Float64Array | null = null;
  private _target: Float64Array | null = null;
  private _start = 0;
}

/** True where the reader's system asks for pictures that do not move. */
export function wantsStillness(): boolean {
  return window.matchMedia?.('(prefers-reduced-motion: reduce)').matches;
}
