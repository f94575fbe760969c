import { scaleTo } from '../../signal/scaling';
import type { Metric } from '../../signal/types';
import { uniforms } from '../../signal/random';
import {
  errorFrom,
  errorOf,
  partMeans,
  squaresOf,
  toMap,
  type Squares
} from '../error-map';

const metrics: Metric[] = ['relative', 'rmse', 'mse', 'mse_raw'];
const unit = { min: 0, max: 1 };

/** The formulas of the method, on scaled copies. */
function byFormula(
  p: Float32Array,
  t: Float32Array,
  metric: Metric,
  range: { min: number; max: number }
): number {
  const scaled = (values: Float32Array): number[] =>
    Array.from(values, v => (v - range.min) / (range.max - range.min));
  const [a, b] =
    metric === 'mse_raw'
      ? [Array.from(p), Array.from(t)]
      : [scaled(p), scaled(t)];
  const average = (values: number[]): number =>
    values.reduce((sum, v) => sum + v, 0) / values.length;
  const mse = average(a.map((v, i) => (v - b[i]) ** 2));
  switch (metric) {
    case 'relative':
      return Math.sqrt(mse / average(a.map((v, i) => (v + b[i]) ** 2)));
    case 'rmse':
      return Math.sqrt(mse);
    default:
      return mse;
  }
}

/** (n) error of each of n predictions of `length` values. */
function windowErrors(
  p: Float32Array,
  t: Float32Array,
  length: number,
  metric: Metric,
  range: { min: number; max: number }
): Float64Array {
  return Float64Array.from({ length: p.length / length }, (_, k) =>
    errorOf(p, k * length, t, k * length, length, metric, range)
  );
}

describe('errorOf', () => {
  it('has values worked out by hand', () => {
    // p - t = (1, -1), p + t = (3, 7): 2 / 58.
    const p = Float32Array.of(2, 3);
    const t = Float32Array.of(1, 4);
    const at = (metric: Metric, range = unit): number =>
      windowErrors(p, t, 2, metric, range)[0];
    expect(at('relative')).toBeCloseTo(Math.sqrt(2 / 58), 14);
    expect([at('rmse'), at('mse'), at('mse_raw')]).toEqual([1, 1, 1]);
    // On the scale of 1 to 5 they are (1/4, 1/2) and (0, 3/4).
    const range = { min: 1, max: 5 };
    expect(at('relative', range)).toBeCloseTo(Math.sqrt(0.125 / 1.625), 14);
    expect(at('rmse', range)).toBe(0.25);
    expect(at('mse', range)).toBe(0.0625);
    expect(at('mse_raw', range)).toBe(1);
  });

  it.each(metrics)('%s follows its formula on scaled data', metric => {
    const [n, length] = [7, 11];
    const range = { min: -2, max: 38 };
    const draw = (index: number): Float32Array =>
      uniforms(0, 'errors', index, n * length).map(v => v * 40 - 2);
    const [p, t] = [draw(0), draw(1)];
    const errors = windowErrors(p, t, length, metric, range);
    expect(errors.length).toBe(n);
    for (let k = 0; k < n; k++) {
      const part = (values: Float32Array): Float32Array =>
        values.slice(k * length, (k + 1) * length);
      const expected = byFormula(part(p), part(t), metric, range);
      expect(errors[k] / expected).toBeCloseTo(1, 12);
    }
  });

  it('is the same on scaled data as on raw data', () => {
    const p = Float32Array.of(100, 140, 120, 130);
    const t = Float32Array.of(110, 150, 100, 130);
    const range = { min: 100, max: 150 };
    const raw = windowErrors(p, t, 2, 'relative', range);
    const scaled = windowErrors(
      scaleTo(p, range),
      scaleTo(t, range),
      2,
      'relative',
      unit
    );
    raw.forEach((error, k) => expect(error).toBeCloseTo(scaled[k], 6));
    // A detector's offset does not flatter: without the range it would.
    expect(raw[0]).toBeGreaterThan(
      windowErrors(p, t, 2, 'relative', unit)[0] * 2
    );
  });

  it('takes 0 / 0 as 0', () => {
    const zero = new Float32Array(3);
    for (const metric of metrics) {
      expect(windowErrors(zero, zero, 3, metric, unit)[0]).toBe(0);
      const flat = { min: 5, max: 5 };
      const same = new Float32Array(3).fill(5);
      expect(windowErrors(same, same, 3, metric, flat)[0]).toBe(0);
    }
  });

  it('is 1 where one side is 0 on the scale', () => {
    const some = Float32Array.of(1, 2, 3);
    const errors = windowErrors(new Float32Array(3), some, 3, 'relative', unit);
    expect(errors[0]).toBe(1);
  });

  it('hands NaN on, in its window only', () => {
    const p = Float32Array.of(1, NaN, 1, 1);
    const t = Float32Array.of(1, 1, 1, 3);
    for (const metric of metrics) {
      const errors = windowErrors(p, t, 2, metric, unit);
      expect(errors[0]).toBeNaN();
      expect(errors[1]).toBeGreaterThan(0);
    }
  });

  it('reads targets in place', () => {
    // (4 pixels, 2 channels)
    const spectra = Float32Array.of(0, 0, 1, 2, 5, 5, 3, 4);
    const predictions = Float32Array.of(3, 5, 1, 2);
    expect(errorOf(predictions, 0, spectra, 6, 2, 'mse', unit)).toBe(0.5);
    expect(errorOf(predictions, 2, spectra, 2, 2, 'mse', unit)).toBe(0);
  });

  it('follows for every metric from the same two sums', () => {
    const p = Float32Array.of(9, 2, 3);
    const t = Float32Array.of(7, 7, 1, 4);
    const range = { min: -1, max: 3 };
    const sums: Squares = [NaN, NaN];
    squaresOf(p, 1, t, 2, 2, 2 * range.min, sums);
    // p - t = (1, -1); p + t + 2 = (5, 9).
    expect(sums).toEqual([2, 106]);
    for (const metric of metrics) {
      expect(errorFrom(sums, 2, metric, range)).toBe(
        errorOf(p, 1, t, 2, 2, metric, range)
      );
    }
  });
});

describe('maps', () => {
  it('holds values at positions and NaN elsewhere', () => {
    expect(Array.from(toMap([0.5, 2], [4, 1], 2, 3))).toEqual([
      NaN,
      2,
      NaN,
      NaN,
      0.5,
      NaN
    ]);
  });

  it('maps one component of several', () => {
    const latents = [1, 10, 2, 20];
    expect(Array.from(toMap(latents, [0, 3], 2, 2, 2, 1))).toEqual([
      10,
      NaN,
      NaN,
      20
    ]);
  });

  it('averages over the windows of each part', () => {
    const split = [-1, 0, 0, 1, 2, 2, 2];
    expect(partMeans([9, 1, 2, 7, 4, NaN, 6], split)).toEqual({
      train: 1.5,
      guard: 7,
      test: 5,
      all: 4
    });
    expect(partMeans([NaN, NaN], [0, -1])).toEqual({
      train: NaN,
      guard: NaN,
      test: NaN,
      all: NaN
    });
  });
});
