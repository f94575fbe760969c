/** Maps and limits of the navigator against NumPy (tools/make_explorer_fixtures_navigator.py). */
import expected from '../../../tests/fixtures/explorer-navigator.json';
import type { ITrainedModel } from '../../model/types';
import type { IPair } from '../../signal/types';
import { differenceMap, latentMap, splitMap } from '../explorer-maps';
import { lookLimits, percentileLimits } from '../layer-limits';

/** The values that the generator makes. */
function series(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) =>
    i % 97 === 0 ? NaN : (((i * 7919) % 10007) / 10007 - 0.3) ** 3 * 40
  );
}

describe('limits of colours', () => {
  it.each(expected.limits)(
    'of $count values are the percentiles $shares',
    ({ count, shares, limits }) => {
      const [low, high] = percentileLimits(series(count), [
        shares[0],
        shares[1]
      ]);
      expect(Math.abs(low - limits[0])).toBeLessThan(1e-5);
      expect(Math.abs(high - limits[1])).toBeLessThan(1e-5);
    }
  );

  const values = Float32Array.from({ length: 101 }, (_, i) => i - 20);
  const plain = { colours: null, limits: null };

  it('are shared by pictures that shall compare', () => {
    const higher = values.map(value => value + 50);
    expect(lookLimits(plain, [values, higher])).toEqual([-18, 128]);
  });

  it('begin at 0 where there is nothing below and nobody chose others', () => {
    const positive = values.map(value => value + 30);
    const fromZero = { fromZero: true };
    expect(lookLimits(plain, [positive], fromZero)).toEqual([0, 108]);
    const limits = { by: 'percentile', low: 10, high: 90 } as const;
    const chosen = { colours: null, limits };
    expect(lookLimits(chosen, [positive], fromZero)).toEqual([20, 100]);
  });

  it('lie as far below 0 as above for diverging colours, but stay as they were typed', () => {
    const symmetric = { symmetric: true };
    expect(lookLimits(plain, [values], symmetric)).toEqual([-78, 78]);
    const limits = { by: 'value', low: -5, high: 10 } as const;
    expect(lookLimits({ colours: null, limits }, [values], symmetric)).toEqual([
      -5, 10
    ]);
  });

  it('surround a constant and do without values', () => {
    expect(lookLimits(plain, [new Float32Array(5).fill(3)])).toEqual([
      2.5, 3.5
    ]);
    expect(lookLimits(plain, [new Float32Array(5).fill(NaN)])).toEqual([0, 1]);
    expect(lookLimits(plain, [new Float32Array(30000).fill(NaN)])).toEqual([
      0, 1
    ]);
  });
});

describe('maps of a model', () => {
  const { shape, spectra, positions, predictions, latents, range } =
    expected.difference;
  const [ny, nx, channels] = shape;
  const pair = {
    ny,
    nx,
    channels,
    spectra: Float32Array.from(spectra)
  } as unknown as IPair;
  const predicted = Float32Array.from(predictions);
  const model = {
    kind: 'im2spec',
    setup: { latentDims: 3, window: 4 },
    positions: Int32Array.from(positions),
    latents: Float32Array.from(latents),
    error: new Float32Array(ny * nx),
    predictionAt: (row: number, column: number) => {
      const k = positions.indexOf(row * nx + column);
      return predicted.subarray(k * channels, (k + 1) * channels);
    }
  } as unknown as ITrainedModel;

  it('predicted minus measured is the mean over the energy range', () => {
    const map = differenceMap(model, pair, [range[0], range[1]]);
    positions.forEach((pixel, k) => {
      expect(
        Math.abs(map[pixel] - expected.difference.difference[k])
      ).toBeLessThan(1e-5);
    });
    expect(map.filter(Number.isFinite)).toHaveLength(positions.length);
    expect(differenceMap(model, pair, [range[0], range[1]])).toBe(map);
    expect(differenceMap(model, pair, [0, 1])).not.toBe(map);
  });

  it('a latent stands at the pixels of the windows', () => {
    const map = latentMap(model, 1, ny * nx);
    positions.forEach((pixel, k) =>
      expect(map[pixel]).toBeCloseTo(expected.difference.latent2[k], 6)
    );
    expect(map.filter(Number.isFinite)).toHaveLength(positions.length);
    expect(latentMap(model, 1, ny * nx)).toBe(map);
  });

  it('the split has no value where there is no window', () => {
    expect(Array.from(splitMap(Int8Array.of(-1, 0, 1, 2)))).toEqual([
      NaN,
      0,
      1,
      2
    ]);
  });
});
