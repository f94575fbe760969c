/** A small pair with something to learn: spectra that follow the image. */
import type { IDataset, ITrainRequest } from '../types';

const NY = 12;
const NX = 14;
const CHANNELS = 20;

/** (12, 14) image and (12, 14, 20) spectra in units of their own. */
export function smallDataset(): IDataset {
  const image = new Float32Array(NY * NX);
  const spectra = new Float32Array(NY * NX * CHANNELS);
  for (let p = 0; p < NY * NX; p++) {
    const i = Math.floor(p / NX);
    const j = p % NX;
    image[p] = 100 + 50 * Math.sin(i / 2) * Math.cos(j / 3);
    for (let e = 0; e < CHANNELS; e++) {
      spectra[p * CHANNELS + e] =
        (5 + image[p] / 50) * Math.exp(-((e - 8) ** 2) / 20);
    }
  }
  return {
    ny: NY,
    nx: NX,
    channels: CHANNELS,
    image,
    spectra,
    scaling: {
      image: { min: Math.min(...image), max: Math.max(...image) },
      spectrum: { min: Math.min(...spectra), max: Math.max(...spectra) }
    }
  };
}

/** Positions whose windows of 8 fit, row by row: 5 x 7. */
export function smallPositions(): Int32Array {
  const positions: number[] = [];
  for (let i = 4; i <= NY - 4; i++) {
    for (let j = 4; j <= NX - 4; j++) {
      positions.push(i * NX + j);
    }
  }
  return Int32Array.from(positions);
}

/** A run of a few seconds on wasm: 20 windows train, 10 test. */
export function smallRequest(
  changes: Partial<ITrainRequest> = {}
): ITrainRequest {
  const positions = smallPositions();
  return {
    spec: {
      kind: 'im2spec',
      latentDims: 2,
      filters: 4,
      window: 8,
      channels: CHANNELS
    },
    dataset: smallDataset(),
    train: positions.slice(0, 20),
    test: positions.slice(25),
    evaluate: positions,
    epochs: 3,
    batchSize: 8,
    learningRate: 1e-3,
    seed: 7,
    backend: 'wasm',
    evaluateEvery: 0,
    ...changes
  };
}
