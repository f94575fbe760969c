/** Training of one network by the WebAssembly kernels: nothing is allocated in a step. */
import { permutation } from '../../signal/random';
import { unscale } from '../../signal/scaling';
import type { IHistory, IRange } from '../../signal/types';
import type { IArchitecture } from '../architecture';
import { features, ranges, targets } from '../data';
import { batchEnds, resumeOf, startOf, type ITrainer } from '../training';
import type { IEvaluation, IResume, ITrainRequest, Parameters } from '../types';
import { largestBatch, planRows, type IRowPlan } from '../wgsl/wgsl-trainer';
import type { IRowData } from '../wgsl/rows';
import { Engine, engineRows, type ISnapshot } from './engine';

export class WasmTrainer implements ITrainer {
  /** Rejects where the kernels do not load, and with a MemoryProblem where memory is short. */
  static async create(
    plan: IArchitecture,
    request: ITrainRequest
  ): Promise<WasmTrainer> {
    const { learningRate } = request;
    const { parameters, adam, history } = startOf(plan, request);
    const engine = await Engine.create({
      plan,
      parameters,
      adam,
      most: largestBatch(request),
      learningRate
    });
    return new WasmTrainer(engine, plan, request, history);
  }

  private constructor(
    engine: Engine,
    plan: IArchitecture,
    request: ITrainRequest,
    readonly history: IHistory & { train: number[]; test: number[] }
  ) {
    const { spec, dataset, train, batchSize, seed } = request;
    const numbers = planRows(request);
    this._engine = engine;
    this._numbers = numbers;
    this._rows = engineRows(plan, {
      n: numbers.positions.length,
      features: features(spec, dataset, numbers.positions),
      targets: targets(spec, dataset, numbers.positions)
    });
    this._targetSize = plan.output[0] * plan.output[1];
    this._latentDims = spec.latentDims;
    this._ends = batchEnds(train.length, batchSize);
    this._seed = seed;
    this._range = ranges(spec, dataset.scaling).targets;
    this._order = numbers.train;
    this._kept = engine.snapshot();
    const { resume } = request;
    if (resume?.begun) {
      engine.load(resume);
      this._shuffle();
      this._step = resume.begun.step;
      this._loss = resume.begun.loss;
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

  /** A step is done when `step` returns. */
  get stepsAhead(): number {
    return 1;
  }

  step(): void {
    if (this._step === 0) {
      this._shuffle();
    }
    const start = this._step === 0 ? 0 : this._ends[this._step - 1];
    const batch = this._order.subarray(start, this._ends[this._step]);
    const share = batch.length / this._order.length;
    this._loss += share * this._engine.step(this._rows, batch);
    this._step++;
  }

  async finishEpoch(): Promise<void> {
    const train = this._loss;
    const test = this._testLoss();
    this._startEpoch();
    const finite =
      Number.isFinite(train) &&
      this._engine.finite() &&
      (this._numbers.test.length === 0 || Number.isFinite(test));
    if (!finite) {
      this._diverged = true;
      this._engine.restore(this._kept);
      return;
    }
    this.history.train.push(train);
    this.history.test.push(test);
    this._kept = this._engine.snapshot();
  }

  abandonEpoch(): void {
    this._engine.restore(this._kept);
    this._startEpoch();
  }

  async settle(): Promise<void> {
    // Nothing is ever under way.
  }

  async evaluate(): Promise<IEvaluation> {
    const { evaluate } = this._numbers;
    const latents = new Float32Array(evaluate.length * this._latentDims);
    const predictions = new Float32Array(evaluate.length * this._targetSize);
    this._engine.prepare();
    this._eachBatch(evaluate, (batch, start) => {
      const found = this._engine.encode(this._rows, batch);
      latents.set(found, start * this._latentDims);
      predictions.set(this._engine.decode(found), start * this._targetSize);
    });
    return {
      epoch: this.epoch,
      latents,
      predictions: unscale(predictions, this._range, predictions)
    };
  }

  async decode(latents: Float32Array, n: number): Promise<Float32Array> {
    const { most } = this._engine;
    const decoded = new Float32Array(n * this._targetSize);
    this._engine.prepare();
    for (let start = 0; start < n; start += most) {
      const end = Math.min(n, start + most);
      const part = latents.subarray(
        start * this._latentDims,
        end * this._latentDims
      );
      decoded.set(this._engine.decode(part), start * this._targetSize);
    }
    return unscale(decoded, this._range, decoded);
  }

  async readParameters(): Promise<Parameters> {
    return this._engine.read();
  }

  async checkpoint(): Promise<IResume> {
    return resumeOf(this, this._engine.readState(), this._loss, () =>
      this._engine.readState(this._kept)
    );
  }

  dispose(): void {
    this._engine.dispose();
  }

  private _startEpoch(): void {
    this._step = 0;
    this._loss = 0;
  }

  private _shuffle(): void {
    const { train } = this._numbers;
    const order = permutation(this._seed, 'epoch', this.epoch, train.length);
    this._order = Int32Array.from(order, i => train[i]);
  }

  /** Eval-mode mean squared error of the test windows; NaN where there is none. */
  private _testLoss(): number {
    const { test } = this._numbers;
    let sum = 0;
    this._engine.prepare();
    this._eachBatch(test, batch => {
      sum += this._engine.test(this._rows, batch);
    });
    return sum / (test.length * this._targetSize);
  }

  private _eachBatch(
    rows: Int32Array,
    visit: (batch: Int32Array, start: number) => void
  ): void {
    const { most } = this._engine;
    for (let start = 0; start < rows.length; start += most) {
      visit(rows.subarray(start, start + most), start);
    }
  }

  private readonly _engine: Engine;
  private readonly _numbers: IRowPlan;
  private readonly _rows: IRowData;
  private readonly _targetSize: number;
  private readonly _latentDims: number;
  private readonly _ends: readonly number[];
  private readonly _seed: number;
  private readonly _range: IRange;
  /** Rows of the epoch's windows, in its order. */
  private _order: Int32Array;
  private _kept: ISnapshot;
  private _step = 0;
  private _loss = 0;
  private _diverged = false;
}
