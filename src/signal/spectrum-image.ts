/** Sums and means over a spectrum image (ny, nx, channels). */
import type { IPair } from './types';

/** Why there is nothing to see or to train where the spectra are absent. */
export const SPECTRA_ABSENT =
  'The spectra are not in this file: use Connect data.';

/**
 * (ny, nx) mean intensity of a pair over the channels `first` to `last`; NaN where a pixel is
 * excluded. null where the spectra are absent and the map of another range was kept.
 */
export function pairMap(
  pair: IPair,
  [first, last]: readonly [number, number]
): Float32Array | null {
  const { absent, mask } = pair;
  if (absent) {
    const [from, to] = absent.range;
    return from === first && to === last ? absent.map : null;
  }
  const { spectra, ny, nx, channels } = pair;
  const values = energyMap(spectra, ny, nx, channels, first, last);
  mask?.forEach((excluded, pixel) => {
    if (excluded) {
      values[pixel] = NaN;
    }
  });
  return values;
}

/** (channels) mean spectrum of a pair without its excluded pixels. */
export function pairMean(pair: IPair): Float32Array {
  return (
    pair.absent?.mean ?? meanSpectrum(pair.spectra, pair.channels, pair.mask)
  );
}

/** Spectrum at a flat pixel index: (channels), a view of `spectra`. */
export function spectrumAt(
  spectra: Float32Array,
  channels: number,
  pixel: number
): Float32Array {
  return spectra.subarray(pixel * channels, (pixel + 1) * channels);
}

/**
 * (channels) mean spectrum over the pixels, in the units of `spectra`.
 * Non-finite values are left out; NaN where a channel has no finite value.
 * @param mask - (ny * nx), 1 where a pixel is excluded; null for none.
 */
export function meanSpectrum(
  spectra: Float32Array,
  channels: number,
  mask: Uint8Array | null = null
): Float32Array {
  const sums = new Float64Array(channels);
  const counts = new Float64Array(channels);
  const pixels = channels > 0 ? Math.floor(spectra.length / channels) : 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    if (mask && mask[pixel]) {
      continue;
    }
    const start = pixel * channels;
    for (let e = 0; e < channels; e++) {
      const value = spectra[start + e];
      if (Number.isFinite(value)) {
        sums[e] += value;
        counts[e]++;
      }
    }
  }
  return Float32Array.from(sums, (sum, e) => sum / counts[e]);
}

/**
 * (ny, nx) mean over the channels `first` to `last`, both included, of each
 * pixel, in the units of `spectra`. The two may come in either order and are
 * kept within the spectrum. NaN where a pixel has no finite value there.
 */
export function energyMap(
  spectra: Float32Array,
  ny: number,
  nx: number,
  channels: number,
  first: number,
  last: number
): Float32Array {
  const low = Math.max(0, Math.min(first, last));
  const high = Math.min(channels - 1, Math.max(first, last));
  const map = new Float32Array(ny * nx);
  for (let pixel = 0; pixel < map.length; pixel++) {
    const start = pixel * channels;
    let sum = 0;
    let count = 0;
    for (let e = low; e <= high; e++) {
      const value = spectra[start + e];
      if (Number.isFinite(value)) {
        sum += value;
        count++;
      }
    }
    map[pixel] = sum / count;
  }
  return map;
}
