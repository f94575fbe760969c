import { area, line } from 'd3-shape';

/** SVG path of y over x; points that are not finite break the line. */
export function curvePath(
  count: number,
  x: (i: number) => number,
  y: (i: number) => number
): string {
  const indices = Array.from({ length: count }, (_, i) => i);
  return (
    line<number>()
      .defined(i => Number.isFinite(x(i)) && Number.isFinite(y(i)))
      .x(i => Math.round(10 * x(i)) / 10)
      .y(i => Math.round(10 * y(i)) / 10)(indices) ?? ''
  );
}

/** SVG path of the area between two curves over x; points that are not finite break it. */
export function bandPath(
  count: number,
  x: (i: number) => number,
  low: (i: number) => number,
  high: (i: number) => number
): string {
  const indices = Array.from({ length: count }, (_, i) => i);
  const tenth = (value: number): number => Math.round(10 * value) / 10;
  return (
    area<number>()
      .defined(i => [x(i), low(i), high(i)].every(Number.isFinite))
      .x(i => tenth(x(i)))
      .y0(i => tenth(low(i)))
      .y1(i => tenth(high(i)))(indices) ?? ''
  );
}

/** Means of `columns` equal groups of a curve: what a small tile can show of it. */
export function thinCurve(
  values: ArrayLike<number>,
  start: number,
  length: number,
  columns: number
): Float64Array {
  const count = Math.max(1, Math.min(columns, length));
  const out = new Float64Array(count);
  for (let c = 0; c < count; c++) {
    const first = Math.floor((c * length) / count);
    const last = Math.max(first + 1, Math.floor(((c + 1) * length) / count));
    let sum = 0;
    for (let i = first; i < last; i++) {
      sum += values[start + i];
    }
    out[c] = sum / (last - first);
  }
  return out;
}
