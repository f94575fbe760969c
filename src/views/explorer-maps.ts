/** Maps over the scan that come from a trained model: latents, differences, and what the explorer computes. */
import type { ITrainedModel } from '../model/types';
import type { IPair } from '../signal/types';

const latentMaps = new WeakMap<Float32Array, Map<number, Float32Array>>();

/** (ny, nx) encodings along one latent; NaN where no window fits. The same array until other encodings come. */
export function latentMap(
  model: ITrainedModel,
  latent: number,
  pixels: number
): Float32Array {
  let maps = latentMaps.get(model.latents);
  if (!maps) {
    maps = new Map();
    latentMaps.set(model.latents, maps);
  }
  let map = maps.get(latent);
  if (map?.length !== pixels) {
    const z = model.setup.latentDims;
    map = new Float32Array(pixels).fill(NaN);
    for (let i = 0; i < model.positions.length; i++) {
      map[model.positions[i]] = model.latents[i * z + latent];
    }
    maps.set(latent, map);
  }
  return map;
}

const differences = new WeakMap<
  Float32Array,
  { readonly key: string; readonly values: Float32Array }
>();

/**
 * (ny, nx) prediction minus measured, data units; NaN where no window fits. Of spectra it is the mean
 * over the channels `first` to `last`, of images the window's element at its pixel.
 */
export function differenceMap(
  model: ITrainedModel,
  pair: IPair,
  [first, last]: readonly [number, number]
): Float32Array {
  const key = model.kind === 'im2spec' ? `${first},${last}` : 'image';
  // The errors are another array with each evaluation, as the predictions are.
  const known = differences.get(model.error);
  if (known?.key === key) {
    return known.values;
  }
  const values = new Float32Array(pair.ny * pair.nx).fill(NaN);
  const half = model.setup.window / 2;
  const centre = half * model.setup.window + half;
  for (const pixel of model.positions) {
    const row = Math.floor(pixel / pair.nx);
    const predicted = model.predictionAt(row, pixel - row * pair.nx);
    if (!predicted) {
      continue;
    }
    if (model.kind === 'spec2im') {
      values[pixel] = predicted[centre] - pair.image[pixel];
      continue;
    }
    const start = pixel * pair.channels;
    let sum = 0;
    for (let channel = first; channel <= last; channel++) {
      sum += predicted[channel] - pair.spectra[start + channel];
    }
    values[pixel] = sum / (last - first + 1);
  }
  differences.set(model.error, { key, values });
  return values;
}

const splitMaps = new WeakMap<Int8Array, Float32Array>();

/** (ny, nx) parts of a split, 0 to 2; NaN where there is no window. */
export function splitMap(labels: Int8Array): Float32Array {
  let map = splitMaps.get(labels);
  if (!map) {
    map = Float32Array.from(labels, label => (label < 0 ? NaN : label));
    splitMaps.set(labels, map);
  }
  return map;
}
