/** Errors of predictions, a value a window, and their maps on the image. */
import { spanOf } from '../signal/scaling';
import type { IRange, Metric } from '../signal/types';
import { GUARD, TEST, TRAIN } from '../signal/types';

/** Sums over the values of a window: of (p - t)^2 and of (p + t - floor)^2. */
export type Squares = [difference: number, total: number];

/**
 * Sums that every error of one prediction of `length` values follows from.
 * @param floor - twice the lower end of the scale: (p - min) + (t - min).
 */
export function squaresOf(
  prediction: ArrayLike<number>,
  p0: number,
  truth: ArrayLike<number>,
  t0: number,
  length: number,
  floor: number,
  out: Squares
): void {
  let difference = 0;
  let total = 0;
  for (let i = 0; i < length; i++) {
    const p = prediction[p0 + i];
    const t = truth[t0 + i];
    difference += (p - t) * (p - t);
    total += (p + t - floor) * (p + t - floor);
  }
  out[0] = difference;
  out[1] = total;
}

/** `errorOf` from its sums. */
export function errorFrom(
  [difference, total]: Squares,
  length: number,
  metric: Metric,
  range: IRange
): number {
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
  const squares: Squares = [0, 0];
  squaresOf(prediction, p0, truth, t0, length, 2 * range.min, squares);
  return errorFrom(squares, length, metric, range);
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
