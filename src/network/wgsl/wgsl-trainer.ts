/**
 * Training of one network by the WGSL kernels: all windows lie on the device
 * from the start, and an epoch takes nothing from the host but the order of its
 * windows and the numbers of its steps.
 */
import { unscale } from '../../signal/scaling';
import { permutation } from '../../signal/random';
import type { IHistory, IRange } from '../../signal/types';
import type { IArchitecture } from '../architecture';
import { features, ranges, targets } from '../data';
import { batchEnds, resumeOf, startOf, type ITrainer } from '../training';
import type { IEvaluation, IResume, ITrainRequest, Parameters } from '../types';
import { Engine } from './engine';
import { MOST_BATCHES } from './gpu';
import { engineProblem } from './limits';

/** Milliseconds that one submission may keep the GPU from drawing the page. */
const SUBMISSION = 16;

/** The windows of a request, each once, and where each list of them finds its own. */
export interface IRowPlan {
  /** Positions of the rows, ascending. */
  readonly positions: Int32Array;
  readonly train: Int32Array;
  readonly test: Int32Array;
  readonly evaluate: Int32Array;
}

/** Numbers the windows that a request trains on, tests and evaluates. */
export function planRows(request: ITrainRequest): IRowPlan {
  const { train, test, evaluate } = request;
  const positions = Int32Array.from(
    new Set([...train, ...test, ...evaluate])
  ).sort();
  const row = new Map(Array.from(positions, (position, i) => [position, i]));
  const rowsOf = (list: Int32Array): Int32Array =>
    list.map(position => row.get(position)!);
  return {
    positions,
    train: rowsOf(train),
    test: rowsOf(test),
    evaluate: rowsOf(evaluate)
  };
}

/** Samples of an epoch's largest batch. */
export function largestBatch({ train, batchSize }: ITrainRequest): number {
  const ends = batchEnds(train.length, batchSize);
  return Math.max(...ends.map((end, i) => end - (ends[i - 1] ?? 0)));
}

/** Why a request cannot be trained by these kernels on a device; '' where it can. */
export function wgslTrainerProblem(
  plan: IArchitecture,
  limits: GPUSupportedLimits,
  request: ITrainRequest
): string {
  const { train, test, evaluate } = request;
  const rows = new Set([...train, ...test, ...evaluate]).size;
  return engineProblem(plan, limits, largestBatch(request), rows);
}

export class WgslTrainer implements ITrainer {
  /** Uploads the data and compiles; rejects where the device refuses either. */
  static async create(
    device: GPUDevice,
    plan: IArchitecture,
    request: ITrainRequest
  ): Promise<WgslTrainer> {
    const { spec, dataset, train, test, evaluate } = request;
    const rows = planRows(request);
    const { parameters, adam, history } = startOf(plan, request);
    const engine = await Engine.create(device, {
      plan,
      parameters,
      adam,
      rows: {
        n: rows.positions.length,
        features: features(spec, dataset, rows.positions),
        targets: targets(spec, dataset, rows.positions)
      },
      most: largestBatch(request),
      learningRate: request.learningRate,
      order: train.length + test.length + evaluate.length
    });
    engine.setOrder(rows.test, train.length);
    engine.setOrder(rows.evaluate, train.length + test.length);
    return new WgslTrainer(engine, request, rows.train, history);
  }

  private constructor(
    engine: Engine,
    request: ITrainRequest,
    train: Int32Array,
    readonly history: IHistory & { train: number[]; test: number[] }
  ) {
    this._engine = engine;
    this._train = train;
    this._tests = request.test.length;
    this._evaluated = request.evaluate.length;
    this._most = largestBatch(request);
    this._ends = batchEnds(train.length, request.batchSize);
    this._seed = request.seed;
    this._range = ranges(request.spec, request.dataset.scaling).targets;
    const { resume } = request;
    if (resume?.begun) {
      this._shuffle();
      engine.load(resume, resume.begun.loss);
      this._step = resume.begun.step;
    }
  }

