/**
 * Square windows of the image, each with the spectrum of its centre pixel.
 *
 * The window of side w centred at (i, j) holds rows i - w/2 to i + w/2 - 1 and
 * the same columns; its spectrum is that of (i, j), its element [w/2, w/2].
 */
import type { ISetup, Kind, WindowSet } from './types';

/** A run of consecutive rows or columns of positions. */
export interface ISpan {
  readonly first: number;
  readonly count: number;
}

export interface IWindowGrid {
  readonly window: number;
  /** Rows of valid positions, masked ones and every stride included. */
  readonly rows: ISpan;
  readonly columns: ISpan;
  /** Flat pixel indices (i * nx + j) in row-major order, without masked windows. */
  readonly positions: Int32Array;
}

export interface IWindowOptions {
  /** Default 'all'. */
  readonly set?: WindowSet;
  /** (ny, nx), 1 where the pixel is excluded: no window may contain it. */
  readonly mask?: Uint8Array | null;
  /** Step between positions in both directions, default 1. */
  readonly stride?: number;
}

/** Channels that spec2im drops from the end of a spectrum before pooling by 16. */
export function droppedChannels(kind: Kind, channels: number): number {
  return kind === 'spec2im' ? channels % 16 : 0;
}

/**
 * Why windows cannot be cut as the setup asks, naming the sizes that can be;
 * '' where they can.
 */
export function windowProblem(
  ny: number,
  nx: number,
  channels: number,
  setup: Pick<ISetup, 'kind' | 'window' | 'stride' | 'windows'>
): string {
  const { kind, window, stride } = setup;
  const step = kind === 'spec2im' ? 4 : 2;
  // The paper's set leaves out one row and one column of positions.
  const side = Math.min(ny, nx) - (setup.windows === 'paper' ? 1 : 0);
  const largest = Math.floor(side / step) * step;
  const image = `the image has ${ny} x ${nx} pixels`;
  if (largest < 4) {
    return (
      `The image is too small: windows need at least 4 x 4 pixels, ${image}. ` +
      'Use an image of more pixels.'
    );
  }
  if (!Number.isInteger(window) || window < 4 || window % step !== 0) {
    return (
      `Window ${window} is not possible for ${kind}: it takes ` +
      `${step === 4 ? 'a multiple of 4' : 'an even number'} ` +
      `from 4 to ${largest} pixels (${image}).`
    );
  }
  if (window > largest) {
    return (
      `Window ${window} is larger than the image allows: ${image}. ` +
      `Choose ${step === 4 ? 'a multiple of 4' : 'an even number'} ` +
      `from 4 to ${largest} pixels.`
    );
  }
  const least = kind === 'spec2im' ? 16 : 2;
  if (channels < least) {
    return (
      `${kind} needs spectra of at least ${least} channels; ` +
      `these have ${channels}.`
    );
  }
  if (!Number.isInteger(stride) || stride < 1) {
    return `Stride ${stride} is not possible: give a whole number of pixels, 1 or more.`;
  }
  return '';
}

/** (ny + 1, nx + 1) sums of the mask over rows < i and columns < j. */
function maskSums(mask: Uint8Array, ny: number, nx: number): Int32Array {
  const wide = nx + 1;
  const sums = new Int32Array((ny + 1) * wide);
  for (let i = 0; i < ny; i++) {
    let row = 0;
    for (let j = 0; j < nx; j++) {
      row += mask[i * nx + j] ? 1 : 0;
      sums[(i + 1) * wide + j + 1] = sums[i * wide + j + 1] + row;
    }
  }
  return sums;
}

/**
 * Every position whose window lies within the image and holds no masked pixel.
 * Centres run from w/2 to size - w/2, so a side of n pixels has n - w + 1.
 */
export function validWindows(
  ny: number,
  nx: number,
  window: number,
  options: IWindowOptions = {}
): IWindowGrid {
  const { set = 'all', mask = null, stride = 1 } = options;
  const half = window / 2;
  const left = set === 'paper' ? 1 : 0;
  const span = (size: number): ISpan => ({
    first: half,
    count: Math.max(0, size - window + 1 - left)
  });
  const rows = span(ny);
  const columns = span(nx);
  const sums = mask ? maskSums(mask, ny, nx) : null;
  const wide = nx + 1;
  const positions: number[] = [];
  for (let r = 0; r < rows.count; r += stride) {
    for (let c = 0; c < columns.count; c += stride) {
      // The window's first row and column are r and c themselves.
      if (
        sums &&
        sums[(r + window) * wide + c + window] -
          sums[r * wide + c + window] -
          sums[(r + window) * wide + c] +
          sums[r * wide + c] >
          0
      ) {
        continue;
      }
      positions.push((half + r) * nx + half + c);
    }
  }
  return { window, rows, columns, positions: Int32Array.from(positions) };
}

/**
 * (window, window) pixels around a flat pixel index, in the units of `image`.
 * @param out - at least window * window values to write to, from its start.
 */
export function extractWindow(
  image: Float32Array,
  nx: number,
  window: number,
  position: number,
  out: Float32Array = new Float32Array(window * window)
): Float32Array {
  const corner = position - (window / 2) * nx - window / 2;
  for (let r = 0; r < window; r++) {
    const start = corner + r * nx;
    for (let c = 0; c < window; c++) {
      out[r * window + c] = image[start + c];
    }
  }
  return out;
}

/** (n, window, window) pixels around the positions. */
export function extractWindows(
  image: Float32Array,
  ny: number,
  nx: number,
  window: number,
  positions: ArrayLike<number>
): Float32Array {
  const area = window * window;
  const windows = new Float32Array(positions.length * area);
  const half = window / 2;
  for (let k = 0; k < positions.length; k++) {
    const row = Math.floor(positions[k] / nx);
    const column = positions[k] % nx;
    if (row < half || row > ny - half || column < half || column > nx - half) {
      throw new RangeError(
        `The window of ${window} pixels at row ${row}, column ${column} ` +
          `leaves the image of ${ny} x ${nx} pixels: take positions from ` +
          'validWindows.'
      );
    }
    extractWindow(
      image,
      nx,
      window,
      positions[k],
      windows.subarray(k * area, (k + 1) * area)
    );
  }
  return windows;
}

/** (n, channels) spectra at the positions, in the units of `spectra`. */
export function extractSpectra(
  spectra: Float32Array,
  channels: number,
  positions: ArrayLike<number>
): Float32Array {
  const out = new Float32Array(positions.length * channels);
  for (let k = 0; k < positions.length; k++) {
    const start = positions[k] * channels;
    out.set(spectra.subarray(start, start + channels), k * channels);
  }
  return out;
}

export type WindowGrid = IWindowGrid;
