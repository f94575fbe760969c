/** Statistics of maps and errors. Maps hold NaN where no window fits: it is left out. */

/** Mean of the values that are not NaN; NaN where there is none. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) {
      sum += values[i];
      count++;
    }
  }
  return sum / count;
}

/** Lowest and highest finite value; NaN where there is none. */
export function extent(values: ArrayLike<number>): [number, number] {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
  }
  return min <= max ? [min, max] : [NaN, NaN];
}

/**
 * Percentiles by linear interpolation between order statistics (the default
 * of numpy.nanpercentile), of the values that are not NaN.
 * @param shares - each from 0 to 100.
 */
export function percentiles(
  values: ArrayLike<number>,
  shares: readonly number[]
): number[] {
  const sorted = Float64Array.from(values)
    .filter(value => !Number.isNaN(value))
    .sort();
  return shares.map(share => {
    if (!(share >= 0 && share <= 100)) {
      throw new RangeError(`Percentile ${share} is not within 0 to 100.`);
    }
    if (sorted.length === 0) {
      return NaN;
    }
    const place = (share / 100) * (sorted.length - 1);
    const low = Math.floor(place);
    const part = place - low;
    // No interpolation at a value itself: Infinity times 0 would be NaN.
    return part === 0
      ? sorted[low]
      : sorted[low] + part * (sorted[low + 1] - sorted[low]);
  });
}

/** One percentile, as `percentiles`; `share` from 0 to 100. */
export function percentile(values: ArrayLike<number>, share: number): number {
  return percentiles(values, [share])[0];
}

/**
 * Pearson correlation over the places where both values are finite, -1 to 1;
 * NaN with fewer than two of them or where one side is constant.
 */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new RangeError(
      `Cannot correlate ${a.length} values with ${b.length}: take maps of the same shape.`
    );
  }
  const usable = (i: number): boolean =>
    Number.isFinite(a[i]) && Number.isFinite(b[i]);
  let count = 0;
  let meanA = 0;
  let meanB = 0;
  for (let i = 0; i < a.length; i++) {
    if (usable(i)) {
      count++;
      meanA += (a[i] - meanA) / count;
      meanB += (b[i] - meanB) / count;
    }
  }
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    if (usable(i)) {
      const da = a[i] - meanA;
      const db = b[i] - meanB;
      ab += da * db;
      aa += da * da;
      bb += db * db;
    }
  }
  if (count < 2 || aa === 0 || bb === 0) {
    return NaN;
  }
  return Math.max(-1, Math.min(1, ab / (Math.sqrt(aa) * Math.sqrt(bb))));
}

export interface IHistogram {
  /** (bins + 1) edges in the units of the values. */
  readonly edges: Float64Array;
  /** (bins); the last bin holds its upper edge too. */
  readonly counts: Int32Array;
}

/**
 * Counts of the finite values in equal bins, as numpy.histogram; values
 * outside the range are not counted.
 * @param range - lowest and highest edge; the extent of the values by default,
 * widened by a half on both sides where that is a single value.
 */
export function histogram(
  values: ArrayLike<number>,
  bins = 64,
  range: readonly [number, number] = extent(values)
): IHistogram {
  let [min, max] = range;
  if (Number.isNaN(min) || Number.isNaN(max)) {
    [min, max] = [0, 1];
  } else if (min === max) {
    [min, max] = [min - 0.5, max + 0.5];
  }
  const width = (max - min) / bins;
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) =>
    i === bins ? max : i * width + min
  );
  const counts = new Int32Array(bins);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value >= min && value <= max) {
      const place = Math.floor(((value - min) / (max - min)) * bins);
      let bin = Math.min(bins - 1, place);
      // Rounding may put a value on the wrong side of the edge that it lies on.
      if (value < edges[bin]) {
        bin--;
      } else if (bin < bins - 1 && value >= edges[bin + 1]) {
        bin++;
      }
      counts[bin]++;
    }
  }
  return { edges, counts };
}

/**
 * 1 - MSE(model) / MSE(mean of the training targets): 1 is perfect, 0 no
 * better than that mean. Both MSE over the same windows and on the same scale.
 * Where both are 0 there is nothing to do better: 0. NaN for an empty part.
 */
export function skill(modelMse: number, meanMse: number): number {
  return modelMse === 0 && meanMse === 0 ? 0 : 1 - modelMse / meanMse;
}