  get epoch(): number {
    return this.history.train.length;
  }

  get stepInEpoch(): number {
    return this._step;
  }

  get steps(): number {
    return this._ends.length;
  }

  get diverged(): boolean {
    return this._diverged;
  }

  get epochDone(): boolean {
    return this._step === this.steps;
  }

  get stepsAhead(): number {
    return this._ahead;
  }

  step(): void {
    if (this._step === 0) {
      this._shuffle();
    }
    const start = this._step === 0 ? 0 : this._ends[this._step - 1];
    const size = this._ends[this._step] - start;
    this._engine.step(start, size, size / this._train.length);
    this._step++;
    this._unsettled++;
  }

  async finishEpoch(): Promise<void> {
    const engine = this._engine;
    engine.prepare();
    for (let start = 0; start < this._tests; start += this._most) {
      const size = Math.min(this._most, this._tests - start);
      engine.test(this._train.length + start, size, size / this._tests);
      await engine.settle();
    }
    const { train, test, finite } = await engine.losses();
    this._step = 0;
    this._settled = 0;
    if (!finite || !Number.isFinite(train) || !Number.isFinite(test)) {
      this._diverged = true;
      engine.restore();
      return;
    }
    this.history.train.push(train);
    this.history.test.push(this._tests > 0 ? test : NaN);
    engine.keep();
  }

  abandonEpoch(): void {
    this._engine.restore();
    this._step = 0;
    this._settled = 0;
  }

  async settle(): Promise<void> {
    await this._engine.settle();
    const now = performance.now();
    // The first wait of an epoch has no submission in front of it to measure by.
    if (this._settled > 0) {
      const step = (now - this._settled) / Math.max(1, this._unsettled);
      this._ahead = Math.max(
        1,
        Math.min(MOST_BATCHES, Math.floor(SUBMISSION / step))
      );
    }
    this._settled = now;
    this._unsettled = 0;
  }

  async evaluate(): Promise<IEvaluation> {
    const { latents, predictions } = await this._engine.evaluateAll(
      this._train.length + this._tests,
      this._evaluated
    );
    return {
      epoch: this.epoch,
      latents,
      predictions: unscale(predictions, this._range, predictions)
    };
  }

  async decode(latents: Float32Array, n: number): Promise<Float32Array> {
    const scaled = await this._engine.decodeAll(latents, n);
    // This was no step to measure by.
    this._settled = 0;
    return unscale(scaled, this._range, scaled);
  }

  readParameters(): Promise<Parameters> {
    return this._engine.read();
  }

  async checkpoint(): Promise<IResume> {
    const engine = this._engine;
    const state = await engine.readState();
    // Not asked for between two epochs, when the sums are those of the last one.
    const loss = this._step > 0 ? (await engine.losses()).train : 0;
    // This was no step to measure by.
    this._settled = 0;
    return resumeOf(this, state, loss, () => engine.readState(true));
  }

  dispose(): void {
    this._engine.dispose();
  }

  private _shuffle(): void {
    const order = permutation(
      this._seed,
      'epoch',
      this.epoch,
      this._train.length
    );
    this._engine.setOrder(Int32Array.from(order, i => this._train[i]));
    this._engine.clearLosses();
  }

  private readonly _engine: Engine;
  /** Rows of the training windows, in the request's order. */
  private readonly _train: Int32Array;
  private readonly _tests: number;
  private readonly _evaluated: number;
  private readonly _most: number;
  private readonly _ends: readonly number[];
  private readonly _seed: number;
  private readonly _range: IRange;
  private _step = 0;
  private _diverged = false;
  /** One to begin with: how long a step takes is not known yet. */
  private _ahead = 1;
  /** Steps since the last wait, and when that ended; 0 before an epoch's first. */
  private _unsettled = 0;
  private _settled = 0;
}
