/**
 * The layers of an architecture: evaluation, training pass and gradients.
 *
 * Gradients are written out instead of taken from TF.js's tape: the tape has
 * none for these convolutions, and a backward pass of our own frees arrays as
 * it goes and costs fewer kernels.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { IBlock, Step } from './architecture';
import { constant } from './constants';
import {
  biasGradient,
  convolve,
  convolveAndLeak,
  filterGradient,
  inputGradient,
  leak,
  leakGradient
} from './convolution';
import { dense, denseGradients } from './dense';
import { normalise, normaliseByRunning, normGradients } from './norm';
import { averageChannels, upsample, upsampleGradient } from './resample';

/** Tensors of parameters by name. */
export type Weights = ReadonlyMap<string, tf.Tensor>;
export type NamedTensors = { [name: string]: tf.Tensor };

/** A training pass through one layer. */
export interface IPass {
  readonly y: tf.Tensor;
  /** What `backward` needs. */
  readonly saved: tf.Tensor[];
  /** Batch mean and unbiased variance by the names of the running ones. */
  readonly statistics: NamedTensors;
}

export interface IGradients {
  /** Null where the layer was told that nobody needs it. */
  readonly dx: tf.Tensor | null;
  readonly parameters: NamedTensors;
}

/** Tensors in and out belong to the caller; none is disposed here. */
export interface ILayer {
  /** Eval mode. */
  apply(x: tf.Tensor, weights: Weights): tf.Tensor;
  /** Train mode. */
  forward(x: tf.Tensor, weights: Weights): IPass;
  backward(
    dy: tf.Tensor,
    saved: readonly tf.Tensor[],
    weights: Weights,
    wantsInput: boolean
  ): IGradients;
}

/** The layer that carries out a step. */
export function layer(step: Step): ILayer {
  switch (step.op) {
    case 'pool':
      return plain(
        x => averageChannels(x as tf.Tensor4D, step.size),
        () => {
          throw new Error('Pooling is the first layer and has no gradient.');
        }
      );
    case 'upsample':
      return plain(
        x => upsample(x as tf.Tensor4D),
        dy => upsampleGradient(dy as tf.Tensor4D)
      );
    case 'block':
      return new Block(step.block);
    case 'cascade':
      return new Cascade(step.blocks);
    case 'affine':
      return new Affine(step.convolution.name);
    case 'flatten':
      return new Dense(step.name, x => [x.shape[0], step.outputs]);
    case 'unflatten':
      return new Dense(step.name, x => [x.shape[0], ...step.outputs]);
  }
}

function get<T extends tf.Tensor>(weights: Weights, name: string): T {
  const tensor = weights.get(name);
  if (!tensor) {
    throw new Error(`The network has no parameter ${name}.`);
  }
  return tensor as T;
}

/** A layer without parameters. */
function plain(
  apply: (x: tf.Tensor) => tf.Tensor,
  gradient: (dy: tf.Tensor) => tf.Tensor
): ILayer {
  return {
    apply,
    forward: x => ({ y: apply(x), saved: [], statistics: {} }),
    backward: (dy, _saved, _weights, wantsInput) => ({
      dx: wantsInput ? gradient(dy) : null,
      parameters: {}
    })
  };
}

class Dense implements ILayer {
  constructor(name: string, shape: (x: tf.Tensor) => number[]) {
    this._name = name;
    this._shape = shape;
  }

  apply(x: tf.Tensor, weights: Weights): tf.Tensor {
    const weight = get(weights, `${this._name}.weight`);
    const bias = get(weights, `${this._name}.bias`);
    return tf.reshape(dense(x, weight, bias, this._flattens), this._shape(x));
  }

  forward(x: tf.Tensor, weights: Weights): IPass {
    return { y: this.apply(x, weights), saved: [x], statistics: {} };
  }

  backward(
    dy: tf.Tensor,
    [x]: readonly tf.Tensor[],
    weights: Weights
  ): IGradients {
    const weight = get(weights, `${this._name}.weight`);
    const gradients = denseGradients(dy, x, weight, this._flattens);
    return {
      dx: gradients.dx,
      parameters: {
        [`${this._name}.weight`]: gradients.weight,
        [`${this._name}.bias`]: gradients.bias
      }
    };
  }

