import type { IPictureFrame } from './navigator-frame';

/** A scan pixel is at most this large on screen, CSS px. */
const LARGEST_PIXEL = 64;

/** How much of the scan a picture shows: magnified about a place, never less than the picture's area full. */
export class Camera {
  /** 1: the whole scan. */
  get zoom(): number {
    return this._zoom;
  }

  /** The frame of the scan as the camera stands; `base` is that of the whole scan. */
  frame(base: IPictureFrame): IPictureFrame {
    this._zoom = Math.max(1, Math.min(this._zoom, mostZoom(base)));
    const zoom = this._zoom;
    const width = base.width * zoom;
    const height = base.height * zoom;
    const { seen } = base;
    const half = 0.5 / zoom;
    this._x = Math.max(half, Math.min(1 - half, this._x));
    this._y = Math.max(half, Math.min(1 - half, this._y));
    return {
      left: seen.left + seen.width / 2 - this._x * width,
      top: seen.top + seen.height / 2 - this._y * height,
      width,
      height,
      pixelWidth: base.pixelWidth * zoom,
      pixelHeight: base.pixelHeight * zoom,
      seen
    };
  }

  /** Magnifies by a factor; the point (x, y) of the screen keeps its place in the scan. */
  zoomAt(base: IPictureFrame, x: number, y: number, factor: number): boolean {
    const before = this.frame(base);
    const zoom = Math.max(1, Math.min(mostZoom(base), this._zoom * factor));
    if (!Number.isFinite(zoom) || zoom === this._zoom) {
      return false;
    }
    const u = (x - before.left) / before.width;
    const v = (y - before.top) / before.height;
    const { seen } = base;
    this._zoom = zoom;
    this._x = u + (seen.left + seen.width / 2 - x) / (base.width * zoom);
    this._y = v + (seen.top + seen.height / 2 - y) / (base.height * zoom);
    this.frame(base);
    return true;
  }

  /** Moves the scan with the mouse, px; false where nothing is magnified. */
  pan(base: IPictureFrame, dx: number, dy: number): boolean {
    if (this._zoom === 1) {
      return false;
    }
    this._x -= dx / (base.width * this._zoom);
    this._y -= dy / (base.height * this._zoom);
    this.frame(base);
    return true;
  }

  /** Shows the whole scan; false where it does. */
  fit(): boolean {
    const changed = this._zoom !== 1;
    this._zoom = 1;
    this._x = this._y = 0.5;
    return changed;
  }

  /** Moves just so far that a pixel is seen; false where it is. */
  follow(base: IPictureFrame, row: number, column: number): boolean {
    const { left, top, pixelWidth, pixelHeight, seen } = this.frame(base);
    const x = left + column * pixelWidth;
    const y = top + row * pixelHeight;
    const dx = intoSight(x, pixelWidth, seen.left, seen.width);
    const dy = intoSight(y, pixelHeight, seen.top, seen.height);
    return (dx !== 0 || dy !== 0) && this.pan(base, dx, dy);
  }

  private _zoom = 1;
  /** Middle of what is seen, as a fraction of the scan. */
  private _x = 0.5;
  private _y = 0.5;
}

/** The zoom at which a pixel is as large as it gets. */
function mostZoom(base: IPictureFrame): number {
  return Math.max(1, LARGEST_PIXEL / Math.max(1e-6, base.pixelWidth));
}

/** How far a stretch must move to lie within another. */
function intoSight(
  at: number,
  length: number,
  from: number,
  room: number
): number {
  const slack = 1e-6;
  if (at < from - slack) {
    return from - at;
  }
  return at + length > from + room + slack ? from + room - at - length : 0;
}
