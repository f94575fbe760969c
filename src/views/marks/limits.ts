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