  private get _flattens(): boolean {
    return this._name === 'enc_fc';
  }

  private readonly _name: string;
  private readonly _shape: (x: tf.Tensor) => number[];
}

/** Convolution, leaky ReLU, batch norm. */
class Block implements ILayer {
  constructor(block: IBlock) {
    this._block = block;
  }

  apply(x: tf.Tensor, weights: Weights): tf.Tensor {
    return normRunning(
      convolveAndLeak(x as tf.Tensor4D, ...this._convolution(weights)),
      this._block,
      weights
    );
  }

  forward(x: tf.Tensor, weights: Weights): IPass {
    const a = convolveAndLeak(x as tf.Tensor4D, ...this._convolution(weights));
    const pass = normBatch(a, this._block, weights);
    return {
      y: pass.y,
      saved: [x, a, pass.centred, pass.inverse, pass.scale],
      statistics: statistics(this._block, pass)
    };
  }

  backward(
    dy: tf.Tensor,
    saved: readonly tf.Tensor[],
    weights: Weights,
    wantsInput: boolean
  ): IGradients {
    const [x, a, centred] = saved as readonly tf.Tensor4D[];
    const [inverse, scale] = saved.slice(3) as tf.Tensor1D[];
    const norm = normGradients(dy as tf.Tensor4D, { centred, inverse, scale });
    const dp = leakGradient(norm.dx, a);
    return blockGradients(this._block, x, dp, norm, weights, wantsInput);
  }

  private _convolution(
    weights: Weights
  ): [tf.Tensor4D, tf.Tensor1D, readonly [number, number]] {
    return convolutionOf(this._block, weights);
  }

  private readonly _block: IBlock;
}

/**
 * Blocks one after another; the output is the sum of what every convolution,
 * leaky ReLU and batch norm in them gives.
 */
class Cascade implements ILayer {
  constructor(blocks: readonly IBlock[]) {
    this._blocks = blocks;
  }

  apply(x: tf.Tensor, weights: Weights): tf.Tensor {
    let h = x as tf.Tensor4D;
    const terms: tf.Tensor4D[] = [];
    for (const block of this._blocks) {
      const c = convolve(h, ...convolutionOf(block, weights));
      const a = leak(c);
      h = normRunning(a, block, weights);
      terms.push(c, a, h);
    }
    return sum(terms);
  }

  forward(x: tf.Tensor, weights: Weights): IPass {
    let h = x as tf.Tensor4D;
    const terms: tf.Tensor4D[] = [];
    const saved: tf.Tensor[] = [];
    const statisticsOfAll: NamedTensors = {};
    for (const block of this._blocks) {
      const c = convolve(h, ...convolutionOf(block, weights));
      const a = leak(c);
      const pass = normBatch(a, block, weights);
      saved.push(h, c, pass.centred, pass.inverse, pass.scale);
      Object.assign(statisticsOfAll, statistics(block, pass));
      h = pass.y;
      terms.push(c, a, h);
    }
    return { y: sum(terms), saved, statistics: statisticsOfAll };
  }

  backward(
    dy: tf.Tensor,
    saved: readonly tf.Tensor[],
    weights: Weights
  ): IGradients {
    const sum = dy as tf.Tensor4D;
    const parameters: NamedTensors = {};
    let next: tf.Tensor4D | null = null;
    for (let i = this._blocks.length - 1; i >= 0; i--) {
      const [x, c, centred] = saved.slice(5 * i) as tf.Tensor4D[];
      const [inverse, scale] = saved.slice(5 * i + 3) as tf.Tensor1D[];
      const following: tf.Tensor4D | null = next;
      const gradients: IGradients = tf.tidy(() => {
        const dh: tf.Tensor4D = following ? tf.add(sum, following) : sum;
        const norm = normGradients(dh, { centred, inverse, scale });
        const dc: tf.Tensor4D = tf.add(
          leakGradient(tf.add(norm.dx, sum), c),
          sum
        );
        return {
          ...blockGradients(this._blocks[i], x, dc, norm, weights, true)
        } as unknown as tf.TensorContainer;
      }) as unknown as IGradients;
      tf.dispose([c, centred, ...(following ? [following] : [])]);
      Object.assign(parameters, gradients.parameters);
      next = gradients.dx as tf.Tensor4D;
    }
    return { dx: next, parameters };
  }

