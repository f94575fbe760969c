/** A network in WGSL on a device: its data set, training steps, and evaluation. */
import type { IArchitecture } from '../architecture';
import type { IAdamState } from '../optimiser';
import type { Parameters } from '../types';
import {
  Gpu,
  MOST_BATCHES,
  type IBatch,
  type ICopy,
  type IKernel,
  type IProgram
} from './gpu';
import { featurePlane } from './limits';
import { pooled, type IRowData } from './rows';
import { ProgramBuilder, type IProgramBuffers } from './program';
import { adamRate, finiteKernel, updateKernel, type Update } from './update';

export interface IEngineOptions {
  readonly plan: IArchitecture;
  readonly parameters: Parameters;
  readonly rows: IRowData;
  /** Samples of the largest batch. */
  readonly most: number;
  readonly learningRate: number;
  /** Plain gradient descent in place of Adam. */
  readonly descent?: boolean;
  /** Length of the longest list of rows. */
  readonly order: number;
}

/** Floats of an evaluation that are read back at once: 16 MiB. */
const COLLECTED = 1 << 22;

export class Engine {
  static async create(
    device: GPUDevice,
    options: IEngineOptions
  ): Promise<Engine> {
    const gpu = new Gpu(device);
    try {
      return await gpu.guard(async () => {
        const engine = new Engine(gpu, options);
        await engine._build(options);
        return engine;
      });
    } catch (error) {
      gpu.dispose();
      throw error;
    }
  }

  private constructor(gpu: Gpu, options: IEngineOptions) {
    const { plan, parameters, rows, most } = options;
    this._gpu = gpu;
    this._plan = plan;
    this._most = most;
    this._rate = options.learningRate;
    this._descent = options.descent ?? false;
    const pool = plan.encoder.find(step => step.op === 'pool');
    const features = pool
      ? pooled(rows.features, rows.n, pool.size)
      : rows.features;
    this._order = gpu.buffer(options.order, 'order');
    const upload = (values: Float32Array, label: string): GPUBuffer => {
      const buffer = gpu.buffer(values.length, label);
      gpu.write(buffer, values);
      return buffer;
    };
    this._builder = new ProgramBuilder(gpu, plan, most, {
      features: { values: upload(features, 'features'), order: this._order },
      targets: { values: upload(rows.targets, 'targets'), order: this._order },
      plane: featurePlane(plan)
    });
    const { shared } = this.buffers;
    gpu.write(shared.params, this._builder.trained.pack(parameters));
    gpu.write(shared.running, this._builder.runningLayout.pack(parameters));
    this._kept = [
      gpu.buffer(this._builder.trained.size, 'kept params'),
      gpu.buffer(this._builder.runningLayout.size, 'kept running')
    ];
    this.keep();
  }

  /** Steps of the optimiser so far. */
  get steps(): number {
    return this._step;
  }

  get buffers(): IProgramBuffers {
    return this._builder.buffers;
  }

  /** Which rows the following batches pick from, from a place in the order on. */
  setOrder(order: Int32Array, at = 0): void {
    this._flush();
    this._gpu.write(this._order, order, at);
  }

  /** Train on `n` rows of the order from `start` on. */
  step(start: number, n: number, share: number): void {
    this._step++;
    const { rate, epsilon } = this._descent
      ? { rate: this._rate, epsilon: 0 }
      : adamRate(this._rate, this._step);
    this._push(this._train, { n, start, rate, epsilon, share });
  }

  /** Gradients and prediction of a batch without a step; for tests. */
  gradients(start: number, n: number): void {
    this._push(this._pass, { n, start, rate: 0, epsilon: 0, share: 1 });
    this._push(this._sum, idle(n));
  }

  /** Make the running statistics those that evaluation uses. */
  prepare(): void {
    this._push(this._prepare, idle(1));
  }

  /** Evaluate rows of the order; the latents and predictions lie in the buffers afterwards. */
  evaluate(start: number, n: number): void {
    this._push(this._encode, idle(n, start));
    this._push(this._decode, idle(n, start));
  }

