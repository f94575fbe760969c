import { energyMap, meanSpectrum, spectrumAt } from '../spectrum-image';

// (2, 2, 3)
const spectra = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, NaN, 12);

it('reads the spectrum of a pixel without a copy', () => {
  const spectrum = spectrumAt(spectra, 3, 2);
  expect(Array.from(spectrum)).toEqual([7, 8, 9]);
  expect(spectrum.buffer).toBe(spectra.buffer);
});

it('averages the finite values of unmasked pixels', () => {
  expect(Array.from(meanSpectrum(spectra, 3))).toEqual([5.5, 5, 7.5]);
  expect(
    Array.from(meanSpectrum(spectra, 3, Uint8Array.of(0, 1, 1, 0)))
  ).toEqual([5.5, 2, 7.5]);
  expect(
    Array.from(meanSpectrum(spectra, 3, Uint8Array.of(1, 1, 1, 1)))
  ).toEqual([NaN, NaN, NaN]);
});

it('maps the mean over an energy range, both ends included', () => {
  const map = (first: number, last: number): number[] =>
    Array.from(energyMap(spectra, 2, 2, 3, first, last));
  expect(map(0, 1)).toEqual([1.5, 4.5, 7.5, 10]);
  expect(map(1, 0)).toEqual(map(0, 1));
  expect(map(1, 1)).toEqual([2, 5, 8, NaN]);
  expect(map(-5, 99)).toEqual([2, 5, 8, 11]);
});
