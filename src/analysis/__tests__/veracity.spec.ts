import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { atOnce } from '../../signal/slices';
import { nearest } from '../back-projection';
import { nearestOthers } from '../nearest-others';
import { ranksOf, spearman } from '../ranks';
import { ratioMap, veracity } from '../veracity';

/** Written by tools/make_explorer_fixtures_veracity.py: scikit-learn, NumPy and SciPy. */
const known = JSON.parse(
  readFileSync(
    join(__dirname, '../../../tests/fixtures/explorer_veracity.json'),
    'utf8'
  )
);

function expectClose(found: ArrayLike<number>, wanted: readonly number[]) {
  expect(found.length).toBe(wanted.length);
  const away = wanted.map((value, i) => Math.abs(value - found[i]));
  expect(Math.max(...away)).toBeLessThan(1e-5);
}

/** By all pairs: the point itself is dropped, or the last where k others have its very place. */
function byAllPairs(points: Float32Array, n: number, z: number, k: number) {
  const { indices } = nearest(points, n, z, points, n, k + 1);
  const rows = Array.from({ length: n }, (_, i) => {
    const row = Array.from(indices.subarray(i * (k + 1), (i + 1) * (k + 1)));
    const at = row.indexOf(i);
    row.splice(at < 0 ? k : at, 1);
    return row;
  });
  return rows.flat();
}

describe('nearestOthers', () => {
  it('finds what scikit-learn finds', () => {
    const { latents, n, latentDims, k, neighbours } = known;
    const found = atOnce(nearestOthers(latents, n, latentDims, k));
    expect(Array.from(found)).toEqual(neighbours);
  });

  it.each([1, 2, 5])('agrees with all pairs on %i latents', z => {
    const n = 700;
    // Halves make many equal distances, which the lowest index wins.
    const points = Float32Array.from(
      { length: n * z },
      (_, i) => Math.round(8 * Math.sin(i * i * 0.7 + i)) / 2
    );
    const found = atOnce(nearestOthers(points, n, z, 4));
    expect(Array.from(found)).toEqual(byAllPairs(points, n, z, 4));
  });

  it('leaves out what is not finite, and itself', () => {
    const points = Float32Array.from([0, 1, NaN, 1.5]);
    expect(Array.from(atOnce(nearestOthers(points, 4, 1, 3)))).toEqual([
      1, 3, -1, 3, 0, -1, -1, -1, -1, 1, 0, -1
    ]);
  });
});

describe('ranks', () => {
  it('gives equal values the mean of their ranks', () => {
    expect(Array.from(ranksOf(known.tied))).toEqual(known.ranks);
  });

  it('correlates as SciPy does, ties included', () => {
    const found = spearman(known.tied, known.latent.slice(0, 40));
    expect(found).toBeCloseTo(known.tiedCorrelation, 8);
    expect(spearman([1, 2, 3, NaN], [9, 4, 1, 7])).toBeCloseTo(-1, 12);
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNaN();
  });
});

describe('veracity', () => {
  const { latents, features, n, latentDims, length, k, range } = known;
  const problem = {
    latents,
    n,
    latentDims,
    k,
    length,
    range,
    read: (i: number, out: Float32Array) =>
      out.set(features.slice(i * length, (i + 1) * length))
  };

  it('equals an independent computation', () => {
    const found = atOnce(veracity(problem));
    expectClose(found.feature, known.feature);
    expectClose(found.latent, known.latent);
    expect(found.wholeFeature).toBeCloseTo(known.wholeFeature, 6);
    expect(found.wholeLatent).toBeCloseTo(known.wholeLatent, 6);
    expect(found.correlation).toBeCloseTo(known.correlation, 6);
  });

  it('is 1 where features are the encodings and 0 spread gives no ratio', () => {
    const same = atOnce(
      veracity({
        ...problem,
        length: latentDims,
        range: { min: 0, max: 1 },
        read: (i, out) =>
          out.set(latents.slice(i * latentDims, (i + 1) * latentDims))
      })
    );
    expectClose(ratioMap(same.feature, same.latent), Array(n).fill(1));
    expect(same.correlation).toBeCloseTo(1, 12);
    const ratio = ratioMap(Float32Array.of(1, 2), Float32Array.of(0, 4));
    expect(ratio[0]).toBeNaN();
    expect(ratio[1]).toBe(0.5);
  });

  it('says how far it is', () => {
    const told: number[] = [];
    atOnce(veracity({ ...problem, onProgress: share => told.push(share) }));
    expect(told).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
  });
});
