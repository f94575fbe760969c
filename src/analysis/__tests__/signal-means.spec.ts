import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { atOnce } from '../../signal/slices';
import {
  type ISpectra,
  meanCurve,
  spectraSpread,
  spectrumAround
} from '../spectra-spread';
import { type ISuggestedPlace, suggestPlaces } from '../suggested-places';

/** Written by tools/make_explorer_fixtures_signal.py. */
const fixture = JSON.parse(
  readFileSync(
    join(__dirname, '../../../tests/fixtures/explorer-signal.json'),
    'utf8'
  )
) as {
  ny: number;
  nx: number;
  channels: number;
  window: number;
  spectra: number[];
  image: number[];
  mask: number[];
  split: number[];
  selected: number[];
  mean: number[];
  deviation: number[];
  pixels: number;
  squares: { row: number; column: number; side: number; mean: number[] }[];
  taken: [number, number][];
  inTest: ISuggestedPlace[];
  withTaken: ISuggestedPlace[];
  anywhere: ISuggestedPlace[];
};

const data: ISpectra = {
  ny: fixture.ny,
  nx: fixture.nx,
  channels: fixture.channels,
  spectra: Float32Array.from(fixture.spectra),
  mask: Uint8Array.from(fixture.mask)
};

function expectClose(found: ArrayLike<number>, wanted: number[]): void {
  expect(found).toHaveLength(wanted.length);
  wanted.forEach((value, i) =>
    expect(Math.abs(found[i] - value)).toBeLessThan(1e-5 * Math.abs(value))
  );
}

describe('mean and spread of selected spectra', () => {
  it('are those of NumPy, excluded pixels left out', () => {
    const found = atOnce(spectraSpread(data, fixture.selected))!;
    expect(found.pixels).toBe(fixture.pixels);
    expect(found.pixels).toBeLessThan(fixture.selected.length);
    expectClose(found.mean, fixture.mean);
    expectClose(found.deviation!, fixture.deviation);
  });

  it('are none without a pixel, and have no spread with one', () => {
    expect(atOnce(spectraSpread(data, []))).toBeNull();
    const excluded = fixture.mask.indexOf(1);
    expect(atOnce(spectraSpread(data, [excluded]))).toBeNull();
    const one = atOnce(spectraSpread(data, [0]))!;
    expect(one.deviation).toBeNull();
    expect(one.mean).toEqual(data.spectra.slice(0, data.channels));
  });
});

describe('the square around a pixel', () => {
  it.each(fixture.squares)(
    'has the mean of NumPy: $side px at ($column, $row)',
    ({ row, column, side, mean }) => {
      expectClose(spectrumAround(data, row, column, side), mean);
    }
  );

  it('falls back to the pixel where all of it is excluded', () => {
    const all = { ...data, mask: data.mask!.map(() => 1) };
    const start = (4 * data.nx + 5) * data.channels;
    expect(spectrumAround(all, 4, 5, 3)).toEqual(
      data.spectra.slice(start, start + data.channels)
    );
  });

  it('has the mean of predictions of one length', () => {
    expect(meanCurve([])).toBeNull();
    expect(meanCurve([Float32Array.of(1, 4), Float32Array.of(3, 0)])).toEqual(
      Float32Array.of(2, 2)
    );
  });
});

describe('suggested places', () => {
  const input = {
    image: Float32Array.from(fixture.image),
    ny: fixture.ny,
    nx: fixture.nx,
    split: Int8Array.from(fixture.split),
    mask: data.mask,
    window: fixture.window,
    taken: [] as [number, number][]
  };

  it('are those of SciPy, in test windows', () => {
    expect(suggestPlaces(input)).toEqual(fixture.inTest);
  });

  it('keep away from places that are taken', () => {
    const places = suggestPlaces({ ...input, taken: fixture.taken });
    expect(places).toEqual(fixture.withTaken);
    expect(places).not.toEqual(fixture.inTest);
  });

  it('lie anywhere where there are no test windows', () => {
    const split = input.split.map(part => (part === 2 ? -1 : part));
    expect(suggestPlaces({ ...input, split })).toEqual(fixture.anywhere);
  });

  it('are none where no window fits', () => {
    expect(
      suggestPlaces({ ...input, split: input.split.map(() => -1) })
    ).toEqual([]);
  });
});
