/** Models that were never trained: predictions with a known flaw, errors computed from them. */
import { latentGrid, latentRanges } from '../../src/analysis/latent-space';
import type { IGrid, ITrainedModel } from '../../src/model/types';
import type { IPair, ISetup, Kind } from '../../src/signal/types';
import { around, generator, spectrumFor } from './mock-data';

function windowOf(pair: IPair, pixel: number, side: number): Float32Array {
  const row = Math.floor(pixel / pair.nx);
  const column = pixel % pair.nx;
  const out = new Float32Array(side * side);
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) {
      out[i * side + j] =
        pair.image[(row - side / 2 + i) * pair.nx + column - side / 2 + j];
    }
  }
  return out;
}

function blurred(
  values: Float32Array,
  side: number,
  times: number
): Float32Array {
  let from = values;
  for (let n = 0; n < times; n++) {
    const to = new Float32Array(from.length);
    for (let i = 0; i < side; i++) {
      for (let j = 0; j < side; j++) {
        let sum = 0;
        let count = 0;
        for (let di = -1; di <= 1; di++) {
          for (let dj = -1; dj <= 1; dj++) {
            const y = i + di;
            const x = j + dj;
            if (y >= 0 && x >= 0 && y < side && x < side) {
              sum += from[y * side + x];
              count++;
            }
          }
        }
        to[i * side + j] = sum / count;
      }
    }
    from = to;
  }
  return from;
}

/** A model of `latentDims` latents; more of them make smaller errors. */
export function mockModel(
  pair: IPair,
  kind: Kind,
  latentDims: number,
  setup: ISetup,
  split: Int8Array
): ITrainedModel {
  const { nx, ny, channels } = pair;
  const half = setup.window / 2;
  const random = generator(latentDims);
  const positions: number[] = [];
  for (let row = half; row + half <= ny; row++) {
    for (let column = half; column + half <= nx; column++) {
      positions.push(row * nx + column);
    }
  }
  const latents = new Float32Array(positions.length * latentDims);
  positions.forEach((pixel, i) => {
    const [density, edge] = around(
      pair.image,
      Math.floor(pixel / nx),
      pixel % nx
    );
    for (let z = 0; z < latentDims; z++) {
      const base =
        z % 2 === 0 ? -9 + 8 * density + 3 * edge : 7 * edge + 2 * density;
      latents[i * latentDims + z] = base + 0.9 * (random() + random() - 1);
    }
  });
  const predictionAt = (row: number, column: number): Float32Array | null => {
    if (row < half || column < half || row + half > ny || column + half > nx) {
      return null;
    }
    const pixel = row * nx + column;
    if (kind === 'spec2im') {
      const window = windowOf(pair, pixel, setup.window);
      return blurred(window, setup.window, latentDims > 4 ? 2 : 6);
    }
    const [density, edge] = around(pair.image, row, column);
    const test = split[pixel] === 2 ? 1 : 0.35;
    const flaw = latentDims > 4 ? 0.1 : 0.25;
    return spectrumFor(
      density - flaw * test * (0.2 + 0.5 * edge + (0.6 * row) / ny),
      edge * (latentDims > 4 ? 0.95 : 0.2)
    );
  };
  const error = new Float32Array(ny * nx).fill(NaN);
  for (const pixel of positions) {
    const row = Math.floor(pixel / nx);
    const predicted = predictionAt(row, pixel % nx)!;
    const target =
      kind === 'spec2im'
        ? windowOf(pair, pixel, setup.window)
        : pair.spectra.subarray(pixel * channels, (pixel + 1) * channels);
    let above = 0;
    let below = 0;
    for (let i = 0; i < predicted.length; i++) {
      above += (predicted[i] - target[i]) ** 2;
      below += (predicted[i] + target[i]) ** 2;
    }
    error[pixel] = Math.sqrt(above / below);
  }
  const mean = (label: number): number => {
    const values = positions
      .filter(pixel => label < 0 || split[pixel] === label)
      .map(pixel => error[pixel]);
    return values.reduce((a, b) => a + b, 0) / values.length;
  };
  const history = (end: number): number[] =>
    Array.from(
      { length: setup.epochs },
      (_, i) => end + 0.5 * Math.exp(-i / 9) * (0.95 + 0.1 * random())
    );
  const rmse = error.map(value => 0.4 * value);
  const maps = {
    relative: error,
    rmse,
    mse: rmse.map(value => value * value),
    mse_raw: rmse.map(value => (400 * value) ** 2)
  };
  return {
    id: `${kind}-${latentDims}`,
    label: `${latentDims}L`,
    kind,
    setup: { ...setup, kind, latentDims },
    scaling: { image: { min: 0, max: 1 }, spectrum: { min: 0, max: 400 } },
    backend: 'wasm',
    epoch: setup.epochs,
    history: { train: history(0.0019), test: history(0.0078) },
    notice: '',
    positions: Int32Array.from(positions),
    latents,
    split,
    error,
    // Measures differ in scale here, not in shape.
    errorBy: metric => maps[metric],
    meanError: { train: mean(0), test: mean(2), all: mean(-1) },
    meanRmse: { train: mean(0) * 0.4, test: mean(2) * 0.4 },
    skill: { train: 0.97, test: latentDims > 4 ? 0.91 : 0.84 },
    predictionAt,
    latentAt: (row, column) => {
      const i = positions.indexOf(row * nx + column);
      return i < 0
        ? null
        : latents.subarray(i * latentDims, (i + 1) * latentDims);
    }
  };
}

