/** Many small points at once: thousands of drawing commands would take longer than a frame. */
import { figureMode } from './figure-mode';

export interface IPoints {
  /** (count, 2) places, px. */
  readonly places: Float64Array;
  /** Colours as red, green, blue; (n, 3). */
  readonly table: ArrayLike<number>;
  /** Row of `table` for a point. */
  readonly colour: (point: number) => number;
  /** False: a point is left out. */
  readonly drawn?: (point: number) => boolean;
  /** The square that points outside of are left out, px. */
  readonly left: number;
  readonly top: number;
  readonly side: number;
  /** Side of a point, px. */
  readonly size: number;
}

/** Draws square points; later ones cover earlier ones. */
export function drawSquarePoints(
  context: CanvasRenderingContext2D,
  points: IPoints
): void {
  const { places, table, left, top, side } = points;
  const ratio = figureMode().ratio ?? (window.devicePixelRatio || 1);
  const pixels = Math.max(1, Math.round(side * ratio));
  const width = Math.max(1, Math.round(points.size * ratio));
  const sheet = document.createElement('canvas');
  sheet.width = pixels;
  sheet.height = pixels;
  const over = sheet.getContext('2d');
  if (!over) {
    return;
  }
  const picture = over.createImageData(pixels, pixels);
  const { data } = picture;
  for (let i = 0; i < places.length / 2; i++) {
    if (points.drawn?.(i) === false) {
      continue;
    }
    const x0 = Math.round((places[2 * i] - left) * ratio - width / 2);
    const y0 = Math.round((places[2 * i + 1] - top) * ratio - width / 2);
    const c = 3 * points.colour(i);
    for (let y = Math.max(0, y0); y < Math.min(pixels, y0 + width); y++) {
      for (let x = Math.max(0, x0); x < Math.min(pixels, x0 + width); x++) {
        const at = 4 * (y * pixels + x);
        data[at] = table[c];
        data[at + 1] = table[c + 1];
        data[at + 2] = table[c + 2];
        data[at + 3] = 255;
      }
    }
  }
  over.putImageData(picture, 0, 0);
  context.drawImage(sheet, left, top, side, side);
}