  /** Evaluate rows and add `share` of their mean squared error to the test loss. */
  test(start: number, n: number, share: number): void {
    this.evaluate(start, n);
    this._push(this._test, { ...idle(n, start), share });
  }

  /** (n, latents) and (n, target values) of the last evaluation. */
  async outputs(
    n: number
  ): Promise<{ latents: Float32Array; predictions: Float32Array }> {
    this._flush();
    const [h, w] = this._plan.output;
    const [latents, predictions] = await Promise.all([
      this._gpu.read(this.buffers.latents, n * this._plan.spec.latentDims),
      this._gpu.read(this.buffers.prediction, n * h * w)
    ]);
    return { latents, predictions };
  }

  /** The same for any number of rows of the order, a chunk at a time. */
  async evaluateAll(
    start: number,
    n: number
  ): Promise<{ latents: Float32Array; predictions: Float32Array }> {
    const [h, w] = this._plan.output;
    const widths = [this._plan.spec.latentDims, h * w];
    const latents = new Float32Array(n * widths[0]);
    const predictions = new Float32Array(n * widths[1]);
    const together =
      this._most *
      Math.max(
        1,
        Math.floor(COLLECTED / (this._most * (widths[0] + widths[1])))
      );
    this.prepare();
    for (let done = 0; done < n; done += together) {
      const rows = Math.min(together, n - done);
      const found = await this._gpu.collect(
        rows * (widths[0] + widths[1]),
        staging => this._evaluateInto(staging, start + done, rows)
      );
      latents.set(found.subarray(0, rows * widths[0]), done * widths[0]);
      predictions.set(found.subarray(rows * widths[0]), done * widths[1]);
    }
    return { latents, predictions };
  }

  /** Targets for latents (n, latents), n at most the largest batch. */
  async decode(latents: Float32Array, n: number): Promise<Float32Array> {
    this._flush();
    this._gpu.write(this.buffers.latents, latents);
    this._push(this._decode, idle(n));
    return (await this.outputs(n)).predictions;
  }

  /** [training loss of the epoch, test loss, loss of the last batch], and whether all weights are finite. */
  async losses(): Promise<{
    train: number;
    test: number;
    last: number;
    finite: boolean;
  }> {
    this._push(this._finite, idle(1));
    this._flush();
    const [train, test, last, broken] = await this._gpu.read(
      this.buffers.losses,
      4
    );
    return { train, test, last, finite: broken === 0 };
  }

  /** Start the sums of an epoch anew. */
  clearLosses(): void {
    this._flush();
    this._gpu.write(this.buffers.losses, new Float32Array(4));
  }

  /** Keep weights and running statistics as they are. */
  keep(): void {
    this._flush();
    const { params, running } = this.buffers.shared;
    this._gpu.copy(params, this._kept[0]);
    this._gpu.copy(running, this._kept[1]);
  }

  /** Go back to what was kept. */
  restore(): void {
    this._flush();
    const { params, running } = this.buffers.shared;
    this._gpu.copy(this._kept[0], params);
    this._gpu.copy(this._kept[1], running);
  }

  /** Weights and running statistics, or the gradients in the place of the weights. */
  async read(gradients = false): Promise<Parameters> {
    this._flush();
    const { params, grads, running } = this.buffers.shared;
    const { trained, runningLayout } = this._builder;
    const parameters: Parameters = new Map();
    trained.unpack(
      await this._gpu.read(gradients ? grads : params, trained.size),
      parameters
    );
    runningLayout.unpack(
      await this._gpu.read(running, runningLayout.size),
      parameters
    );
    return parameters;
  }

  /** What a later run needs to go on exactly. */
  async readAdam(): Promise<IAdamState | null> {
    this._flush();
    if (!this._adam) {
      return null;
    }
    const { size } = this._builder.trained;
    const [m, v] = await Promise.all([
      this._gpu.read(this._adam.m, size),
      this._gpu.read(this._adam.v, size)
    ]);
    return { m, v, steps: this._step };
  }

