/** Regions of the scan: which pixels belong to one, and what the spectra in it say. */
import type { IRegionShape } from '../signal/types';

/** What the spectra of a region say; arrays as in `IRegion` of the model room. */
export interface IRegionStatistics {
  /** Pixels inside that are not excluded. */
  readonly pixels: number;
  /** (channels) in the units of the spectra; null without a pixel. */
  readonly mean: Float32Array | null;
  /** (channels) standard deviation (ddof 1) / sqrt(pixels); null below two pixels. */
  readonly standardError: Float32Array | null;
}

/**
 * (ny, nx) 1 where the centre of a pixel lies inside the shape, by the rule at
 * `IRegionShape`. On an edge the even-odd rule takes the left and the upper side in.
 */
export function regionMask(
  shape: IRegionShape,
  ny: number,
  nx: number
): Uint8Array {
  const mask = new Uint8Array(ny * nx);
  const xs = shape.points.map(point => point[0]);
  const ys = shape.points.map(point => point[1]);
  if (!xs.length) {
    return mask;
  }
  // Only the bounding box is gone through: a region is mostly a small part of the scan.
  const first = Math.max(0, Math.floor(Math.min(...ys) - 0.5));
  const last = Math.min(ny - 1, Math.ceil(Math.max(...ys) - 0.5));
  const left = Math.max(0, Math.floor(Math.min(...xs) - 0.5));
  const right = Math.min(nx - 1, Math.ceil(Math.max(...xs) - 0.5));
  for (let row = first; row <= last; row++) {
    for (let column = left; column <= right; column++) {
      if (holds(shape, column + 0.5, row + 0.5)) {
        mask[row * nx + column] = 1;
      }
    }
  }
  return mask;
}

/** True where a point of the scan lies inside the shape. */
export function holds(shape: IRegionShape, x: number, y: number): boolean {
  const { kind, points } = shape;
  switch (kind) {
    case 'rectangle': {
      const [[x0, y0], [x1, y1]] = points;
      return (
        Math.min(x0, x1) <= x &&
        x < Math.max(x0, x1) &&
        Math.min(y0, y1) <= y &&
        y < Math.max(y0, y1)
      );
    }
    case 'ellipse': {
      const [[x0, y0], [x1, y1]] = points;
      const a = Math.abs(x1 - x0) / 2;
      const b = Math.abs(y1 - y0) / 2;
      if (a === 0 || b === 0) {
        return false;
      }
      const u = (x - (x0 + x1) / 2) / a;
      const v = (y - (y0 + y1) / 2) / b;
      return u * u + v * v <= 1;
    }
    case 'polygon':
      return insidePolygon(points, x, y);
  }
}

/** Crossings of a ray to the right: odd inside. */
function insidePolygon(
  points: IRegionShape['points'],
  x: number,
  y: number
): boolean {
  let inside = false;
  for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
    const [xi, yi] = points[i];
    const [xj, yj] = points[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) {
      inside = !inside;
    }
  }
  return inside;
}

/**
 * Mean spectrum and its standard error over the pixels of a mask.
 * @param spectra - (ny, nx, channels).
 * @param mask - (ny, nx) 1 inside.
 * @param excluded - (ny, nx) 1 where a pixel has no spectrum to use; null for none.
 */
export function regionStatistics(
  spectra: Float32Array,
  channels: number,
  mask: Uint8Array,
  excluded: Uint8Array | null
): IRegionStatistics {
  const sums = new Float64Array(channels);
  let pixels = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] && !(excluded && excluded[pixel])) {
      pixels++;
      const start = pixel * channels;
      for (let e = 0; e < channels; e++) {
        sums[e] += spectra[start + e];
      }
    }
  }
  if (pixels === 0) {
    return { pixels, mean: null, standardError: null };
  }
  const means = sums.map(sum => sum / pixels);
  const mean = Float32Array.from(means);
  if (pixels < 2) {
    return { pixels, mean, standardError: null };
  }
  // A second pass: the difference of two large sums would lose the small spread of strong peaks.
  const squares = new Float64Array(channels);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] && !(excluded && excluded[pixel])) {
      const start = pixel * channels;
      for (let e = 0; e < channels; e++) {
        const difference = spectra[start + e] - means[e];
        squares[e] += difference * difference;
      }
    }
  }
  const standardError = Float32Array.from(squares, square =>
    Math.sqrt(square / (pixels - 1) / pixels)
  );
  return { pixels, mean, standardError };
}
