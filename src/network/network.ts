/** An architecture as functions of tensors: encode, decode, and the training pass with all gradients. */
import * as tf from '@tensorflow/tfjs-core';
import type { IArchitecture, Step } from './architecture';
import { constant } from './constants';
import {
  layer,
  type IGradients,
  type ILayer,
  type IPass,
  type NamedTensors,
  type Weights
} from './layers';

/** The outcome of one training pass; the tensors belong to the caller. */
export interface ITrainingPass {
  /** Mean squared error over all elements. */
  readonly loss: tf.Scalar;
  /** By parameter name, in the tensors' layouts. */
  readonly gradients: NamedTensors;
  /** Batch mean and unbiased variance by the names of the running ones. */
  readonly statistics: NamedTensors;
}

/** The function that an architecture describes; it holds no tensors. */
export class Network {
  constructor(plan: IArchitecture) {
    this.plan = plan;
    this._encoder = plan.encoder.map(layer);
    this._decoder = plan.decoder.map(layer);
    this._steps = [...plan.encoder, ...plan.decoder];
  }

  readonly plan: IArchitecture;

  /** Eval mode: (n, ...) features to (n, latents). */
  encode(x: tf.Tensor, weights: Weights): tf.Tensor2D {
    return evaluate(
      this._encoder,
      tf.reshape(x, [-1, ...this.plan.input, 1]),
      weights
    ) as tf.Tensor2D;
  }

  /** Eval mode: (n, latents) to (n, h * w) targets. */
  decode(z: tf.Tensor, weights: Weights): tf.Tensor2D {
    const [h, w] = this.plan.output;
    return tf.reshape(evaluate(this._decoder, z, weights), [-1, h * w]);
  }

  /** Train mode: (n, ...) features to (n, h * w) targets, and the batch's statistics. */
  trainOutput(
    x: tf.Tensor,
    weights: Weights
  ): { output: tf.Tensor2D; statistics: NamedTensors } {
    const [h, w] = this.plan.output;
    const passes = this._forward(x, weights);
    const last = passes[passes.length - 1];
    return {
      output: tf.reshape(last.y, [-1, h * w]),
      statistics: Object.assign({}, ...passes.map(pass => pass.statistics))
    };
  }

  /**
   * Train mode: loss against (n, h * w) targets, gradients and statistics.
   * To be called within `tf.tidy`.
   */
  train(x: tf.Tensor, y: tf.Tensor, weights: Weights): ITrainingPass {
    const passes = this._forward(x, weights);
    const output = passes[passes.length - 1].y;
    const error = tf.sub(output, tf.reshape(y, output.shape));
    const loss: tf.Scalar = tf.mean(tf.square(error));
    let dy: tf.Tensor = tf.mul(error, constant(2 / output.size));
    const gradients: NamedTensors = {};
    const layers = [...this._encoder, ...this._decoder];
    // The features need no gradient, and pooling in front of them has no parameters.
    const first = this._steps.findIndex(step => step.op !== 'pool');
    for (let i = layers.length - 1; i >= first; i--) {
      const outer = dy;
      const found = tf.tidy(
        () =>
          layers[i].backward(
            outer,
            passes[i].saved,
            weights,
            i > first
          ) as unknown as tf.TensorContainer
      ) as unknown as IGradients;
      Object.assign(gradients, found.parameters);
      // Large arrays go as soon as they are used, so that peak memory stays low.
      tf.dispose([outer, ...passes[i].saved]);
      if (found.dx) {
        dy = found.dx;
      }
    }
    return {
      loss,
      gradients,
      statistics: Object.assign({}, ...passes.map(pass => pass.statistics))
    };
  }

  private _forward(x: tf.Tensor, weights: Weights): IPass[] {
    let h: tf.Tensor = tf.reshape(x, [-1, ...this.plan.input, 1]);
    return [...this._encoder, ...this._decoder].map(each => {
      const input = h;
      const pass = tf.tidy(
        () => each.forward(input, weights) as unknown as tf.TensorContainer
      ) as unknown as IPass;
      h = pass.y;
      return pass;
    });
  }

  private readonly _encoder: readonly ILayer[];
  private readonly _decoder: readonly ILayer[];
  private readonly _steps: readonly Step[];
}

/** Runs layers in eval mode, freeing what lies between them. */
function evaluate(
  layers: readonly ILayer[],
  x: tf.Tensor,
  weights: Weights
): tf.Tensor {
  let h = x;
  for (const each of layers) {
    const input = h;
    h = tf.tidy(() => each.apply(input, weights));
    if (input !== x) {
      input.dispose();
    }
  }
  return h;
}
