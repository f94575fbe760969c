/** Reads what the kernel answers about clusters; what does not fit is refused. */
import { hasFields, isFiniteNumber } from '../../kernel/checks';
import type { ITaskArray, ITaskResult } from '../../kernel/types';
import type { Covariance, IBicPoint, IMixture } from './clusters-types';

/** What was asked for. */
export interface IMixtureQuestion {
  readonly model: string;
  readonly k: number;
  readonly covariance: Covariance;
  readonly seed: number;
  readonly positions: Int32Array;
  readonly latentDims: number;
  /** Of the scan. */
  readonly pixels: number;
}

const UNREADABLE =
  'The kernel sent clusters that cannot be read: panel and kernel may run different versions of eelscape.';

/** @throws Error where arrays are missing or have other shapes than asked for. */
export function readMixture(
  { fields, arrays }: ITaskResult,
  { latentDims: z, pixels, ...question }: IMixtureQuestion
): IMixture {
  const { k, positions } = question;
  const n = positions.length;
  const fit =
    hasFields(fields, {
      bic: isFiniteNumber,
      converged: value => typeof value === 'boolean'
    }) && arrays.labels?.values instanceof Int32Array;
  if (!fit || arrays.labels.values.length !== n) {
    throw new Error(UNREADABLE);
  }
  const labels = arrays.labels.values as Int32Array;
  const map = new Float32Array(pixels).fill(NaN);
  const sizes = new Int32Array(k);
  for (let i = 0; i < n; i++) {
    // An encoding that is not finite belongs to no cluster: -1.
    if (labels[i] >= 0 && labels[i] < k) {
      map[positions[i]] = labels[i];
      sizes[labels[i]]++;
    }
  }
  return {
    ...question,
    labels,
    responsibilities: floats(arrays.responsibilities, [n, k]),
    map,
    means: floats(arrays.means, [k, z]),
    covariances: floats(arrays.covariances, [k, z, z]),
    weights: floats(arrays.weights, [k]),
    sizes,
    bic: fields.bic as number,
    converged: fields.converged as boolean
  };
}

/** @throws Error where the two rows of numbers do not fit. */
export function readCurve({ arrays }: ITaskResult): IBicPoint[] {
  const { components, bic } = arrays;
  if (!(components?.values instanceof Int32Array)) {
    throw new Error(UNREADABLE);
  }
  const values = floats(bic, components.shape);
  return Array.from(components.values, (k, i) => ({ k, bic: values[i] }));
}

function floats(
  array: ITaskArray | undefined,
  shape: readonly number[]
): Float32Array {
  if (
    !(array?.values instanceof Float32Array) ||
    `${array.shape}` !== `${shape}`
  ) {
    throw new Error(UNREADABLE);
  }
  return array.values;
}
