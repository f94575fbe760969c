/** Limits of plots, from the values drawn. */

/** Lowest and highest finite value of some curves, 0 included. */
export function extentOf(curves: readonly Float32Array[]): [number, number] {
  let low = 0;
  let high = -Infinity;
  for (const curve of curves) {
    for (const value of curve) {
      if (Number.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
  }
  return high > low ? [low, high] : [low, low + 1];
}

/** Limits of intensities: from 0 unless they go clearly below, as noise around 0 does not. */
export function intensityLimits(
  curves: readonly Float32Array[]
): [number, number] {
  const [low, high] = extentOf(curves);
  return [low > -0.1 * high ? 0 : low, high];
}

/** The largest 1, 2 or 5 times a power of ten that is not above `value`. */
export function niceBelow(value: number): number {
  const decade = Math.pow(10, Math.floor(Math.log10(value)));
  const factor = [5, 2, 1].find(step => step * decade <= value) ?? 1;
  return factor * decade;
}

/**
 * Limits of a logarithmic axis: up to the highest value, down to the lowest 2 % of the positive
 * ones, but over at least one and at most six decades.
 */
export function logLimits(curves: readonly Float32Array[]): [number, number] {
  const positive: number[] = [];
  for (const curve of curves) {
    for (const value of curve) {
      if (value > 0 && Number.isFinite(value)) {
        positive.push(value);
      }
    }
  }
  if (!positive.length) {
    return [1, 10];
  }
  positive.sort((a, b) => a - b);
  const high = positive[positive.length - 1];
  const low = positive[Math.floor(0.02 * positive.length)];
  return [Math.max(high / 1e6, Math.min(low, high / 10)), high];
}

/** Values of a logarithmic axis that carry ticks: 1, 2 and 5 of each decade where few decades show. */
export function logTicks(low: number, high: number, most: number): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  for (const [factors, step] of [
    [[1, 2, 5], 1],
    [[1], 1],
    [[1], 2],
    [[1], 3]
  ] as const) {
    const values: number[] = [];
    for (let decade = first; decade <= last; decade += step) {
      values.push(...factors.map(factor => factor * Math.pow(10, decade)));
    }
    const shown = values.filter(value => value >= low && value <= high);
    if (shown.length <= most) {
      return shown;
    }
  }
  return [low, high];
}
