import { energyScale } from '../energy-scale';
import {
  bytesText,
  duration,
  fixed,
  grouped,
  latentName,
  lossText,
  percent,
  shapeText,
  significant,
  splitName
} from '../wording';

describe('numbers on screen', () => {
  it('have a true minus sign and no minus zero', () => {
    expect(fixed(-3.769, 2)).toBe('\u22123.77');
    expect(fixed(-0.001, 2)).toBe('0.00');
    expect(significant(-1234.5, 3)).toBe('\u22121230');
    expect(significant(0)).toBe('0');
  });

  it('write what has no value as a dash', () => {
    expect(percent(NaN)).toBe('\u2013');
    expect(lossText(Infinity)).toBe('\u2013');
    expect(fixed(NaN, 1)).toBe('\u2013');
  });

  it('write fractions as percentages and small numbers with an exponent', () => {
    expect(percent(0.0994)).toBe('9.9 %');
    expect(significant(1.234e-7, 3)).toBe('1.23e\u22127');
    expect(lossText(0.00781)).toBe('0.0078');
  });

  it('write durations in two units at most', () => {
    expect(duration(45.4)).toBe('45 s');
    expect(duration(147)).toBe('2 min 27 s');
    expect(duration(120)).toBe('2 min');
    expect(duration(3900)).toBe('1 h 5 min');
    expect(duration(3599.9)).toBe('1 h');
    expect(duration(NaN)).toBe('');
  });

  it('write bytes, counts of values and shapes', () => {
    expect(bytesText(512)).toBe('512 B');
    expect(bytesText(16.2 * 1024 ** 2)).toBe('16.2 MiB');
    expect(bytesText(4 * 1024 ** 3)).toBe('4 GiB');
    expect(grouped(999)).toBe('999');
    expect(grouped(1860000)).toBe('1\u202f860\u202f000');
    expect(shapeText([62, 75, 400])).toBe('(75, 62 | 400)');
    expect(shapeText([62, 75])).toBe('(75, 62)');
  });

  it('name splits and latents', () => {
    expect(splitName('left-right')).toBe('left | right');
    expect(splitName('random')).toBe('random');
    expect(latentName(0)).toBe('L1');
  });
});

describe('energyScale', () => {
  const axis = {
    name: 'Energy loss',
    units: 'eV',
    size: 400,
    scale: 0.0025,
    offset: 0.2
  };

  it('converts energies to the display unit', () => {
    const eV = energyScale(axis, 'eV');
    const meV = energyScale(axis, 'meV');
    expect(eV.rangeText(108, 132)).toBe(
      '0.4700\u20130.5300 eV'.replace(/00/g, '0')
    );
    expect(meV.rangeText(108, 132)).toBe('470\u2013530 meV');
    expect(meV.title).toBe('Energy loss (meV)');
    expect(meV.domain[1]).toBeCloseTo(1197.5, 9);
  });

  it('finds the nearest channel of every position, rising and falling', () => {
    for (const scale of [0.0025, -0.0025]) {
      const energy = energyScale({ ...axis, scale }, 'meV');
      for (const channel of [0, 1, 57, 398, 399]) {
        expect(energy.channelAt(energy.position(channel))).toBe(channel);
      }
      expect(energy.channelAt(energy.position(10.4))).toBe(10);
    }
  });

  it('leaves other quantities in their own units', () => {
    const bias = energyScale(
      { name: 'Bias', units: 'V', size: 3, scale: 1, offset: -1 },
      'meV'
    );
    expect(bias.title).toBe('Bias (V)');
    expect(bias.rangeText(0, 2)).toBe('\u22121\u20131 V');
  });

  it('runs by channel where the values turn back', () => {
    const loop = energyScale(
      {
        name: 'Bias',
        units: 'V',
        size: 5,
        scale: 1,
        offset: 0,
        values: [0, 1, 2, 1, 0]
      },
      'eV'
    );
    expect(loop.domain).toEqual([0, 4]);
    expect(loop.channelAt(3.2)).toBe(3);
    expect(loop.label(3)).toBe('1');
  });
});
