/** How far encodings lie from those that a network was trained with. */
import type { Slices } from '../signal/slices';

/** Encodings that a distance is searched among at most, and pairs in all. */
const MOST_PAIRS = 4e8;
/** Pairs between two places to pause: a few milliseconds. */
const PIECE = 1 << 20;

/**
 * Root mean square distance of encodings from their mean, the unit that
 * distances are given in: latents have no scale of their own. 1 where they all
 * are the same; NaN without any.
 * @param latents - (n, z); rows that are not finite are left out.
 */
export function encodingSpread(
  latents: ArrayLike<number>,
  n: number,
  z: number
): number {
  const mean = new Float64Array(z);
  let squares = 0;
  let count = 0;
  for (let i = 0; i < n; i++) {
    if (!finiteRow(latents, i, z)) {
      continue;
    }
    count++;
    for (let axis = 0; axis < z; axis++) {
      const value = latents[i * z + axis];
      const d = value - mean[axis];
      mean[axis] += d / count;
      squares += d * (value - mean[axis]);
    }
  }
  return count === 0 ? NaN : Math.sqrt(squares / count) || 1;
}

/**
 * (n) Euclidean distance of each encoding from the nearest of the reference,
 * in float64; NaN for an encoding that is not finite, or without a reference.
 * Of a reference too large to be searched every so manieth encoding is taken.
 * @param latents - (n, z).
 * @param reference - (m, z).
 */
export function* nearestDistances(
  latents: ArrayLike<number>,
  n: number,
  z: number,
  reference: ArrayLike<number>,
  m: number
): Slices<Float64Array> {
  const skip = Math.max(1, Math.ceil((n * m) / MOST_PAIRS));
  const kept: number[] = [];
  for (let j = 0; j < m; j += skip) {
    if (finiteRow(reference, j, z)) {
      for (let axis = 0; axis < z; axis++) {
        kept.push(reference[j * z + axis]);
      }
    }
  }
  const others = Float64Array.from(kept);
  const count = others.length / z;
  const out = new Float64Array(n).fill(NaN);
  const piece = Math.max(1, Math.floor(PIECE / Math.max(1, count)));
  for (let i = 0; i < n; i++) {
    if (i % piece === piece - 1) {
      yield;
    }
    if (count === 0 || !finiteRow(latents, i, z)) {
      continue;
    }
    let least = Infinity;
    for (let j = 0; j < count; j++) {
      let squared = 0;
      for (let axis = 0; axis < z && squared < least; axis++) {
        const d = latents[i * z + axis] - others[j * z + axis];
        squared += d * d;
      }
      if (squared < least) {
        least = squared;
      }
    }
    out[i] = Math.sqrt(least);
  }
  return out;
}

/**
 * Share (0 to 1) of the finite values above the given percentile of others:
 * 0.05 is what chance gives for 95. NaN where either side is empty.
 */
export function shareAbove(
  values: ArrayLike<number>,
  threshold: number
): number {
  let above = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) {
      count++;
      above += values[i] > threshold ? 1 : 0;
    }
  }
  return Number.isFinite(threshold) ? above / count : NaN;
}

function finiteRow(latents: ArrayLike<number>, i: number, z: number): boolean {
  for (let axis = 0; axis < z; axis++) {
    if (!Number.isFinite(latents[i * z + axis])) {
      return false;
    }
  }
  return true;
}
