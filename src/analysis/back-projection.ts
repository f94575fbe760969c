/** Features of the windows whose encodings are nearest to points of the latent space. */
import { spanOf } from '../signal/scaling';
import type { IRange } from '../signal/types';
import { extractWindow } from '../signal/windows';
import { gridStep } from './latent-space';

export interface INeighbours {
  /** (m, k) indices of encodings, nearest first; -1 where there are fewer than k. */
  readonly indices: Int32Array;
  /** (m, k) Euclidean distances; Infinity where there are fewer than k. */
  readonly distances: Float64Array;
}

export interface IBackProjection {
  /** (m, length) mean feature of the neighbours, in the features' units. */
  readonly mean: Float32Array;
  /** (m) RMS distance of the neighbours from their mean, on the [0, 1] scale. */
  readonly dispersion: Float32Array;
}

const UNIT: IRange = { min: 0, max: 1 };

/**
 * The k encodings nearest to each point: Euclidean distance in float64 over
 * all latents, ties to the lowest index. Encodings with NaN are never near.
 * @param latents - (n, z).
 * @param points - (m, z).
 */
export function nearest(
  latents: ArrayLike<number>,
  n: number,
  z: number,
  points: ArrayLike<number>,
  m: number,
  k: number
): INeighbours {
  const indices = new Int32Array(m * k).fill(-1);
  const distances = new Float64Array(m * k).fill(Infinity);
  for (let point = 0; point < m; point++) {
    const start = point * k;
    const last = start + k - 1;
    for (let i = 0; i < n; i++) {
      let squared = 0;
      for (let axis = 0; axis < z; axis++) {
        const d = latents[i * z + axis] - points[point * z + axis];
        squared += d * d;
      }
      // Strictly nearer: of equals the one seen first stays in front.
      if (!(squared < distances[last])) {
        continue;
      }
      let place = last;
      while (place > start && squared < distances[place - 1]) {
        distances[place] = distances[place - 1];
        indices[place] = indices[place - 1];
        place--;
      }
      distances[place] = squared;
      indices[place] = i;
    }
  }
  return { indices, distances: distances.map(Math.sqrt) };
}

/**
 * Mean and dispersion of neighbours whose features are read one at a time.
 *
 * Dispersion = sqrt(mean over the neighbours of |f - mean|^2), where |.| is
 * the Euclidean norm over the `length` values, not divided by the length, with
 * f on the [0, 1] scale of `range`. NaN where a point has no neighbour.
 * @param read - writes the feature of an encoding, in data units, to `out`.
 * @param indices - (m, k) as from `nearest`; -1 is passed over.
 * @param range - scale of the features in data units.
 */
export function backProjectWith(
  read: (index: number, out: Float32Array) => void,
  length: number,
  indices: Int32Array,
  m: number,
  k: number,
  range: IRange = UNIT
): IBackProjection {
  const mean = new Float32Array(m * length);
  const dispersion = new Float32Array(m);
  const features = Array.from({ length: k }, () => new Float32Array(length));
  const span = spanOf(range);
  for (let point = 0; point < m; point++) {
    let count = 0;
    for (let j = 0; j < k; j++) {
      if (indices[point * k + j] >= 0) {
        read(indices[point * k + j], features[count]);
        count++;
      }
    }
    let squares = 0;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let j = 0; j < count; j++) {
        sum += features[j][i];
      }
      const middle = sum / count;
      mean[point * length + i] = middle;
      for (let j = 0; j < count; j++) {
        squares += (features[j][i] - middle) ** 2;
      }
    }
    dispersion[point] = Math.sqrt(squares / count) / span;
  }
  return { mean, dispersion };
}

/**
 * `backProjectWith` for features in one array. With the encodings themselves
 * as features it gives the dispersion in latent space to compare with.
 * @param features - (n, length).
 */
export function backProject(
  features: Float32Array,
  length: number,
  indices: Int32Array,
  m: number,
  k: number,
  range: IRange = UNIT
): IBackProjection {
  return backProjectWith(
    (index, out) =>
      out.set(features.subarray(index * length, (index + 1) * length)),
    length,
    indices,
    m,
    k,
    range
  );
}

/**
 * `backProjectWith` for windows of an image: mean (m, window, window).
 * @param image - (ny, nx), data units.
 * @param positions - (n) flat pixel indices that `indices` point into.
 */
export function backProjectWindows(
  image: Float32Array,
  nx: number,
  window: number,
  positions: ArrayLike<number>,
  indices: Int32Array,
  k: number,
  range: IRange = UNIT
): IBackProjection {
  return backProjectWith(
    (index, out) => extractWindow(image, nx, window, positions[index], out),
    window * window,
    indices,
    Math.floor(indices.length / k),
    k,
    range
  );
}

/**
 * `backProjectWith` for the spectra of pixels: mean (m, channels).
 * @param spectra - (ny, nx, channels), data units.
 * @param positions - (n) flat pixel indices that `indices` point into.
 */
export function backProjectSpectra(
  spectra: Float32Array,
  channels: number,
  positions: ArrayLike<number>,
  indices: Int32Array,
  k: number,
  range: IRange = UNIT
): IBackProjection {
  return backProjectWith(
    (index, out) => {
      const start = positions[index] * channels;
      out.set(spectra.subarray(start, start + channels));
    },
    channels,
    indices,
    Math.floor(indices.length / k),
    k,
    range
  );
}

/**
 * (m) 1 where a node of the grid is more than one grid step, along
 * either shown axis, from every encoding. Latents not shown do not count.
 * @param latents - (n, z).
 * @param ranges - (z) that the grid was made of.
 * @param nodes - (m, z) of those of `latentGrid`.
 */
export function farNodes(
  latents: ArrayLike<number>,
  n: number,
  ranges: readonly IRange[],
  nodes: ArrayLike<number>,
  size: number,
  axes: readonly [number, number]
): Uint8Array {
  const z = ranges.length;
  const [a, b] = axes;
  // Nodes are float32: without an allowance one exactly a step away would
  // count as further for its rounding alone.
  const reach = (axis: number): number =>
    gridStep(ranges[axis], size) +
    1e-6 * Math.max(Math.abs(ranges[axis].min), Math.abs(ranges[axis].max));
  const reachA = reach(a);
  const reachB = reach(b);
  const far = new Uint8Array(Math.floor(nodes.length / z)).fill(1);
  for (let node = 0; node < far.length; node++) {
    const atA = nodes[node * z + a];
    const atB = nodes[node * z + b];
    for (let k = 0; k < n; k++) {
      if (
        Math.abs(latents[k * z + a] - atA) <= reachA &&
        Math.abs(latents[k * z + b] - atB) <= reachB
      ) {
        far[node] = 0;
        break;
      }
    }
  }
  return far;
}
