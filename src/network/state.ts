/** The parameters of a network on the device: two flat vectors and copies of them. */
import * as tf from '@tensorflow/tfjs-core';
import { NORM_MOMENTUM, type IArchitecture } from './architecture';
import { constant } from './constants';
import type { NamedTensors, Weights } from './layers';
import { flatSize, pack, slots, unpack, type ISlot } from './layout';
import type { Parameters } from './types';

/** A copy of both vectors on the device. */
export interface ISnapshot {
  readonly trained: tf.Tensor1D;
  readonly running: tf.Tensor1D;
}

/**
 * All weights in one vector and all running statistics in another, so that an
 * optimiser step is a handful of kernels whatever the number of layers.
 */
export class NetworkState {
  constructor(plan: IArchitecture, parameters: Parameters) {
    this._trainedSlots = slots(plan.parameters, true);
    this._runningSlots = slots(plan.parameters, false);
    this.trained = flatVariable(pack(this._trainedSlots, parameters));
    this.running = flatVariable(pack(this._runningSlots, parameters));
  }

  /** Weights, in the tensors' layouts. */
  readonly trained: tf.Variable<tf.Rank.R1>;
  /** Running means and variances. */
  readonly running: tf.Variable<tf.Rank.R1>;

  /** Length of the vector of weights. */
  get size(): number {
    return flatSize(this._trainedSlots);
  }

  /** The vectors cut into tensors by name; to be called within `tf.tidy`. */
  weights(running = true): Weights {
    const map = new Map<string, tf.Tensor>();
    cut(this._trainedSlots, this.trained, map);
    if (running) {
      cut(this._runningSlots, this.running, map);
    }
    return map;
  }

  /** Tensors by name as one vector of the trained parameters. */
  flatten(gradients: NamedTensors): tf.Tensor1D {
    return tf.concat1d(
      this._trainedSlots.map(({ parameter }) =>
        tf.reshape(gradients[parameter.name], [-1])
      ) as tf.Tensor1D[]
    );
  }

  /** Moves the running statistics a tenth of the way to those of a batch. */
  blend(statistics: NamedTensors): void {
    tf.tidy(() => {
      const batch = tf.concat1d(
        this._runningSlots.map(
          ({ parameter }) => statistics[parameter.name]
        ) as tf.Tensor1D[]
      );
      this.running.assign(
        tf.add(
          tf.mul(this.running, constant(1 - NORM_MOMENTUM)),
          tf.mul(batch, constant(NORM_MOMENTUM))
        )
      );
    });
  }

  snapshot(): ISnapshot {
    return {
      trained: tf.keep(tf.clone(this.trained)),
      running: tf.keep(tf.clone(this.running))
    };
  }

  /** Takes back a snapshot, which stays valid. */
  restore(snapshot: ISnapshot): void {
    tf.tidy(() => {
      this.trained.assign(tf.clone(snapshot.trained));
      this.running.assign(tf.clone(snapshot.running));
    });
  }

  /** Takes other parameters. */
  load(parameters: Parameters): void {
    tf.tidy(() => {
      this.trained.assign(tf.tensor1d(pack(this._trainedSlots, parameters)));
      this.running.assign(tf.tensor1d(pack(this._runningSlots, parameters)));
    });
  }

  /** Everything, as it is or as in a snapshot, in PyTorch's names and layouts. */
  async read(from: ISnapshot = this): Promise<Parameters> {
    const [trained, running] = await Promise.all([
      from.trained.data(),
      from.running.data()
    ]);
    const loose: Parameters = new Map();
    unpack(this._trainedSlots, trained as Float32Array, loose);
    unpack(this._runningSlots, running as Float32Array, loose);
    return loose;
  }

  dispose(): void {
    this.trained.dispose();
    this.running.dispose();
  }

  private readonly _trainedSlots: ISlot[];
  private readonly _runningSlots: ISlot[];
}

/** A variable without the tensor that it starts from, which would stay behind. */
function flatVariable(values: Float32Array): tf.Variable<tf.Rank.R1> {
  return tf.tidy(() => tf.variable(tf.tensor1d(values)));
}

/** Cuts a vector into tensors by name; by slices, which are quicker than Split in wasm. */
function cut(
  list: readonly ISlot[],
  flat: tf.Tensor1D,
  map: Map<string, tf.Tensor>
): void {
  for (const { parameter, offset, size, shape } of list) {
    const part = tf.slice(flat, [offset], [size]);
    map.set(parameter.name, tf.reshape(part, [...shape]));
  }
}
