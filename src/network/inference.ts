/** Eval-mode outputs of a network for arrays of any length, a chunk at a time. */
import * as tf from '@tensorflow/tfjs-core';
import { scaleTo, unscale } from '../signal/scaling';
import { features, ranges } from './data';
import type { Weights } from './layers';
import type { Network } from './network';
import type { NetworkState } from './state';
import type { IDataset, IEvaluation, INetworkSpec } from './types';
import type { IScaling } from '../signal/types';

const MOST_WINDOWS = 256;
/** Values of one activation: 64 MiB of float32. */
const MOST_VALUES = 1 << 24;

/** Windows that go through the network at once. */
export function evaluationChunk(spec: INetworkSpec): number {
  const widest = spec.filters * Math.max(spec.channels, spec.window ** 2);
  return Math.max(1, Math.min(MOST_WINDOWS, Math.floor(MOST_VALUES / widest)));
}

/** Throws a RangeError where `values` are not n rows of `size`. */
export function checkRows(
  method: string,
  values: Float32Array,
  n: number,
  size: number
): void {
  if (values.length !== n * size) {
    throw new RangeError(
      `${method} got ${values.length} values for ${n} rows of ${size}.`
    );
  }
}

/** (n, latents) of n scaled features. */
export function encodeAll(
  network: Network,
  state: NetworkState,
  scaled: Float32Array,
  n: number
): Promise<Float32Array> {
  return inChunks(network, state, scaled, n, network.plan.spec.latentDims, {
    run: (x, weights) => network.encode(x, weights)
  });
}

/** (n, target size) scaled targets of n latents. */
export function decodeAll(
  network: Network,
  state: NetworkState,
  latents: Float32Array,
  n: number
): Promise<Float32Array> {
  const [h, w] = network.plan.output;
  return inChunks(network, state, latents, n, h * w, {
    run: (z, weights) => network.decode(z, weights)
  });
}

/** Latents, and predictions in data units, of the windows at the positions. */
export async function evaluatePositions(
  network: Network,
  state: NetworkState,
  dataset: IDataset,
  positions: Int32Array,
  epoch: number
): Promise<IEvaluation> {
  const { spec } = network.plan;
  const n = positions.length;
  const x = features(spec, dataset, positions);
  const latents = await encodeAll(network, state, x, n);
  const scaled = await decodeAll(network, state, latents, n);
  const { targets } = ranges(spec, dataset.scaling);
  return { epoch, latents, predictions: unscale(scaled, targets, scaled) };
}

/** A network with its weights and scaling, in data units. */
export interface IPredictor {
  /** (n, ...) features in data units to (n, latents). */
  encode(values: Float32Array, n: number): Promise<Float32Array>;
  /** (n, latents) to (n, ...) targets in data units. */
  decode(latents: Float32Array, n: number): Promise<Float32Array>;
  /** Both of the windows at the positions, by the scaling of the dataset. */
  evaluate(dataset: IDataset, positions: Int32Array): Promise<IEvaluation>;
}

/** The same through TF.js. */
export class Predictor implements IPredictor {
  constructor(network: Network, state: NetworkState, scaling: IScaling) {
    this._network = network;
    this._state = state;
    this._ranges = ranges(network.plan.spec, scaling);
  }

  encode(values: Float32Array, n: number): Promise<Float32Array> {
    const scaled = scaleTo(values, this._ranges.features);
    return encodeAll(this._network, this._state, scaled, n);
  }

  async decode(latents: Float32Array, n: number): Promise<Float32Array> {
    const scaled = await decodeAll(this._network, this._state, latents, n);
    return unscale(scaled, this._ranges.targets, scaled);
  }

  evaluate(dataset: IDataset, positions: Int32Array): Promise<IEvaluation> {
    return evaluatePositions(this._network, this._state, dataset, positions, 0);
  }

  private readonly _network: Network;
  private readonly _state: NetworkState;
  private readonly _ranges: ReturnType<typeof ranges>;
}

async function inChunks(
  network: Network,
  state: NetworkState,
  input: Float32Array,
  n: number,
  size: number,
  { run }: { run(x: tf.Tensor2D, weights: Weights): tf.Tensor2D }
): Promise<Float32Array> {
  const output = new Float32Array(n * size);
  if (n === 0) {
    return output;
  }
  const width = input.length / n;
  const chunk = evaluationChunk(network.plan.spec);
  for (let start = 0; start < n; start += chunk) {
    const rows = Math.min(chunk, n - start);
    const part = input.subarray(start * width, (start + rows) * width);
    const result = tf.tidy(() =>
      run(tf.tensor2d(part, [rows, width]), state.weights())
    );
    output.set(await result.data<'float32'>(), start * size);
    result.dispose();
  }
  return output;
}
