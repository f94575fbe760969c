/**
 * Training of one network through TF.js, step by step.
 *
 * `step()` is all there is: whoever calls it decides when to pause, stop, report
 * or evaluate. Nothing is read back from the device but one loss an epoch.
 */
import * as tf from '@tensorflow/tfjs-core';
import { permutation } from '../signal/random';
import type { IHistory } from '../signal/types';
import type { IArchitecture } from './architecture';
import { constant } from './constants';
import type { IPart } from './data';
import { evaluatePositions, evaluationChunk, Predictor } from './inference';
import { Network, type ITrainingPass } from './network';
import type { IOptimiser } from './optimiser';
import { NetworkState, type ISnapshot } from './state';
import { batchEnds, resumeOf, type ITrainer } from './training';
import type {
  IDataset,
  IEvaluation,
  IResume,
  ITrainedState,
  Parameters
} from './types';

export interface ITrainerOptions {
  readonly plan: IArchitecture;
  readonly parameters: Parameters;
  /** Owned by the trainer from here on. */
  readonly optimiser: IOptimiser;
  readonly train: IPart;
  readonly test: IPart | null;
  /** Whether the parts go with the trainer; by default they stay their owner's. */
  readonly ownsParts?: boolean;
  /** What `evaluate` is about. */
  readonly evaluated?: {
    readonly dataset: IDataset;
    readonly positions: Int32Array;
  };
  readonly batchSize: number;
  readonly seed: number;
  /** Losses of the epochs behind a run that goes on. */
  readonly history?: IHistory;
  /** Where it goes on within an epoch. */
  readonly resume?: IResume;
}

/** Steps given to a GPU before waiting for it, so that the page still draws. */
const STEPS_AHEAD = 8;

export class Trainer implements ITrainer {
  constructor(options: ITrainerOptions) {
    this._network = new Network(options.plan);
    this._state = new NetworkState(options.plan, options.parameters);
    this._optimiser = options.optimiser;
    this._train = options.train;
    this._test = options.test;
    this._ownsParts = options.ownsParts ?? false;
    this._evaluated = options.evaluated ?? null;
    this._seed = options.seed;
    this._ends = batchEnds(options.train.n, options.batchSize);
    this._history = {
      train: [...(options.history?.train ?? [])],
      test: [...(options.history?.test ?? [])]
    };
    this._kept = this._state.snapshot();
    this._loss = tf.tidy(() => tf.variable(tf.scalar(0)));
    const { resume } = options;
    if (resume?.begun) {
      this._shuffle();
      this._state.load(resume.parameters);
      if (resume.adam) {
        this._optimiser.load(resume.adam);
      }
      const { step, loss } = resume.begun;
      this._step = step;
      tf.tidy(() => this._loss.assign(tf.scalar(loss)));
    }
  }

  get network(): Network {
    return this._network;
  }

  get state(): NetworkState {
    return this._state;
  }

  get epoch(): number {
    return this._history.train.length;
  }

  get stepInEpoch(): number {
    return this._step;
  }

  get steps(): number {
    return this._ends.length;
  }

  get history(): IHistory {
    return this._history;
  }

  get diverged(): boolean {
    return this._diverged;
  }

  get stepsAhead(): number {
    return STEPS_AHEAD;
  }

  step(): void {
    if (this._step === 0) {
      this._shuffle();
    }
    const start = this._step === 0 ? 0 : this._ends[this._step - 1];
    const size = this._ends[this._step] - start;
    tf.tidy(() => {
      const rows = tf.slice(this._order!, [start], [size]);
      const pass = this.trainOn(
        tf.gather(this._train.x, rows),
        tf.gather(this._train.y, rows)
      );
      this._loss.assign(
        tf.add(this._loss, tf.mul(pass.loss, constant(size / this._train.n)))
      );
    });
    this._step++;
  }

  get epochDone(): boolean {
    return this._step === this.steps;
  }

  /** One optimiser step on a batch. To be called within `tf.tidy`. */
  trainOn(x: tf.Tensor, y: tf.Tensor): ITrainingPass {
    const pass = this._network.train(x, y, this._state.weights(false));
    this._optimiser.apply(
      this._state.trained,
      this._state.flatten(pass.gradients)
    );
    this._state.blend(pass.statistics);
    return pass;
  }

