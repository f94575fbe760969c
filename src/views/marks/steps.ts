/** Lines of histograms. */

/** Counts as shares of their sum, or of `total`, 0 to 1; all 0 where there is nothing. */
export function sharesOf(counts: Int32Array, total?: number): Float64Array {
  const sum = total ?? counts.reduce((a, b) => a + b, 0);
  return Float64Array.from(counts, count => (sum > 0 ? count / sum : 0));
}

/**
 * Path of steps of shares in % over the edges of their bins; it ends at the top of the last one.
 * @param shares - (bins), 0 to 1.
 * @param edges - (bins + 1).
 */
export function stepPath(
  shares: Float64Array,
  edges: ArrayLike<number>,
  x: (value: number) => number,
  y: (percent: number) => number
): string {
  const tenth = (value: number): number => Math.round(10 * value) / 10;
  const steps = Array.from(
    shares,
    (share, i) => `V${tenth(y(100 * share))}H${tenth(x(edges[i + 1]))}`
  );
  return `M${tenth(x(edges[0]))},${tenth(y(0))}${steps.join('')}`;
}
