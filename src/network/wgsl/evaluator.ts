/** A network in WGSL on a device: weights, rows of data, and evaluation. */
import type { IArchitecture } from '../architecture';
import type { Parameters } from '../types';
import { collected, type IOutputRows } from './collected';
import {
  Gpu,
  MOST_BATCHES,
  type IBatch,
  type ICopy,
  type IProgram
} from './gpu';
import { featurePlane } from './limits';
import { ProgramBuilder, type IKernels, type IProgramBuffers } from './program';
import { pooled, type IRowData } from './rows';

export interface IEvaluatorOptions {
  readonly plan: IArchitecture;
  readonly parameters: Parameters;
  readonly rows: IRowData;
  /** Samples of the largest batch. */
  readonly most: number;
  /** Length of the longest list of rows. */
  readonly order: number;
}

export class Evaluator {
  /** Rejects where the device refuses buffers or kernels. */
  static create(
    device: GPUDevice,
    options: IEvaluatorOptions
  ): Promise<Evaluator> {
    return started(device, async gpu => {
      const builder = builderOf(gpu, options, false);
      const evaluator = new Evaluator(gpu, builder, options);
      await evaluator.build(builder.kernels());
      return evaluator;
    });
  }

  protected constructor(
    gpu: Gpu,
    builder: ProgramBuilder,
    { plan, parameters, rows, most }: IEvaluatorOptions
  ) {
    this.gpu = gpu;
    this._plan = plan;
    this._most = most;
    this._builder = builder;
    const { shared, features, targets } = builder.buffers;
    gpu.write(features.values, rowsOf(plan, rows.features, rows.n));
    gpu.write(targets.values, rows.targets);
    gpu.write(shared.params, builder.trained.pack(parameters));
    gpu.write(shared.running, builder.runningLayout.pack(parameters));
  }

  readonly gpu: Gpu;

  get buffers(): IProgramBuffers {
    return this._builder.buffers;
  }

  /** Which rows the following batches pick from, from a place in the order on. */
  setOrder(order: Int32Array, at = 0): void {
    this.flush();
    this.gpu.write(this.buffers.features.order, order, at);
  }

  /** Make the running statistics those that evaluation uses. */
  prepare(): void {
    this.push(this._prepare, idle(1));
  }

  /** Evaluate rows of the order; the latents and predictions lie in the buffers afterwards. */
  evaluate(start: number, n: number): void {
    this.push(this._encode, idle(n, start));
    this.push(this._decode, idle(n, start));
  }

  /** (n, latents) and (n, target values) of the last evaluation. */
  async outputs(
    n: number
  ): Promise<{ latents: Float32Array; predictions: Float32Array }> {
    this.flush();
    const [latents, predictions] = await Promise.all(
      [this._latents, this._predictions].map(({ buffer, width }) =>
        this.gpu.read(buffer, n * width)
      )
    );
    return { latents, predictions };
  }

  /** The same for any number of rows of the order. */
  async evaluateAll(
    start: number,
    n: number
  ): Promise<{ latents: Float32Array; predictions: Float32Array }> {
    this.prepare();
    const outputs = [this._latents, this._predictions];
    const [latents, predictions] = await this._collect(outputs, n, (at, rows) =>
      this.evaluate(start + at, rows)
    );
    return { latents, predictions };
  }

  /**
   * (n, latents) and (n, target values) of n features, which take the place of
   * the rows; to be had where the rows are as many as the largest batch.
   */
  async predictAll(
    features: Float32Array,
    n: number
  ): Promise<{ latents: Float32Array; predictions: Float32Array }> {
    const outputs = [this._latents, this._predictions];
    const [latents, predictions] = await this._ofFeatures(
      features,
      n,
      outputs,
      rows => this.evaluate(0, rows)
    );
    return { latents, predictions };
  }

  /** (n, latents) of n features, as `predictAll`. */
  async encodeAll(features: Float32Array, n: number): Promise<Float32Array> {
    const [latents] = await this._ofFeatures(
      features,
      n,
      [this._latents],
      rows => this.push(this._encode, idle(rows))
    );
    return latents;
  }

  /** (n, target values) of (n, latents), any number of them, by the weights as they are. */
  async decodeAll(latents: Float32Array, n: number): Promise<Float32Array> {
    const { buffer, width } = this._latents;
    this.prepare();
    const [values] = await this._collect([this._predictions], n, (at, rows) => {
      this.flush();
      const part = latents.subarray(at * width, (at + rows) * width);
      this.gpu.write(buffer, part);
      this.push(this._decode, idle(rows));
    });
    return values;
  }