  /**
   * Where something is not finite the weights go back to the last finite epoch
   * and the history does not grow.
   */
  async finishEpoch(): Promise<void> {
    const numbers = tf.tidy(() =>
      tf.stack([
        this._loss,
        this._testLoss(),
        // Finite only if every weight and statistic is.
        tf.add(tf.sum(this._state.trained), tf.sum(this._state.running))
      ])
    );
    const [train, test, weights] = await numbers.data();
    numbers.dispose();
    this._startEpoch();
    const finite =
      Number.isFinite(train) &&
      Number.isFinite(weights) &&
      (!this._test || Number.isFinite(test));
    if (!finite) {
      this._diverged = true;
      this._restore();
      return;
    }
    this._history.train.push(train);
    this._history.test.push(this._test ? test : NaN);
    tf.dispose([this._kept.trained, this._kept.running]);
    this._kept = this._state.snapshot();
    this._optimiser.keep();
  }

  abandonEpoch(): void {
    this._restore();
    this._startEpoch();
  }

  async settle(): Promise<void> {
    await this._loss.data();
  }

  async evaluate(): Promise<IEvaluation> {
    if (!this._evaluated) {
      throw new Error('The trainer was given nothing to evaluate.');
    }
    const { dataset, positions } = this._evaluated;
    return evaluatePositions(
      this._network,
      this._state,
      dataset,
      positions,
      this.epoch
    );
  }

  decode(latents: Float32Array, n: number): Promise<Float32Array> {
    if (!this._evaluated) {
      return Promise.reject(new Error('The trainer was given no data units.'));
    }
    const { scaling } = this._evaluated.dataset;
    const predictor = new Predictor(this._network, this._state, scaling);
    return predictor.decode(latents, n);
  }

  readParameters(): Promise<Parameters> {
    return this._state.read();
  }

  async checkpoint(): Promise<IResume> {
    const read = async (kept: boolean): Promise<ITrainedState> => ({
      parameters: await this._state.read(kept ? this._kept : undefined),
      adam: await this._optimiser.read(kept)
    });
    const [loss] = await this._loss.data();
    return resumeOf(this, await read(false), loss, () => read(true));
  }

  dispose(): void {
    if (this._ownsParts) {
      tf.dispose([this._train.x, this._train.y]);
      tf.dispose(this._test ? [this._test.x, this._test.y] : []);
    }
    this._state.dispose();
    this._optimiser.dispose();
    tf.dispose([this._kept.trained, this._kept.running, this._loss]);
    this._order?.dispose();
    this._order = null;
  }

  /** To the end of the last complete epoch. */
  private _restore(): void {
    this._state.restore(this._kept);
    this._optimiser.restore();
  }

  private _startEpoch(): void {
    this._step = 0;
    tf.tidy(() => this._loss.assign(tf.scalar(0)));
  }

  private _shuffle(): void {
    this._order?.dispose();
    const order = permutation(this._seed, 'epoch', this.epoch, this._train.n);
    this._order = tf.tensor1d(Int32Array.from(order), 'int32');
  }

  /** Eval-mode mean squared error of the test part; 0 where there is none. */
  private _testLoss(): tf.Scalar {
    const test = this._test;
    if (!test) {
      return tf.scalar(0);
    }
    const chunk = evaluationChunk(this._network.plan.spec);
    const weights = this._state.weights();
    let sum = tf.scalar(0);
    for (let start = 0; start < test.n; start += chunk) {
      const size = Math.min(chunk, test.n - start);
      const before = sum;
      sum = tf.tidy(() => {
        const x = tf.slice(test.x, [start, 0], [size, -1]);
        const y = tf.slice(test.y, [start, 0], [size, -1]);
        const z = this._network.encode(x, weights);
        const output = this._network.decode(z, weights);
        return tf.add(before, tf.sum(tf.squaredDifference(output, y)));
      });
    }
    return tf.mul(sum, constant(1 / test.y.size));
  }

  private readonly _network: Network;
  private readonly _state: NetworkState;
  private readonly _optimiser: IOptimiser;
  private readonly _train: IPart;
  private readonly _test: IPart | null;
  private readonly _ownsParts: boolean;
  private readonly _evaluated: ITrainerOptions['evaluated'] | null;
  private readonly _seed: number;
  private readonly _ends: number[];
  private readonly _loss: tf.Variable;
  private readonly _history: IHistory;
  private _order: tf.Tensor1D | null = null;
  private _kept: ISnapshot;
  private _step = 0;
  private _diverged = false;
}
