/** Errors of predictions, a value a window, and their maps on the image. */
import { spanOf } from '../signal/scaling';
import type { IRange, Metric } from '../signal/types';
import { GUARD, TEST, TRAIN } from '../signal/types';

/** Start in an array of the values of window k. */
export type StartOf = (k: number) => number;

/**
 * Error of one prediction of `length` values, both in data units.
 *
 * - relative: sqrt(mean((p - t)^2) / mean((p + t)^2)), 0 / 0 = 0
 * - rmse, mse: root and mean of the squared difference
 *
 * these three on the [0, 1] scale of `range`, as fractions; mse_raw is the
 * mean squared difference in data units squared. NaN in, NaN out.
 */
export function errorOf(
  prediction: ArrayLike<number>,
  p0: number,
  truth: ArrayLike<number>,
  t0: number,
  length: number,
  metric: Metric,
  range: IRange
): number {
  let difference = 0;
  let total = 0;
  // Twice the offset: (p - min) + (t - min), divided by the span at the end.
  const floor = 2 * range.min;
  for (let i = 0; i < length; i++) {
    const p = prediction[p0 + i];
    const t = truth[t0 + i];
    difference += (p - t) * (p - t);
    total += (p + t - floor) * (p + t - floor);
  }
  const span = spanOf(range);
  switch (metric) {
    case 'relative':
      return difference === 0 ? 0 : Math.sqrt(difference / total);
    case 'rmse':
      return Math.sqrt(difference / length) / span;
    case 'mse':
      return difference / length / (span * span);
    case 'mse_raw':
      return difference / length;
  }
}

/**
 * (n) error of each window.
 * @param predictions - (n, length), data units.
 * @param truth - (n, length), data units; with `startOf` any array that holds
 * the n targets, such as the whole spectrum image with
 * `k => positions[k] * channels`, which saves a copy.
 * @param range - scale of the target: image or spectrum of the scaling.
 */
export function windowErrors(
  predictions: Float32Array,
  truth: ArrayLike<number>,
  length: number,
  metric: Metric,
  range: IRange,
  startOf: StartOf = k => k * length
): Float64Array {
  const n = Math.floor(predictions.length / length);
  const errors = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    errors[k] = errorOf(
      predictions,
      k * length,
      truth,
      startOf(k),
      length,
      metric,
      range
    );
  }
  return errors;
}

/**
 * (n) error that one and the same prediction makes for each window: with
 * `meanTarget` of the training windows, that of the mean predictor.
 * @param prediction - (length), data units.
 * @param n - number of windows in `truth`.
 */
export function constantErrors(
  prediction: ArrayLike<number>,
  truth: ArrayLike<number>,
  n: number,
  metric: Metric,
  range: IRange,
  startOf: StartOf = k => k * prediction.length
): Float64Array {
  const errors = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    errors[k] = errorOf(
      prediction,
      0,
      truth,
      startOf(k),
      prediction.length,
      metric,
      range
    );
  }
  return errors;
}

/**
 * (ny, nx) values at their positions, NaN elsewhere.
 * @param values - (n) or (n, width): with `width` the given component.
 * @param positions - (n) flat pixel indices.
 */
export function toMap(
  values: ArrayLike<number>,
  positions: ArrayLike<number>,
  ny: number,
  nx: number,
  width = 1,
  component = 0
): Float32Array {
  const map = new Float32Array(ny * nx).fill(NaN);
  for (let k = 0; k < positions.length; k++) {
    map[positions[k]] = values[k * width + component];
  }
  return map;
}

export interface IPartMeans {
  readonly train: number;
  readonly guard: number;
  readonly test: number;
  /** Over every window, guard included. */
  readonly all: number;
}

/**
 * Means of a map over the windows of each part of a split, NaN for an empty
 * part. Pixels where the map is NaN have no window and are left out.
 * @param map - (ny, nx).
 * @param split - (ny, nx) labels: -1 none, 0 train, 1 guard, 2 test.
 */
export function partMeans(
  map: ArrayLike<number>,
  split: ArrayLike<number>
): IPartMeans {
  const sums = [0, 0, 0];
  const counts = [0, 0, 0];
  for (let i = 0; i < map.length; i++) {
    const label = split[i];
    if (label >= 0 && !Number.isNaN(map[i])) {
      sums[label] += map[i];
      counts[label]++;
    }
  }
  const total = (values: number[]): number => values[0] + values[1] + values[2];
  return {
    train: sums[TRAIN] / counts[TRAIN],
    guard: sums[GUARD] / counts[GUARD],
    test: sums[TEST] / counts[TEST],
    all: total(sums) / total(counts)
  };
}
