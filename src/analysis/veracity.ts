/** Veracity of back-projection: are windows whose encodings are near alike in feature space too. */
import { spanOf } from '../signal/scaling';
import type { Slices } from '../signal/slices';
import type { IRange } from '../signal/types';
import { nearestOthers } from './nearest-others';
import { spearman } from './ranks';

/** Writes the feature of a window, in data units. */
export type Reader = (index: number, out: Float32Array) => void;

export interface IVeracityProblem {
  /** (n, latentDims). */
  readonly latents: ArrayLike<number>;
  readonly n: number;
  readonly latentDims: number;
  /** Neighbours of each window, itself left out. */
  readonly k: number;
  /** Values of a feature. */
  readonly length: number;
  readonly read: Reader;
  /** [0, 1] scale of the features in data units. */
  readonly range: IRange;
  /** Told the share done, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

export interface IDispersions {
  /** (n) RMS distance of the neighbours' features from their mean, as a share of `wholeFeature`. */
  readonly feature: Float32Array;
  /** (n) RMS distance of their encodings from their mean, as a share of `wholeLatent`. */
  readonly latent: Float32Array;
  /** RMS distance of all features from their mean, on the [0, 1] scale. */
  readonly wholeFeature: number;
  /** RMS distance of all encodings from their mean. */
  readonly wholeLatent: number;
  /** Spearman's rank correlation of the two. */
  readonly correlation: number;
}

/** Windows between two places to pause. */
const PIECE = 16;

/**
 * Dispersion = sqrt(mean over the k neighbours of |v - mean|^2), with the Euclidean norm, in feature
 * and in latent space, each divided by that of all windows, so that both are shares without units.
 */
export function* veracity({
  latents,
  n,
  latentDims: z,
  k,
  length,
  read,
  range,
  onProgress
}: IVeracityProblem): Slices<IDispersions> {
  const neighbours = yield* nearestOthers(latents, n, z, k);
  const readLatent: Reader = (i, out) => {
    for (let axis = 0; axis < z; axis++) {
      out[axis] = latents[i * z + axis];
    }
  };
  const span = spanOf(range);
  const wholeFeature = (yield* wholeDispersion(n, length, read)) / span;
  const wholeLatent = yield* wholeDispersion(n, z, readLatent);
  const feature = new Float32Array(n);
  const latent = new Float32Array(n);
  const features = new Near(k, length, read);
  const encodings = new Near(k, z, readLatent);
  for (let i = 0; i < n; i++) {
    const near = neighbours.subarray(i * k, (i + 1) * k);
    feature[i] = features.dispersion(near) / span / (wholeFeature || 1);
    latent[i] = encodings.dispersion(near) / (wholeLatent || 1);
    if (i % PIECE === 0) {
      onProgress?.(i / n);
      yield;
    }
  }
  const correlation = spearman(feature, latent);
  return { feature, latent, wholeFeature, wholeLatent, correlation };
}

/**
 * (n) feature dispersion over latent dispersion: above 1 the neighbours differ more in feature space
 * than their encodings let expect. NaN where the encodings are the same.
 */
export function ratioMap(
  feature: Float32Array,
  latent: Float32Array
): Float32Array {
  return feature.map((value, i) => (latent[i] > 0 ? value / latent[i] : NaN));
}

/** RMS distance of all that is read from its mean, data units. */
function* wholeDispersion(
  n: number,
  length: number,
  read: Reader
): Slices<number> {
  const values = new Float32Array(length);
  const sum = new Float64Array(length);
  const first = new Float64Array(length);
  let squares = 0;
  let count = 0;
  for (let i = 0; i < n; i++) {
    read(i, values);
    if (i % PIECE === 0) {
      yield;
    }
    if (!values.every(Number.isFinite)) {
      continue;
    }
    if (count === 0) {
      // Differences from one of them keep their digits where values have a large offset.
      first.set(values);
    }
    count++;
    for (let j = 0; j < length; j++) {
      const d = values[j] - first[j];
      sum[j] += d;
      squares += d * d;
    }
  }
  const mean = sum.reduce((total, s) => total + (s / count) ** 2, 0);
  return Math.sqrt(Math.max(0, squares / count - mean));
}

/** Holds what is read of k neighbours. */
class Near {
  constructor(k: number, length: number, read: Reader) {
    this._rows = Array.from({ length: k }, () => new Float32Array(length));
    this._length = length;
    this._read = read;
  }

  /** RMS distance from their mean; NaN without neighbours. */
  dispersion(indices: Int32Array): number {
    let count = 0;
    for (const index of indices) {
      if (index >= 0) {
        this._read(index, this._rows[count++]);
      }
    }
    let squares = 0;
    for (let j = 0; j < this._length; j++) {
      let sum = 0;
      for (let row = 0; row < count; row++) {
        sum += this._rows[row][j];
      }
      const mean = sum / count;
      for (let row = 0; row < count; row++) {
        squares += (this._rows[row][j] - mean) ** 2;
      }
    }
    return Math.sqrt(squares / count);
  }

  private _rows: Float32Array[];
  private _length: number;
  private _read: Reader;
}
