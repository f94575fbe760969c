/** The worst regions of an error map: connected patches of windows with errors above a percentile. */
import { percentile } from './statistics';

/** A patch of windows that touch each other by an edge. */
export interface IWorstRegion {
  /** (n) flat pixel indices, ascending. */
  readonly pixels: Int32Array;
  /** Mean error over its windows. */
  readonly mean: number;
  /** Largest error in it, and the pixel that has it. */
  readonly highest: number;
  readonly peak: number;
  /** Sum over its windows of what the error exceeds the threshold by: what the list is ranked by. */
  readonly excess: number;
}

export interface IWorstRegions {
  /** Errors above it count. */
  readonly threshold: number;
  /** The worst first; patches of the same excess in the order of their first pixel. */
  readonly regions: readonly IWorstRegion[];
}

/**
 * Connected patches (by edges, not corners) of pixels whose error is above a percentile of the
 * map, ranked by the sum of what they exceed it by: a large patch of high errors comes before a
 * single window that is higher by chance.
 * @param map - (ny, nx); NaN where no window fits.
 * @param share - percentile, 0 to 100.
 * @param least - patches of fewer windows are left out.
 */
export function worstRegions(
  map: ArrayLike<number>,
  nx: number,
  share: number,
  least = 1
): IWorstRegions {
  const threshold = percentile(map, share);
  const seen = new Uint8Array(map.length);
  const regions: IWorstRegion[] = [];
  for (let pixel = 0; pixel < map.length; pixel++) {
    if (!seen[pixel] && map[pixel] > threshold) {
      const pixels = patchAt(map, nx, threshold, pixel, seen);
      if (pixels.length >= least) {
        regions.push(regionOf(map, threshold, pixels));
      }
    }
  }
  // Sorting is stable: the order of the first pixels stays where the excess is the same.
  regions.sort((a, b) => b.excess - a.excess);
  return { threshold, regions };
}

/** The pixels above the threshold that hang together with one of them; marks them as seen. */
function patchAt(
  map: ArrayLike<number>,
  nx: number,
  threshold: number,
  start: number,
  seen: Uint8Array
): Int32Array {
  const pixels = [start];
  seen[start] = 1;
  for (let at = 0; at < pixels.length; at++) {
    const pixel = pixels[at];
    const column = pixel % nx;
    for (const next of [
      pixel - nx,
      column > 0 ? pixel - 1 : -1,
      column < nx - 1 ? pixel + 1 : -1,
      pixel + nx
    ]) {
      if (next >= 0 && !seen[next] && map[next] > threshold) {
        seen[next] = 1;
        pixels.push(next);
      }
    }
  }
  return Int32Array.from(pixels).sort();
}

function regionOf(
  map: ArrayLike<number>,
  threshold: number,
  pixels: Int32Array
): IWorstRegion {
  let sum = 0;
  let peak = pixels[0];
  for (const pixel of pixels) {
    sum += map[pixel];
    if (map[pixel] > map[peak]) {
      peak = pixel;
    }
  }
  return {
    pixels,
    mean: sum / pixels.length,
    highest: map[peak],
    peak,
    excess: sum - threshold * pixels.length
  };
}