/** The grid of a mock model, its nodes back-projected by the real search. */
export function mockGrid(
  pair: IPair,
  model: ITrainedModel,
  size: number,
  axes: readonly [number, number],
  k: number
): IGrid {
  const z = model.setup.latentDims;
  const n = model.positions.length;
  const ranges = latentRanges(model.latents, n, z);
  const nodes = latentGrid(ranges, size, axes);
  const count = size * size;
  const side = model.setup.window;
  const windows = new Float32Array(n * side * side);
  const spectra = new Float32Array(n * pair.channels);
  model.positions.forEach((pixel, i) => {
    windows.set(windowOf(pair, pixel, side), i * side * side);
    spectra.set(
      pair.spectra.subarray(pixel * pair.channels, (pixel + 1) * pair.channels),
      i * pair.channels
    );
  });
  const neighbours = new Int32Array(count * k);
  const far = new Uint8Array(count);
  const dispersion = new Float32Array(count);
  const image = model.kind === 'im2spec';
  const back = new Float32Array(count * (image ? side * side : pair.channels));
  const other = new Float32Array(count * (image ? pair.channels : side * side));
  const steps = axes.map(
    axis => (ranges[axis].max - ranges[axis].min) / (size - 1)
  );
  for (let node = 0; node < count; node++) {
    const distances = Array.from({ length: n }, (_, i) => {
      let sum = 0;
      for (let a = 0; a < z; a++) {
        sum += (model.latents[i * z + a] - nodes[node * z + a]) ** 2;
      }
      return [sum, i] as const;
    }).sort((a, b) => a[0] - b[0]);
    const chosen = distances.slice(0, k).map(entry => entry[1]);
    neighbours.set(chosen, node * k);
    far[node] = distances[0][0] > steps[0] ** 2 + 0.1 * steps[1] ** 2 ? 1 : 0;
    dispersion[node] =
      (0.05 + 0.1 * far[node]) * Math.sqrt(image ? side * side : pair.channels);
    const mean = (source: Float32Array, length: number): Float32Array => {
      const out = new Float32Array(length);
      for (const i of chosen) {
        for (let p = 0; p < length; p++) {
          out[p] += source[i * length + p] / k;
        }
      }
      return out;
    };
    const meanWindow = mean(windows, side * side);
    const meanSpectrum = mean(spectra, pair.channels);
    back.set(
      image ? meanWindow : meanSpectrum,
      node * (image ? side * side : pair.channels)
    );
    other.set(
      image ? meanSpectrum : blurred(meanWindow, side, 3),
      node * (image ? pair.channels : side * side)
    );
  }
  return {
    size,
    axes,
    ranges,
    nodes,
    decoded: other,
    backProjected: back,
    neighbours,
    dispersion,
    far
  };
}
