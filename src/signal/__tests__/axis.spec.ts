import {
  axisExtent,
  axisValue,
  axisValues,
  decimalsFor,
  energyFactor,
  formatAxisRange,
  indexOf,
  isEnergy,
  sameUnits,
  toEV,
  toMeV
} from '../axis';
import type { IAxis } from '../types';

const energy: IAxis = {
  name: 'Energy loss',
  units: 'eV',
  size: 1496,
  scale: 0.00062305,
  offset: 0.20025
};
const down: IAxis = { name: 'E', units: 'eV', size: 5, scale: -0.5, offset: 2 };
const listed: IAxis = {
  name: 'voltage',
  units: 'V',
  size: 5,
  scale: 1,
  offset: 0,
  values: [0, 4, 1, -3, 0]
};

describe('values and indices', () => {
  it('follows offset and scale', () => {
    expect(axisValue(energy, 0)).toBe(0.20025);
    // The last channel of the paper's spectra is at 1.13171 eV.
    expect(axisValue(energy, 1495)).toBeCloseTo(1.13171, 5);
    expect(Array.from(axisValues(down))).toEqual([2, 1.5, 1, 0.5, 0]);
    expect(Array.from(axisValues(listed))).toEqual([0, 4, 1, -3, 0]);
  });

  it('reads between listed values', () => {
    expect(axisValue(listed, 1.5)).toBe(2.5);
    expect(axisValue(listed, 9)).toBe(0);
  });

  it.each([energy, down])('finds the index of each of its values', axis => {
    axisValues(axis).forEach((value, i) =>
      expect(indexOf(axis, value)).toBe(i)
    );
  });

  it.each([down, listed])('finds the nearest as a search does', axis => {
    const values = Array.from(axisValues(axis));
    for (let value = -4; value <= 5; value += 0.25) {
      const distances = values.map(v => Math.abs(v - value));
      const best = distances.indexOf(Math.min(...distances));
      expect(indexOf(axis, value)).toBe(best);
    }
  });

  it('stays on the axis', () => {
    expect(indexOf(energy, -10)).toBe(0);
    expect(indexOf(energy, 10)).toBe(1495);
    expect(indexOf(energy, Infinity)).toBe(1495);
    expect(indexOf(energy, NaN)).toBe(0);
    expect(indexOf({ ...energy, scale: 0 }, 3)).toBe(0);
  });

  it('has an extent in rising order', () => {
    expect(axisExtent(down)).toEqual([0, 2]);
    expect(axisExtent(listed)).toEqual([-3, 4]);
    expect(axisExtent({ ...energy, size: 0 })).toEqual([NaN, NaN]);
  });
});

describe('units', () => {
  it('compares units, not spellings', () => {
    expect(sameUnits('\u00b5m', '\u03bcm')).toBe(true);
    expect(sameUnits('\u00b5m', 'um')).toBe(true);
    expect(sameUnits(' nm', { ...energy, units: 'nm' })).toBe(true);
    expect(sameUnits('meV', 'MeV')).toBe(false);
    expect(sameUnits('meV', 'eV')).toBe(false);
  });

  it('converts energies and nothing else', () => {
    expect(toMeV(0.5)).toBe(500);
    expect(toEV(500)).toBe(0.5);
    expect(energyFactor('eV', 'meV')).toBe(1000);
    expect(energyFactor('meV', 'eV')).toBe(0.001);
    expect(energyFactor('keV', 'eV')).toBe(1000);
    expect(isEnergy('eV')).toBe(true);
    expect(isEnergy('constructor')).toBe(false);
    expect(() => energyFactor('nm', 'eV')).toThrow(/nm to eV.*meV, eV or keV/);
  });
});

describe('formatAxisRange', () => {
  it('names both ends with the decimals of the step', () => {
    expect(formatAxisRange(energy)).toBe('0.2003 to 1.1317 eV');
    expect(formatAxisRange(energy, 481, 482, 'meV')).toBe('499.9 to 500.6 meV');
    expect(formatAxisRange(down, 0, 1)).toBe('2.0 to 1.5 eV');
    expect(formatAxisRange({ ...down, units: '' }, 0, 1)).toBe('2.0 to 1.5');
    // Volts stay volts.
    expect(formatAxisRange(listed, 0, 1, 'meV')).toBe('0 to 4 V');
  });

  it('takes no decimals for steps of one and more', () => {
    expect([1000, 1, 0.1, 0.02, 0, NaN].map(decimalsFor)).toEqual([
      0, 0, 1, 2, 0, 0
    ]);
  });
});
