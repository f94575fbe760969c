/** Energies and distances of transfer, against NumPy and SciPy (tools/make_explorer_fixtures_transfer.py). */
import { readFileSync } from 'fs';
import { join } from 'path';
import { axisValue } from '../../signal/axis';
import { atOnce } from '../../signal/slices';
import type { IAxis } from '../../signal/types';
import {
  encodingSpread,
  nearestDistances,
  shareAbove
} from '../latent-distance';
import { croppedAxis, matchAxes, resampleSpectra } from '../resample';
import { percentile } from '../statistics';

const { interpolation, distances } = JSON.parse(
  readFileSync(
    join(__dirname, '../../../tests/fixtures/explorer-transfer.json'),
    'utf8'
  )
);

function axis(
  offset: number,
  scale: number,
  size: number,
  units = 'eV'
): IAxis {
  return { name: 'Energy', units, offset, scale, size };
}

const NETWORK = axis(0.2, 0.01, 101);

describe('resampleSpectra', () => {
  it('interpolates as numpy.interp, from eV to meV', () => {
    const { from, to, spectra, result } = interpolation;
    const found = resampleSpectra(
      Float32Array.from(spectra),
      3,
      { name: 'E', units: 'eV', ...from },
      { name: 'E', units: 'meV', ...to }
    );
    expect(found).toHaveLength(result.length);
    result.forEach((value: number, i: number) =>
      expect(Math.abs(found[i] - value)).toBeLessThan(1e-5 * Math.abs(value))
    );
  });

  it('keeps the values at the channels themselves, beside NaN too', () => {
    const from = axis(0, 1, 3);
    const found = resampleSpectra(
      Float32Array.of(1, NaN, 5),
      1,
      from,
      axis(0, 0.5, 5)
    );
    expect([...found]).toEqual([1, NaN, NaN, NaN, 5]);
  });
});

describe('matchAxes', () => {
  it('knows the same channels, whatever their units', () => {
    const found = matchAxes(NETWORK, axis(200, 10, 101, 'meV'), 'spec2im');
    expect(found).toMatchObject({ problem: '', same: true, covered: [0, 100] });
  });

  it('interpolates between axes that hold each other', () => {
    const found = matchAxes(NETWORK, axis(0.1, 0.004, 400), 'spec2im');
    expect(found).toMatchObject({
      problem: '',
      same: false,
      covered: [0, 100]
    });
    expect(found.text).toContain('400 channels');
  });

  it('compares a prediction over the energies that both have', () => {
    const found = matchAxes(NETWORK, axis(0.5, 0.01, 101), 'im2spec');
    // One channel beyond the data is held at their end.
    expect(found).toMatchObject({ problem: '', covered: [29, 100] });
    expect(found.text).toMatch(/0\.49 to 1\.20 eV/);
  });

  it('refuses spectra that do not reach what spec2im reads', () => {
    const found = matchAxes(NETWORK, axis(0.5, 0.01, 101), 'spec2im');
    expect(found.problem).toMatch(/0\.20 to 1\.20 eV.*0\.50 to 1\.50 eV/);
  });

  it('refuses data with too little in common', () => {
    const found = matchAxes(NETWORK, axis(1.1, 0.01, 101), 'im2spec');
    expect(found.problem).toContain('too little');
  });

  it('refuses other quantities', () => {
    expect(
      matchAxes(NETWORK, axis(0.2, 0.01, 101, 'nm'), 'im2spec').problem
    ).toMatch(/in eV.*in nm/);
  });

  it('refuses axes that turn back', () => {
    const turning = { ...axis(0, 0, 3), values: [0.2, 0.9, 0.4] };
    expect(matchAxes(NETWORK, turning, 'im2spec').problem).toContain('rise');
  });
});

describe('croppedAxis', () => {
  it('keeps the energies of the channels', () => {
    const cropped = croppedAxis(NETWORK, 10, 20);
    expect(cropped.size).toBe(11);
    expect(axisValue(cropped, 0)).toBeCloseTo(0.3, 12);
    const listed = { ...axis(0, 0, 4), values: [1, 2, 4, 8] };
    expect(croppedAxis(listed, 1, 2).values).toEqual([2, 4]);
  });
});

describe('distances', () => {
  const z = 3;
  const latents = Float32Array.from(distances.latents);
  const reference = Float32Array.from(distances.reference);
  const n = latents.length / z;
  const m = reference.length / z;

  it('are those of a k-d tree', () => {
    const found = atOnce(nearestDistances(latents, n, z, reference, m));
    distances.nearest.forEach((value: number, i: number) =>
      expect(Math.abs(found[i] - value)).toBeLessThan(1e-5 * value)
    );
    const threshold = percentile(found.subarray(0, 10), 95);
    expect(threshold).toBeCloseTo(distances.threshold, 5);
    expect(shareAbove(found, threshold)).toBeCloseTo(distances.beyond, 12);
  });

  it('are given in the spread of the reference', () => {
    expect(encodingSpread(reference, m, z)).toBeCloseTo(distances.spread, 5);
    expect(encodingSpread([1, 1, 1, 1], 2, 2)).toBe(1);
  });

  it('leave out encodings that are not finite', () => {
    const found = atOnce(nearestDistances([0, NaN, 3], 3, 1, [NaN, 1], 2));
    expect([...found]).toEqual([1, NaN, 2]);
    expect(encodingSpread([0, NaN, 2], 3, 1)).toBe(1);
    expect(shareAbove([NaN, 1, 3], 2)).toBe(0.5);
  });

  it('are unknown without a reference', () => {
    expect([...atOnce(nearestDistances([1], 1, 1, [], 0))]).toEqual([NaN]);
    expect(shareAbove([1, 2], NaN)).toBeNaN();
  });
});
