import { rgb } from 'd3-color';
import { colourIndex, type ColourName, colourTable } from './colour-table';

/** An image of values with the limits of its colours. */
export interface IRaster {
  /** (height, width), C order. */
  readonly values: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  /** A table for the range from `low` to `high`, or a CSS colour for each whole number from 0. */
  readonly colours: ColourName | readonly string[];
  readonly low: number;
  readonly high: number;
}

/**
 * Paints one canvas pixel a value; values that are not finite, or have no colour, stay transparent.
 * @param canvas - what is painted on; a new one where it is left out.
 */
export function paintRaster(
  raster: IRaster,
  canvas = document.createElement('canvas')
): HTMLCanvasElement {
  const { values, width, height, low, high } = raster;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext('2d');
  if (!context) {
    return canvas;
  }
  const picture = context.createImageData(width, height);
  const pixels = picture.data;
  const { colours } = raster;
  const named = typeof colours === 'string';
  const table = named ? colourTable(colours) : tableOf(colours);
  const last = table.length / 3 - 1;
  for (let i = 0; i < width * height; i++) {
    const value = values[i];
    if (!Number.isFinite(value) || (!named && (value < 0 || value > last))) {
      continue;
    }
    const c = 3 * (named ? colourIndex(value, low, high) : Math.round(value));
    pixels[4 * i] = table[c];
    pixels[4 * i + 1] = table[c + 1];
    pixels[4 * i + 2] = table[c + 2];
    pixels[4 * i + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
  return canvas;
}

function tableOf(colours: readonly string[]): Uint8ClampedArray {
  const table = new Uint8ClampedArray(3 * colours.length);
  colours.forEach((colour, i) => {
    const { r, g, b } = rgb(colour);
    table.set([r, g, b], 3 * i);
  });
  return table;
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
      String(last.colours) !== String(raster.colours) ||
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
