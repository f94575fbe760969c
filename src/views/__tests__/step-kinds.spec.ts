import { nullTranslator } from '@jupyterlab/translation';
import type { IAxis, IPair } from '../../signal/types';
import { reportOf } from '../data/conversion-report';
import { energiesOf, scanOf } from '../data/crop-ends';
import { regionValue } from '../data/region-value';
import { energyEnds } from '../data/step-field-kinds';
import { stepKinds } from '../data/step-kinds';
import { valueText } from '../wording';

function pairOf(energy: Partial<IAxis>, ny = 10, nx = 12): IPair {
  const axis = { name: '', units: 'nm', scale: 1, offset: 0 };
  return {
    id: 'pair',
    name: 'si',
    title: '',
    simulated: false,
    ny,
    nx,
    channels: energy.size ?? 5,
    y: { ...axis, size: ny },
    x: { ...axis, size: nx },
    energy: { ...axis, units: 'eV', size: 5, ...energy },
    spectra: new Float32Array(0),
    spectraUnits: 'counts',
    image: new Float32Array(0),
    imageUnits: '',
    mask: null,
    sha256: '',
    report: ['b', 'c']
  };
}

const kind = (pair: IPair, step: string) =>
  stepKinds(pair, nullTranslator.load('')).find(item => item.step === step)!;

describe('the steps on offer', () => {
  it('start from the axes of the data, in eV', () => {
    const pair = pairOf({ units: 'keV', offset: 0.4, scale: 0.001 });
    expect(energyEnds(pair)).toEqual([400, 404]);
    expect(kind(pair, 'crop_energy').start).toEqual({
      step: 'crop_energy',
      start: 400,
      stop: null
    });
    expect(kind(pair, 'crop_scan').start).toEqual({
      step: 'crop_scan',
      rows: [0, 10],
      columns: [0, 12]
    });
  });

  it('divide by the zero-loss area only where the peak is recorded', () => {
    const low = pairOf({ offset: -1, scale: 1 });
    const core = pairOf({ offset: 400, scale: 1 });
    expect(kind(low, 'normalise').start.by).toBe('zero_loss');
    expect(kind(core, 'normalise').start.by).toBe('total');
    expect(kind(low, 'crop_energy').start.start).toBe(0);
  });

  it('leave the windows of the zero-loss fit to the kernel', () => {
    const { start, fields } = kind(pairOf({}), 'remove_zero_loss');
    expect(start).toMatchObject({ tail: null, rise: null });
    const tail = fields[0];
    if (tail.kind !== 'energies') {
      throw new Error('The first field is the tail window.');
    }
    expect(tail.write([0.05, 0.1])).toEqual({ tail: [0.05, 0.1] });
    expect(tail.write([null, null])).toEqual({ tail: null });
    expect(tail.read({ ...start, tail: [0.05, 0.1] })).toEqual([0.05, 0.1]);
  });
});

describe('ends of a crop', () => {
  it('keep the pixels whose centres lie in the rectangle', () => {
    const region = {
      name: 'R1',
      kind: 'rectangle',
      points: [
        [9.6, 7.5],
        [2.4, 1.5]
      ]
    } as const;
    // Pixel i is inside where low <= i + 0.5 < high.
    expect(scanOf(region, pairOf({}))).toEqual({
      rows: [1, 7],
      columns: [2, 10]
    });
  });

  it('stay within the scan', () => {
    const region = {
      name: 'R1',
      kind: 'rectangle',
      points: [
        [-4, -4],
        [99, 99]
      ]
    } as const;
    expect(scanOf(region, pairOf({}))).toEqual({
      rows: [0, 10],
      columns: [0, 12]
    });
  });

  it('lie between channels, so that both channels of a range are kept', () => {
    const pair = pairOf({ units: 'meV', offset: 200, scale: 10 });
    expect(energiesOf(pair, 1, 3)).toEqual({ start: 0.205, stop: 0.235 });
    expect(energiesOf(pair, 0, 4)).toEqual({ start: null, stop: null });
    const uneven = pairOf({ values: [0, 1, 3, 7, 15] });
    expect(energiesOf(uneven, 2, 3)).toEqual({ start: 2, stop: 11 });
  });
});

describe('what a region says', () => {
  it('is the mean over its unmasked pixels with the error of that mean', () => {
    const map = Float32Array.from([1, 2, 4, 100, 7]);
    const inside = Uint8Array.from([1, 1, 1, 1, 0]);
    const excluded = Uint8Array.from([0, 0, 0, 1, 0]);
    const { mean, standardError } = regionValue(map, inside, excluded);
    expect(mean).toBeCloseTo(7 / 3, 6);
    // Sample variance of 1, 2, 4 is 7/3.
    expect(standardError).toBeCloseTo(Math.sqrt(7 / 9), 6);
  });

  it('has no error below two pixels and no mean without one', () => {
    const map = Float32Array.from([3, 5]);
    const one = regionValue(map, Uint8Array.from([0, 1]), null);
    expect(one.mean).toBe(5);
    expect(one.standardError).toBeNaN();
    expect(regionValue(map, new Uint8Array(2), null).mean).toBeNaN();
  });

  it('is written to the second digit of its error', () => {
    expect(valueText(152.4871, 1.523, 'counts')).toBe('152.5 ± 1.5 counts');
    expect(valueText(132.89, 0.9812, '')).toBe('132.89 ± 0.98');
    expect(valueText(-1520.4, 37.2, 'counts')).toBe('\u22121520 ± 37 counts');
    expect(valueText(5, NaN, 'counts')).toBe('5 counts');
    expect(valueText(2.5e7, 1e3, '')).toBe('2.5e7 ± 1000');
  });
});

it('the report says each sentence once: of the source, then of the data in the panel', () => {
  const pair = pairOf({});
  expect(reportOf(null, pair)).toEqual(['b', 'c']);
  expect(
    reportOf(
      {
        shape: [1, 1, 1],
        bytes: 4,
        dtype: 'float32',
        lazy: false,
        origin: 'numpy',
        energy: pair.energy,
        report: ['a', 'b']
      },
      pair
    )
  ).toEqual(['a', 'b', 'c']);
});
