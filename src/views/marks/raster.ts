import { colourIndex, type ColourName, colourTable } from './colour-table';

/** An image of values with the limits of its colours. */
export interface IRaster {
  /** (height, width), C order. */
  readonly values: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  readonly colours: ColourName;
  readonly low: number;
  readonly high: number;
}

/** Paints one canvas pixel a value; values that are not finite stay transparent. */
export function paintRaster(raster: IRaster): HTMLCanvasElement {
  const { values, width, height, low, high } = raster;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) {
    return canvas;
  }
  const table = colourTable(raster.colours);
  const picture = context.createImageData(width, height);
  const pixels = picture.data;
  for (let i = 0; i < width * height; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) {
      continue;
    }
    const c = 3 * colourIndex(value, low, high);
    pixels[4 * i] = table[c];
    pixels[4 * i + 1] = table[c + 1];
    pixels[4 * i + 2] = table[c + 2];
    pixels[4 * i + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
  return canvas;
}

/** Keeps the last painted canvas while the values, limits and colours stay the same. */
export class RasterCache {
  /** The canvas of `raster`, painted only where something changed. */
  paint(raster: IRaster): HTMLCanvasElement {
    const last = this._raster;
    if (
      !this._canvas ||
      !last ||
      last.values !== raster.values ||
      last.colours !== raster.colours ||
      last.low !== raster.low ||
      last.high !== raster.high ||
      last.width !== raster.width ||
      last.height !== raster.height
    ) {
      this._canvas = paintRaster(raster);
      this._raster = raster;
    }
    return this._canvas;
  }

  private _canvas: HTMLCanvasElement | null = null;
  private _raster: IRaster | null = null;
}
