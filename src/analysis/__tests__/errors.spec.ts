import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  meanSpread,
  partHistogram,
  type PartName,
  PARTS,
  partSpreads
} from '../error-histogram';
import { type ISizeResult, suggestSize } from '../latent-size';
import { structureOf } from '../structure';
import { worstRegions } from '../worst-regions';

interface IFixture {
  readonly ny: number;
  readonly nx: number;
  readonly errors: (number | null)[];
  readonly image: number[];
  readonly split: number[];
  readonly histogram: {
    readonly bins: number;
    readonly high: number;
    readonly edges: number[];
    readonly counts: Record<PartName, number[]>;
    readonly above: number;
  };
  readonly spreads: Record<
    PartName,
    { count: number; mean: number; sd: number }
  >;
  readonly structure: { r: number; mse: number; count: number };
  readonly worst: {
    readonly share: number;
    readonly threshold: number;
    readonly regions: {
      pixels: number[];
      mean: number;
      highest: number;
      peak: number;
      excess: number;
    }[];
  }[];
}

/** What NumPy and SciPy found: tools/make_explorer_fixtures_errors.py. */
const fixture = JSON.parse(
  readFileSync(
    join(__dirname, '../../../tests/fixtures/explorer-errors.json'),
    'utf8'
  )
) as IFixture;
const errors = Float32Array.from(fixture.errors, value => value ?? NaN);
const split = Int8Array.from(fixture.split);

function near(found: number, wanted: number): void {
  expect(Math.abs(found - wanted)).toBeLessThanOrEqual(
    1e-5 * Math.max(1e-3, Math.abs(wanted))
  );
}

describe('errors as NumPy and SciPy compute them', () => {
  it('are counted in the same bins, by part', () => {
    const { bins, high, edges, counts, above } = fixture.histogram;
    const found = partHistogram(errors, split, bins, 0, high);
    found.edges.forEach((edge, i) => near(edge, edges[i]));
    for (const part of PARTS) {
      expect([...found.counts[part]]).toEqual(counts[part]);
      expect(found.totals[part]).toBe(fixture.spreads[part].count);
    }
    expect(found.above).toBe(above);
    expect(above).toBeGreaterThan(0);
  });

  it('have the same mean and standard deviation by part', () => {
    const found = partSpreads(errors, split);
    for (const part of PARTS) {
      expect(found[part].count).toBe(fixture.spreads[part].count);
      near(found[part].mean, fixture.spreads[part].mean);
      near(found[part].sd, fixture.spreads[part].sd);
    }
  });

  it('follow the image by the same correlation and MSE', () => {
    const found = structureOf(errors, Float32Array.from(fixture.image));
    expect(found.count).toBe(fixture.structure.count);
    near(found.r, fixture.structure.r);
    near(found.mse, fixture.structure.mse);
  });

  it('make the same worst regions in the same order', () => {
    for (const { share, threshold, regions } of fixture.worst) {
      const found = worstRegions(errors, fixture.nx, share);
      near(found.threshold, threshold);
      expect(found.regions.map(region => [...region.pixels])).toEqual(
        regions.map(region => region.pixels)
      );
      found.regions.forEach((region, i) => {
        expect(region.peak).toBe(regions[i].peak);
        near(region.mean, regions[i].mean);
        near(region.highest, regions[i].highest);
        near(region.excess, regions[i].excess);
      });
      expect(regions.length).toBeGreaterThan(3);
    }
  });
});

describe('spreads', () => {
  it('have no value without a window, and no deviation of one', () => {
    expect(meanSpread([])).toEqual({ count: 0, mean: NaN, sd: NaN });
    expect(meanSpread([3])).toEqual({ count: 1, mean: 3, sd: NaN });
  });
});

describe('structure', () => {
  it('of a map that is the image itself is complete, of its negative opposite', () => {
    const image = [NaN, 1, 2, 5, 3];
    expect(structureOf([NaN, 10, 20, 50, 30], image)).toEqual({
      r: 1,
      mse: 0,
      count: 4
    });
    expect(structureOf([9, -1, -2, -5, -3], image).r).toBeCloseTo(-1, 12);
  });

  it('of a constant map has no correlation', () => {
    const { r, mse } = structureOf([2, 2, 2], [0, 1, 1]);
    expect(r).toBeNaN();
    // The map is 0 everywhere on its scale.
    expect(mse).toBeCloseTo(2 / 3, 12);
  });
});

describe('worst regions', () => {
  // prettier-ignore
  const map = [
    NaN, 9, 1, 8,
    1,   9, 1, 1,
    8,   1, 1, 1
  ];

  it('touch by edges, not by corners, nor around the end of a row', () => {
    const { regions, threshold } = worstRegions(map, 4, 50);
    expect(threshold).toBe(1);
    expect(regions.map(({ pixels }) => [...pixels])).toEqual([
      [1, 5],
      [3],
      [8]
    ]);
    expect(regions[0].excess).toBe(16);
  });

  it('may be asked for from a size on', () => {
    expect(worstRegions(map, 4, 50, 2).regions.length).toBe(1);
  });

  it('are none of a map that is the same everywhere', () => {
    expect(worstRegions([1, 1, 1, 1], 2, 95).regions).toEqual([]);
    expect(worstRegions([NaN, NaN], 2, 95).regions).toEqual([]);
  });
});

describe('the size to take', () => {
  const result = (latents: number, test: number): ISizeResult => ({
    latents,
    test,
    train: test / 2,
    r: 0,
    mse: 0
  });

  it('is the smallest within 5 % of the lowest test error, in whatever order', () => {
    const found = suggestSize([
      result(8, 0.1),
      result(1, 0.3),
      result(4, 0.104),
      result(2, 0.106),
      result(16, 0.14)
    ]);
    expect(found?.chosen.latents).toBe(4);
    expect(found?.best.latents).toBe(8);
    expect(found?.largest.latents).toBe(16);
  });

  it('is open below three sizes and without test windows', () => {
    expect(suggestSize([result(1, 0.3), result(2, 0.1)])).toBeNull();
    expect(
      suggestSize([result(1, NaN), result(2, NaN), result(3, NaN)])
    ).toBeNull();
  });
});
