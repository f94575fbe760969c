import { paintRaster } from './raster';

/** The part of a plot that small pictures are drawn in, px. */
export interface IPlotSquare {
  readonly left: number;
  readonly top: number;
  readonly side: number;
  /** Width where it is not a square. */
  readonly across?: number;
}

/**
 * Points that small pictures can stand for without covering one another: those seen, in their
 * order, that keep `side` px from the ones taken before.
 * @param places - (count, 2), px.
 */
export function pickThumbnails(
  places: Float64Array,
  { left, top, side: high, across: wide = high }: IPlotSquare,
  side: number,
  most: number
): number[] {
  const taken: number[] = [];
  const cells = new Map<string, number[]>();
  for (let i = 0; i < places.length / 2 && taken.length < most; i++) {
    const x = places[2 * i] - left;
    const y = places[2 * i + 1] - top;
    if (!(x >= 0 && y >= 0 && x <= wide && y <= high)) {
      continue;
    }
    const column = Math.floor(x / side);
    const row = Math.floor(y / side);
    let free = true;
    for (let c = column - 1; c <= column + 1 && free; c++) {
      for (let r = row - 1; r <= row + 1 && free; r++) {
        free = !(cells.get(`${c},${r}`) ?? []).some(
          other =>
            Math.abs(places[2 * other] - left - x) < side &&
            Math.abs(places[2 * other + 1] - top - y) < side
        );
      }
    }
    if (free) {
      const key = `${column},${row}`;
      cells.set(key, [...(cells.get(key) ?? []), i]);
      taken.push(i);
    }
  }
  return taken;
}

export interface IThumbnails {
  /** (count, window, window) images, one below the other. */
  readonly images: Float32Array;
  readonly window: number;
  /** Grey limits. */
  readonly low: number;
  readonly high: number;
  /** (count, 2) places of their middles, px. */
  readonly places: Float64Array;
  /** (count) colours of their frames. */
  readonly colours: readonly string[];
  /** Side of a picture, frame excluded, px. */
  readonly side: number;
}

/** Draws small grey images, each in a coloured frame. */
export function drawThumbnails(
  context: CanvasRenderingContext2D,
  thumbnails: IThumbnails
): void {
  const { images, window, places, side } = thumbnails;
  const count = places.length / 2;
  if (!count) {
    return;
  }
  const sheet = paintRaster({
    values: images,
    width: window,
    height: window * count,
    colours: 'grey',
    low: thumbnails.low,
    high: thumbnails.high
  });
  context.imageSmoothingEnabled = side < 2 * window;
  for (let i = 0; i < count; i++) {
    const left = Math.round(places[2 * i] - side / 2);
    const top = Math.round(places[2 * i + 1] - side / 2);
    context.fillStyle = thumbnails.colours[i];
    context.fillRect(left - 2, top - 2, side + 4, side + 4);
    context.drawImage(
      sheet,
      0,
      i * window,
      window,
      window,
      left,
      top,
      side,
      side
    );
  }
  context.imageSmoothingEnabled = true;
}
