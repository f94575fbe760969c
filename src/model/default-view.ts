/** Where pointer and energy range stand when data arrive. */
import { axisValue, energyFactor, indexOf, isEnergy } from '../signal/axis';
import { pairMean } from '../signal/spectrum-image';
import { TEST, type IPair } from '../signal/types';

/** Width of the default energy range, eV. */
const WIDTH = 0.06;
/** Share of an axis that is not an energy. */
const SHARE = 0.06;

/** Indices of the strongest value of the mean spectrum and a range about it. */
export function defaultEnergyRange(pair: IPair): [number, number] {
  const { channels, energy } = pair;
  const mean = pairMean(pair);
  let peak = 0;
  for (let e = 1; e < channels; e++) {
    if (mean[e] > mean[peak] || Number.isNaN(mean[peak])) {
      peak = e;
    }
  }
  if (!isEnergy(energy.units)) {
    const half = Math.max(1, Math.round((SHARE * channels) / 2));
    return [Math.max(0, peak - half), Math.min(channels - 1, peak + half)];
  }
  const half = (WIDTH / 2) * energyFactor('eV', energy.units);
  const at = axisValue(energy, peak);
  const ends = [indexOf(energy, at - half), indexOf(energy, at + half)];
  return [Math.min(...ends), Math.max(...ends)];
}

/**
 * A pixel (row, column) to start at: the test window nearest to the middle of
 * the test part; the middle of the image where there is none.
 * @param split - (ny, nx) labels; null while there are no windows.
 */
export function defaultPointer(
  pair: IPair,
  split: Int8Array | null
): [number, number] {
  const { ny, nx } = pair;
  const middle: [number, number] = [Math.floor(ny / 2), Math.floor(nx / 2)];
  const tests: number[] = [];
  split?.forEach((label, pixel) => {
    if (label === TEST) {
      tests.push(pixel);
    }
  });
  if (tests.length === 0) {
    return middle;
  }
  const row = (p: number) => Math.floor(p / nx);
  const meanRow = tests.reduce((sum, p) => sum + row(p), 0) / tests.length;
  const meanCol = tests.reduce((sum, p) => sum + (p % nx), 0) / tests.length;
  const far = (p: number) =>
    (row(p) - meanRow) ** 2 + ((p % nx) - meanCol) ** 2;
  const best = tests.reduce((a, b) => (far(b) < far(a) ? b : a));
  return [row(best), best % nx];
}
