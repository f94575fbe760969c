/** Optimisers over one flat vector of weights. */
import * as tf from '@tensorflow/tfjs-core';
import { constant } from './constants';

export interface IOptimiser {
  /** Moves the weights (n) by a gradient (n). */
  apply(weights: tf.Variable, gradient: tf.Tensor): void;
  /** Keeps what the next step takes from the ones before it, for `restore`. */
  keep(): void;
  /** Goes back to what was kept. */
  restore(): void;
  /** Copies what a later run needs to go on exactly, from now or from what was kept; null where nothing is. */
  read(kept?: boolean): Promise<IAdamState | null>;
  /** Takes the memory of another run. */
  load(state: IAdamState): void;
  dispose(): void;
}

export const BETA_1 = 0.9;
export const BETA_2 = 0.999;
export const EPSILON = 1e-8;
/** Steps whose bias corrections are uploaded at once. */
const TABLE = 1024;

/** What Adam remembers between steps. */
export interface IAdamState {
  /** (n) running means of the gradient and of its square. */
  readonly m: Float32Array;
  readonly v: Float32Array;
  /** Steps done. */
  readonly steps: number;
}

/**
 * Adam (Kingma and Ba 2015) with PyTorch's bias correction: the step is
 * lr / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + eps).
 */
export class Adam implements IOptimiser {
  /** @param state - of a run that this one goes on with. */
  constructor(size: number, learningRate: number, state?: IAdamState) {
    const start = (values?: Float32Array): tf.Variable =>
      tf.tidy(() =>
        tf.variable(values ? tf.tensor1d(values) : tf.zeros([size]))
      );
    this._rate = learningRate;
    this._m = start(state?.m);
    this._v = start(state?.v);
    this._step = state?.steps ?? 0;
    this.keep();
  }

  keep(): void {
    tf.dispose(this._kept?.moments ?? []);
    this._kept = {
      moments: [this._m, this._v].map(each => tf.keep(tf.clone(each))),
      step: this._step
    };
  }

  restore(): void {
    const { moments, step } = this._kept!;
    tf.tidy(() => {
      this._m.assign(tf.clone(moments[0]));
      this._v.assign(tf.clone(moments[1]));
    });
    this._step = step;
  }

  async read(kept = false): Promise<IAdamState> {
    const { moments, step } = kept
      ? this._kept!
      : { moments: [this._m, this._v], step: this._step };
    const [m, v] = await Promise.all(moments.map(each => each.data()));
    return {
      m: Float32Array.from(m),
      v: Float32Array.from(v),
      steps: step
    };
  }

  load({ m, v, steps }: IAdamState): void {
    tf.tidy(() => {
      this._m.assign(tf.tensor1d(m));
      this._v.assign(tf.tensor1d(v));
    });
    this._step = steps;
  }

  apply(weights: tf.Variable, gradient: tf.Tensor): void {
    const row = this._step % TABLE;
    const first = this._step - row;
    if (!this._table || first !== this._tableFirst) {
      this._table?.dispose();
      this._table = tf.keep(this._corrections(first));
      this._tableFirst = first;
    }
    const table = this._table;
    this._step++;
    tf.tidy(() => {
      const rate = tf.reshape(tf.slice(table, [row, 0], [1, 1]), [1]);
      const epsilon = tf.reshape(tf.slice(table, [row, 1], [1, 1]), [1]);
      const m = tf.add(
        this._m,
        tf.mul(tf.sub(gradient, this._m), constant(1 - BETA_1))
      );
      const v = tf.add(
        tf.mul(this._v, constant(BETA_2)),
        tf.mul(tf.square(gradient), constant(1 - BETA_2))
      );
      this._m.assign(m);
      this._v.assign(v);
      const move = tf.mul(tf.div(m, tf.add(tf.sqrt(v), epsilon)), rate);
      weights.assign(tf.sub(weights, move));
    });
  }

  dispose(): void {
    this._m.dispose();
    this._v.dispose();
    tf.dispose(this._kept?.moments ?? []);
    this._table?.dispose();
  }

  /** (TABLE, 2) of rate and epsilon, both with the corrections drawn in. */
  private _corrections(first: number): tf.Tensor2D {
    const rows = new Float32Array(TABLE * 2);
    for (let i = 0; i < TABLE; i++) {
      const t = first + i + 1;
      const root = Math.sqrt(1 - Math.pow(BETA_2, t));
      rows[2 * i] = (this._rate * root) / (1 - Math.pow(BETA_1, t));
      rows[2 * i + 1] = EPSILON * root;
    }
    return tf.tensor2d(rows, [TABLE, 2]);
  }

  private readonly _rate: number;
  private readonly _m: tf.Variable;
  private readonly _v: tf.Variable;
  private _kept: {
    readonly moments: tf.Tensor[];
    readonly step: number;
  } | null = null;
  private _table: tf.Tensor2D | null = null;
  /** Steps in front of the table's first row. */
  private _tableFirst = 0;
  private _step: number;
}

/** Plain gradient descent, the oracle's second trajectory. */
export class GradientDescent implements IOptimiser {
  constructor(learningRate: number) {
    this._rate = learningRate;
  }

  apply(weights: tf.Variable, gradient: tf.Tensor): void {
    tf.tidy(() => {
      weights.assign(tf.sub(weights, tf.mul(gradient, constant(this._rate))));
    });
  }

  keep(): void {
    // It remembers nothing.
  }

  restore(): void {
    // It remembers nothing.
  }

  async read(): Promise<null> {
    return null;
  }

  load(): void {
    // It remembers nothing.
  }

  dispose(): void {
    // Holds no tensors.
  }

  private readonly _rate: number;
}