  /**
   * Submits what was asked for and resolves when what the last call submitted is
   * done: the device has work while the next steps are written down.
   */
  async settle(): Promise<void> {
    this._flush();
    const before = this._submitted;
    this._submitted = this._gpu.done();
    await before;
  }

  dispose(): void {
    this._queue.length = 0;
    this._gpu.dispose();
  }

  private async _build({ descent }: IEngineOptions): Promise<void> {
    const kernels = this._builder.kernels();
    const { size } = this._builder.trained;
    const gpu = this._gpu;
    this._adam = descent
      ? null
      : { m: gpu.buffer(size, 'adam m'), v: gpu.buffer(size, 'adam v') };
    const { shared, losses } = this.buffers;
    const table = shared.pieceAt.records(this._builder.trained);
    const records = gpu.buffer(table.length, 'records of pieces');
    gpu.write(records, table);
    const update: Update = this._adam
      ? { kind: 'adam', ...this._adam }
      : { kind: 'descent' };
    const updating = (how: Update): IKernel[] => [
      updateKernel(size, records, how, shared)
    ];
    const sizes = { params: size, running: this._builder.runningLayout.size };
    [
      this._pass,
      this._prepare,
      this._encode,
      this._decode,
      this._test,
      this._train,
      this._sum,
      this._finite
    ] = await Promise.all([
      gpu.build([...kernels.train, ...kernels.predict]),
      gpu.build(kernels.prepare),
      gpu.build(kernels.encode),
      gpu.build(kernels.decode),
      gpu.build(kernels.test),
      gpu.build([...kernels.train, ...updating(update)]),
      gpu.build(updating({ kind: 'none' })),
      gpu.build([finiteKernel(sizes, losses, shared)])
    ]);
  }

  /** Latents of all rows, then their predictions, into `staging`. */
  private async _evaluateInto(
    staging: GPUBuffer,
    start: number,
    n: number
  ): Promise<void> {
    const { latents, prediction } = this.buffers;
    const [h, w] = this._plan.output;
    const { latentDims } = this._plan.spec;
    for (let done = 0; done < n; done += this._most) {
      const rows = Math.min(this._most, n - done);
      this.evaluate(start + done, rows);
      this._flush([
        {
          from: latents,
          to: staging,
          at: done * latentDims,
          size: rows * latentDims
        },
        {
          from: prediction,
          to: staging,
          at: n * latentDims + done * h * w,
          size: rows * h * w
        }
      ]);
      await this.settle();
    }
  }

  private _push(program: IProgram, batch: IBatch): void {
    if (batch.n > this._most) {
      throw new RangeError(
        `A batch of ${batch.n} samples; the buffers hold ${this._most}.`
      );
    }
    this._queue.push([program, batch]);
    if (this._queue.length === MOST_BATCHES) {
      this._flush();
    }
  }

  private _flush(copies?: readonly ICopy[]): void {
    if (this._queue.length > 0) {
      this._gpu.submit(this._queue.splice(0), copies);
    }
  }

  private readonly _gpu: Gpu;
  private readonly _plan: IArchitecture;
  private readonly _most: number;
  private readonly _rate: number;
  private readonly _descent: boolean;
  private readonly _builder: ProgramBuilder;
  private readonly _order: GPUBuffer;
  private readonly _kept: readonly [GPUBuffer, GPUBuffer];
  private readonly _queue: (readonly [IProgram, IBatch])[] = [];
  private _adam: { m: GPUBuffer; v: GPUBuffer } | null = null;
  private _train!: IProgram;
  private _pass!: IProgram;
  private _sum!: IProgram;
  private _prepare!: IProgram;
  private _encode!: IProgram;
  private _decode!: IProgram;
  private _test!: IProgram;
  private _finite!: IProgram;
  private _submitted: Promise<undefined> = Promise.resolve(undefined);
  private _step = 0;
}

function idle(n: number, start = 0): IBatch {
  return { n, start, rate: 0, epsilon: 0, share: 0 };
}