  /**
   * Submits what was asked for and resolves when what the last call submitted is
   * done: the device has work while the next steps are written down.
   */
  async settle(): Promise<void> {
    this.flush();
    const before = this._submitted;
    this._submitted = this.gpu.done();
    await before;
  }

  dispose(): void {
    this._queue.length = 0;
    this.gpu.dispose();
  }

  protected async build({ prepare, encode, decode }: IKernels): Promise<void> {
    [this._prepare, this._encode, this._decode] = await Promise.all(
      [prepare, encode, decode].map(kernels => this.gpu.build(kernels))
    );
  }

  protected push(program: IProgram, batch: IBatch): void {
    if (batch.n > this._most) {
      throw new RangeError(
        `A batch of ${batch.n} samples; the buffers hold ${this._most}.`
      );
    }
    this._queue.push([program, batch]);
    if (this._queue.length === MOST_BATCHES) {
      this.flush();
    }
  }

  protected flush(copies?: readonly ICopy[]): void {
    if (this._queue.length > 0) {
      this.gpu.submit(this._queue.splice(0), copies);
    }
  }

  private get _latents(): IOutputRows {
    const { latents } = this.buffers;
    return { buffer: latents, width: this._plan.spec.latentDims };
  }

  private get _predictions(): IOutputRows {
    const [h, w] = this._plan.output;
    return { buffer: this.buffers.prediction, width: h * w };
  }

  private _ofFeatures(
    features: Float32Array,
    n: number,
    outputs: readonly IOutputRows[],
    run: (rows: number) => void
  ): Promise<Float32Array[]> {
    const width = features.length / n;
    this.setOrder(Int32Array.from({ length: this._most }, (_, i) => i));
    this.prepare();
    return this._collect(outputs, n, (at, rows) => {
      this.flush();
      const part = features.subarray(at * width, (at + rows) * width);
      const { values } = this.buffers.features;
      this.gpu.write(values, rowsOf(this._plan, part, rows));
      run(rows);
    });
  }

  private _collect(
    outputs: readonly IOutputRows[],
    n: number,
    run: (start: number, n: number) => void
  ): Promise<Float32Array[]> {
    return collected(this.gpu, {
      n,
      most: this._most,
      outputs,
      run,
      submit: copies => {
        this.flush(copies);
        return this.settle();
      }
    });
  }

  private readonly _plan: IArchitecture;
  private readonly _most: number;
  private readonly _builder: ProgramBuilder;
  private readonly _queue: (readonly [IProgram, IBatch])[] = [];
  private _prepare!: IProgram;
  private _encode!: IProgram;
  private _decode!: IProgram;
  private _submitted: Promise<undefined> = Promise.resolve(undefined);
}

/** Makes something on a device of its own buffers; none is left where that fails. */
export async function started<T>(
  device: GPUDevice,
  make: (gpu: Gpu) => Promise<T>
): Promise<T> {
  const gpu = new Gpu(device);
  try {
    return await gpu.guard(() => make(gpu));
  } catch (error) {
    gpu.dispose();
    throw error;
  }
}

/** @param trains - whether room for gradients is needed. */
export function builderOf(
  gpu: Gpu,
  { plan, rows, most, order: length }: IEvaluatorOptions,
  trains: boolean
): ProgramBuilder {
  const [height, width] = featurePlane(plan);
  const order = gpu.buffer(length, 'order');
  const values = (size: number, label: string): GPUBuffer =>
    gpu.buffer(size, label);
  return new ProgramBuilder(gpu, plan, most, {
    features: { values: values(rows.n * height * width, 'features'), order },
    targets: { values: values(rows.targets.length, 'targets'), order },
    plane: [height, width],
    trains
  });
}

/** What a step that is not training tells its kernels. */
export function idle(n: number, start = 0): IBatch {
  return { n, start, rate: 0, epsilon: 0, share: 0 };
}

/** Rows of features as they lie on the device, averaged where the network averages. */
function rowsOf(
  plan: IArchitecture,
  features: Float32Array,
  n: number
): Float32Array {
  const pool = plan.encoder.find(step => step.op === 'pool');
  return pool ? pooled(features, n, pool.size) : features;
}
