/** Errors of the windows of each part of a split: counts in bins, mean and spread. */
import { GUARD, TEST, TRAIN } from '../signal/types';
import { histogram } from './statistics';

/** Parts of a split, in the order of their labels. */
export type PartName = 'train' | 'guard' | 'test';

export const PARTS: readonly PartName[] = ['train', 'guard', 'test'];

const LABELS: Readonly<Record<PartName, number>> = {
  train: TRAIN,
  guard: GUARD,
  test: TEST
};

/** Mean and spread over the windows of a part. */
export interface ISpread {
  /** Windows with a value. */
  readonly count: number;
  /** NaN without a window. */
  readonly mean: number;
  /** Standard deviation over windows (ddof 1); NaN below two of them. */
  readonly sd: number;
}

/** A value for each part of a split. */
export type ByPart<T> = Readonly<Record<PartName, T>>;

export interface IPartHistogram {
  /** (bins + 1) edges in the units of the map. */
  readonly edges: Float64Array;
  /** (bins) windows each; the last bin holds its upper edge too. */
  readonly counts: ByPart<Int32Array>;
  /** Windows of each part, those above the last edge included. */
  readonly totals: ByPart<number>;
  /** Windows of all parts with values above the last edge. */
  readonly above: number;
}

/** Values of a map over the windows of a part, in row-major order; NaN is left out. */
export function valuesOf(
  map: ArrayLike<number>,
  split: ArrayLike<number>,
  part: PartName
): Float64Array {
  const label = LABELS[part];
  const values: number[] = [];
  for (let i = 0; i < map.length; i++) {
    if (split[i] === label && !Number.isNaN(map[i])) {
      values.push(map[i]);
    }
  }
  return Float64Array.from(values);
}

/** Mean and standard deviation of values; two passes, because errors differ little beside their mean. */
export function meanSpread(values: ArrayLike<number>): ISpread {
  const count = values.length;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += values[i];
  }
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    squares += (values[i] - mean) ** 2;
  }
  return {
    count,
    mean,
    sd: count > 1 ? Math.sqrt(squares / (count - 1)) : NaN
  };
}

/**
 * Mean and spread of a map by part.
 * @param map - (ny, nx); NaN where no window fits.
 * @param split - (ny, nx) labels: -1 none, 0 train, 1 guard, 2 test.
 */
export function partSpreads(
  map: ArrayLike<number>,
  split: ArrayLike<number>
): ByPart<ISpread> {
  const of = (part: PartName): ISpread =>
    meanSpread(valuesOf(map, split, part));
  return { train: of('train'), guard: of('guard'), test: of('test') };
}

/**
 * Counts of a map by part in equal bins from `low` to `high`, as numpy.histogram.
 * @param map - (ny, nx); NaN where no window fits.
 * @param split - (ny, nx) labels as in `partSpreads`.
 */
export function partHistogram(
  map: ArrayLike<number>,
  split: ArrayLike<number>,
  bins: number,
  low: number,
  high: number
): IPartHistogram {
  let edges = new Float64Array(0);
  let above = 0;
  const totals = { train: 0, guard: 0, test: 0 };
  const of = (part: PartName): Int32Array => {
    const values = valuesOf(map, split, part);
    const found = histogram(values, bins, [low, high]);
    edges = found.edges as typeof edges;
    totals[part] = values.length;
    above += values.reduce((sum, value) => sum + (value > high ? 1 : 0), 0);
    return found.counts;
  };
  const counts = { train: of('train'), guard: of('guard'), test: of('test') };
  return { edges, counts, totals, above };
}