  private readonly _blocks: readonly IBlock[];
}

/** The last layer: one number times x plus one number. */
class Affine implements ILayer {
  constructor(name: string) {
    this._name = name;
  }

  apply(x: tf.Tensor, weights: Weights): tf.Tensor {
    return tf.add(
      tf.mul(x, tf.reshape(get(weights, `${this._name}.weight`), [1])),
      get(weights, `${this._name}.bias`)
    );
  }

  forward(x: tf.Tensor, weights: Weights): IPass {
    return { y: this.apply(x, weights), saved: [x], statistics: {} };
  }

  backward(
    dy: tf.Tensor,
    [x]: readonly tf.Tensor[],
    weights: Weights
  ): IGradients {
    const weight = get(weights, `${this._name}.weight`);
    return {
      dx: tf.mul(dy, tf.reshape(weight, [1])),
      parameters: {
        [`${this._name}.weight`]: tf.reshape(
          tf.sum(tf.mul(dy, x)),
          weight.shape
        ),
        [`${this._name}.bias`]: tf.reshape(tf.sum(dy), [1])
      }
    };
  }

  private readonly _name: string;
}

/** Terms that a kernel takes at once: WebGPU grants 8 buffers, one for the output. */
const MOST_TERMS = 7;

/** The sum of tensors of one shape. */
function sum(terms: readonly tf.Tensor4D[]): tf.Tensor4D {
  let total = tf.addN(terms.slice(0, MOST_TERMS));
  for (let i = MOST_TERMS; i < terms.length; i += MOST_TERMS - 1) {
    total = tf.addN([total, ...terms.slice(i, i + MOST_TERMS - 1)]);
  }
  return total;
}

function convolutionOf(
  block: IBlock,
  weights: Weights
): [tf.Tensor4D, tf.Tensor1D, readonly [number, number]] {
  const { name, dilation } = block.convolution;
  return [
    get(weights, `${name}.weight`),
    get(weights, `${name}.bias`),
    dilation
  ];
}

function normBatch(
  x: tf.Tensor4D,
  block: IBlock,
  weights: Weights
): ReturnType<typeof normalise> {
  return normalise(
    x,
    get(weights, `${block.norm}.weight`),
    get(weights, `${block.norm}.bias`)
  );
}

function normRunning(
  x: tf.Tensor4D,
  block: IBlock,
  weights: Weights
): tf.Tensor4D {
  return normaliseByRunning(
    x,
    get(weights, `${block.norm}.weight`),
    get(weights, `${block.norm}.bias`),
    get(weights, `${block.norm}.running_mean`),
    get(weights, `${block.norm}.running_var`)
  );
}

function statistics(
  block: IBlock,
  { centred, mean, variance }: ReturnType<typeof normalise>
): NamedTensors {
  const [n, h, w] = centred.shape;
  const count = n * h * w;
  return {
    [`${block.norm}.running_mean`]: mean,
    // The running variance takes the unbiased one.
    [`${block.norm}.running_var`]: tf.mul(
      variance,
      constant(count / Math.max(1, count - 1))
    )
  };
}

function blockGradients(
  block: IBlock,
  x: tf.Tensor4D,
  dp: tf.Tensor4D,
  norm: { weight: tf.Tensor1D; bias: tf.Tensor1D },
  weights: Weights,
  wantsInput: boolean
): IGradients {
  const { name, kernel, dilation } = block.convolution;
  return {
    dx: wantsInput
      ? inputGradient(dp, get(weights, `${name}.weight`), dilation)
      : null,
    parameters: {
      [`${name}.weight`]: filterGradient(x, dp, kernel, dilation),
      [`${name}.bias`]: biasGradient(dp),
      [`${block.norm}.weight`]: norm.weight,
      [`${block.norm}.bias`]: norm.bias
    }
  };
}
