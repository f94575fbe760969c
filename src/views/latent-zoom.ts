import type { ILatentFrame } from './latent-frame';

/** Magnification beyond which single windows would fill the square. */
const MOST = 64;

/** The part of the latent square that is shown, in shares of the whole. */
export class LatentZoom {
  /** How much larger than fitted; 1 is fitted. */
  get scale(): number {
    return this._scale;
  }

  /** What is shown, as text to compare. */
  get key(): string {
    return [this._scale, this._left, this._bottom].join();
  }

  /** Shows the whole. True where that is a change. */
  fit(): boolean {
    const changed = this._scale !== 1;
    this._scale = 1;
    this._left = 0;
    this._bottom = 0;
    return changed;
  }

  /** Magnifies about a place, in shares of the square from its lower left corner. */
  zoom(factor: number, x = 0.5, y = 0.5): void {
    const scale = Math.max(1, Math.min(MOST, this._scale * factor));
    const change = 1 / this._scale - 1 / scale;
    this._set(scale, this._left + x * change, this._bottom + y * change);
  }

  /** Moves what is shown by shares of the square: positive to the right and up. */
  pan(dx: number, dy: number): void {
    this._set(
      this._scale,
      this._left - dx / this._scale,
      this._bottom - dy / this._scale
    );
  }

  /** Moves a point of the whole, in shares, into sight. True where it was out of it. */
  reveal(x: number, y: number): boolean {
    const side = 1 / this._scale;
    const outside = (at: number, from: number): boolean =>
      at < from || at > from + side;
    if (!outside(x, this._left) && !outside(y, this._bottom)) {
      return false;
    }
    this._set(this._scale, x - side / 2, y - side / 2);
    return true;
  }

  /** The frame with the scales of what is shown. */
  apply(frame: ILatentFrame): ILatentFrame {
    if (this._scale === 1) {
      return frame;
    }
    const part = (
      scale: ILatentFrame['x'],
      from: number
    ): ILatentFrame['x'] => {
      const [low, high] = scale.domain();
      const at = (share: number): number => low + share * (high - low);
      return scale.copy().domain([at(from), at(from + 1 / this._scale)]);
    };
    return {
      ...frame,
      x: part(frame.x, this._left),
      y: part(frame.y, this._bottom)
    };
  }

  private _set(scale: number, left: number, bottom: number): void {
    const hold = (value: number): number =>
      Math.max(0, Math.min(1 - 1 / scale, value));
    this._scale = scale;
    this._left = hold(left);
    this._bottom = hold(bottom);
  }

  private _scale = 1;
  private _left = 0;
  private _bottom = 0;
}
