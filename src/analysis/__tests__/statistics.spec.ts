import {
  extent,
  histogram,
  mean,
  pearson,
  percentile,
  percentiles,
  skill
} from '../statistics';

it('mean and extent leave NaN out', () => {
  expect(mean([1, NaN, 4])).toBe(2.5);
  expect(mean([NaN])).toBeNaN();
  expect(mean([])).toBeNaN();
  expect(extent([3, NaN, -1, Infinity])).toEqual([-1, 3]);
  expect(extent([NaN])).toEqual([NaN, NaN]);
});

describe('percentile', () => {
  // numpy.percentile([15, 20, 35, 40, 50], q)
  it.each([
    [0, 15],
    [5, 16],
    [30, 23],
    [40, 29],
    [50, 35],
    [98, 49.2],
    [100, 50]
  ])('gives at %f what numpy gives', (share, expected) => {
    expect(percentile([35, 20, 15, 50, 40], share)).toBeCloseTo(expected, 12);
  });

  it('leaves NaN out and changes nothing it is given', () => {
    const values = Float32Array.of(3, NaN, 1, 2);
    expect(percentiles(values, [0, 50, 100])).toEqual([1, 2, 3]);
    expect(Array.from(values)).toEqual([3, NaN, 1, 2]);
  });

  it('works at the edges', () => {
    expect(percentile([7], 33)).toBe(7);
    expect(percentile([], 50)).toBeNaN();
    expect(percentile([-10, 9, 100], 50)).toBe(9);
    expect(percentile([1, Infinity], 0)).toBe(1);
    expect(() => percentile([1], 101)).toThrow(/101 is not within/);
    expect(() => percentile([1], NaN)).toThrow(/not within/);
  });
});

describe('pearson', () => {
  it('is 1, -1 and a value worked out by hand', () => {
    expect(pearson([1, 2, 3], [10, 20, 30])).toBeCloseTo(1, 14);
    expect(pearson([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 14);
    // Deviations (-1, 0, 1) and (-1, 1, 0): 1 / sqrt(2 * 2).
    expect(pearson([1, 2, 3], [1, 3, 2])).toBeCloseTo(0.5, 14);
  });

  it('holds far from zero', () => {
    const far = [1e9 + 1, 1e9 + 2, 1e9 + 3];
    expect(pearson(far, [1, 3, 2])).toBeCloseTo(0.5, 6);
  });

  it('uses the places where both are finite', () => {
    expect(pearson([1, NaN, 2, 3, 9], [1, 5, 3, 2, NaN])).toBeCloseTo(0.5, 14);
  });

  it('is NaN where nothing varies', () => {
    expect(pearson([1, 1], [1, 2])).toBeNaN();
    expect(pearson([1], [2])).toBeNaN();
    expect(() => pearson([1], [1, 2])).toThrow(/1 values with 2/);
  });
});

describe('histogram', () => {
  it('counts as numpy does', () => {
    // numpy.histogram([1, 2, 1, 4, 2.5], 3) -> [2, 2, 1], [1, 2, 3, 4]
    const { edges, counts } = histogram([1, 2, 1, 4, 2.5, NaN], 3);
    expect(Array.from(counts)).toEqual([2, 2, 1]);
    expect(Array.from(edges)).toEqual([1, 2, 3, 4]);
  });

  it('leaves out what is beyond the range', () => {
    expect(Array.from(histogram([0, 1, 2, 3], 2, [1, 2]).counts)).toEqual([
      1, 1
    ]);
  });

  it('widens a single value and survives nothing', () => {
    const single = histogram([5, 5], 2);
    expect(Array.from(single.edges)).toEqual([4.5, 5, 5.5]);
    expect(Array.from(single.counts)).toEqual([0, 2]);
    expect(Array.from(histogram([NaN], 2).counts)).toEqual([0, 0]);
  });
});

describe('skill', () => {
  it('compares with the mean predictor', () => {
    expect(skill(0, 2)).toBe(1);
    expect(skill(2, 2)).toBe(0);
    expect(skill(3, 2)).toBe(-0.5);
    expect(skill(0, 0)).toBe(0);
    expect(skill(1, 0)).toBe(-Infinity);
    expect(skill(NaN, 1)).toBeNaN();
  });
});
