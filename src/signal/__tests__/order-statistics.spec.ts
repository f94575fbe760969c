import { valuesAtRanks } from '../order-statistics';
import { wordStream } from '../random';
import { scalingOf } from '../scaling';

/** Floats of every size and sign, some not finite: random bits. */
function anyFloats(n: number, seed: number): Float32Array {
  const next = wordStream(seed, 'order-statistics', 0);
  return new Float32Array(Uint32Array.from({ length: n }, next).buffer);
}

describe('valuesAtRanks', () => {
  it.each([1, 2, 3, 4, 5])('is what sorting gives (seed %i)', seed => {
    const channels = 5;
    const values = anyFloats(400 * channels, seed);
    values[7] = -0;
    const mask = Uint8Array.from({ length: 400 }, (_, p) => +(p % 7 === 0));
    const sorted = values
      .filter((v, i) => Number.isFinite(v) && !mask[Math.floor(i / channels)])
      .sort();
    const ranks = [0, 1, 17, 800, sorted.length - 2, sorted.length - 1];
    const found = valuesAtRanks(values, channels, mask, n => {
      expect(n).toBe(sorted.length);
      return ranks;
    });
    expect(found).toEqual(ranks.map(rank => sorted[rank]));
  });

  it('reads a view of a larger buffer', () => {
    const view = Float32Array.of(9, 3, -1, 2, 9).subarray(1, 4);
    expect(valuesAtRanks(view, 1, null, () => [0, 1, 2])).toEqual([-1, 2, 3]);
  });

  it('finds nothing where nothing is finite', () => {
    const values = Float32Array.of(NaN, Infinity, -Infinity);
    expect(valuesAtRanks(values, 1, null, () => [0])).toEqual([]);
  });
});

it('the robust scale is that of numpy.percentile', () => {
  // np.percentile(np.arange(1500.0) ** 2, [0.1, 99.9]), method "linear"
  const values = Float32Array.from({ length: 1500 }, (_, i) => i * i);
  const { image } = scalingOf(
    { image: values, spectra: values, channels: 1, mask: null },
    true
  );
  expect(image.min).toBeCloseTo(2.497, 6);
  expect(image.max).toBeCloseTo(2242509.495, 3);
});
