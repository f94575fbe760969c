/** A network in WGSL on a device: its data set, training steps, and evaluation. */
import { POOLING, type IArchitecture } from '../architecture';
import type { IAdamState } from '../optimiser';
import { BETA_1, BETA_2, EPSILON } from '../optimiser';
import type { Parameters } from '../types';
import { updateKernel } from './elementwise';
import { Gpu, MOST_BATCHES, type IBatch, type IProgram } from './gpu';
import { ProgramBuilder, wgslProblem, type IProgramBuffers } from './program';
import type { Plane } from './shader';

/** Scaled features and targets, a row a sample; the engine picks rows by number. */
export interface IRowData {
  readonly n: number;
  /** (n, values of a feature). */
  readonly features: Float32Array;
  /** (n, values of a target). */
  readonly targets: Float32Array;
}

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

/** Adam's step length and epsilon at its step t (from 1), the bias corrections drawn in. */
export function adamRate(
  learningRate: number,
  t: number
): { rate: number; epsilon: number } {
  const root = Math.sqrt(1 - Math.pow(BETA_2, t));
  return {
    rate: (learningRate * root) / (1 - Math.pow(BETA_1, t)),
    epsilon: EPSILON * root
  };
}

/** Why a network or its data do not fit these kernels; '' where they do. */
export function engineProblem(
  plan: IArchitecture,
  device: GPUDevice,
  most: number,
  rows: number
): string {
  const [h, w] = plan.output;
  const [fh, fw] = plan.input;
  const widest = Math.max(h * w, fh * fw) * plan.spec.filters * most;
  const limit = Math.min(
    device.limits.maxStorageBufferBindingSize,
    device.limits.maxBufferSize
  );
  const largest = 4 * Math.max(widest, rows * Math.max(h * w, fh * fw));
  return (
    wgslProblem(plan) ||
    (largest > limit
      ? `The data take ${(largest / 2 ** 20).toFixed(0)} MiB in one buffer; WebGPU grants ${(limit / 2 ** 20).toFixed(0)} MiB`
      : '')
  );
}

/** Mean of every `size` values of each row, the tail of a row dropped. */
function pooled(values: Float32Array, n: number, size: number): Float32Array {
  const width = values.length / n;
  const short = Math.floor(width / size);
  const result = new Float32Array(n * short);
  for (let row = 0; row < n; row++) {
    for (let i = 0; i < short; i++) {
      let sum = 0;
      for (let k = 0; k < size; k++) {
        sum += values[row * width + i * size + k];
      }
      result[row * short + i] = sum / size;
    }
  }
  return result;
}

export class Engine {
  static async create(
    device: GPUDevice,
    options: IEngineOptions
  ): Promise<Engine> {
    const gpu = new Gpu(device);
    try {
      const engine = new Engine(gpu, options);
      await engine._build(options);
      return engine;
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
      ? pooled(rows.features, rows.n, pool.op === 'pool' ? pool.size : POOLING)
      : rows.features;
    const plane: Plane = pool ? [1, features.length / rows.n] : plan.input;
    this._order = gpu.buffer(options.order, 'order');
    const upload = (values: Float32Array, label: string): GPUBuffer => {
      const buffer = gpu.buffer(values.length, label);
      gpu.write(buffer, values);
      return buffer;
    };
    this._builder = new ProgramBuilder(gpu, plan, most, {
      features: { values: upload(features, 'features'), order: this._order },
      targets: { values: upload(rows.targets, 'targets'), order: this._order },
      plane
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

  /** Which rows the following batches pick from. */
  setOrder(order: Int32Array): void {
    this._flush();
    this._gpu.write(this._order, order);
  }

  /** Train on `n` rows of the order from `start` on. */
  step(start: number, n: number, share: number): void {
    this._step++;
    const { rate, epsilon } = this._descent
      ? { rate: this._rate, epsilon: 0 }
      : adamRate(this._rate, this._step);
    this._push(this._train, { n, start, rate, epsilon, share });
  }

  /** Gradients of a batch without a step; for tests. */
  gradients(start: number, n: number): void {
    this._push(this._pass, { n, start, rate: 0, epsilon: 0, share: 1 });
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

  /** Resolves when all that was asked for is done. */
  async settle(): Promise<void> {
    this._flush();
    await this._gpu.done();
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
    const update = updateKernel(size, this._adam, shared);
    [this._pass, this._prepare, this._encode, this._decode, this._test] =
      await Promise.all([
        gpu.build(kernels.train),
        gpu.build(kernels.prepare),
        gpu.build(kernels.encode),
        gpu.build(kernels.decode),
        gpu.build(kernels.test)
      ]);
    const [updating, finite] = await Promise.all([
      gpu.build([update]),
      gpu.build([
        {
          label: 'finite',
          threads: 256,
          bindings: [
            { name: 'params', element: 'u32', buffer: shared.params },
            { name: 'running', element: 'u32', buffer: shared.running },
            { name: 'losses', element: 'f32', buffer: losses, write: true }
          ],
          // By bits: a compiler may take for granted that no number is NaN.
          before: `
var<workgroup> broken: atomic<u32>;
fn bad(bits: u32) -> bool { return (bits & 0x7f800000u) == 0x7f800000u; }`,
          main: `
  for (var e = t; e < ${size}u; e += 256u) { if (bad(params[e])) { atomicAdd(&broken, 1u); } }
  for (var e = t; e < ${this._builder.runningLayout.size}u; e += 256u) { if (bad(running[e])) { atomicAdd(&broken, 1u); } }
  workgroupBarrier();
  if (t == 0u) { losses[3] = f32(atomicLoad(&broken)); }`,
          groups: () => [1, 1]
        }
      ])
    ]);
    this._finite = finite;
    this._train = { kernels: [...this._pass.kernels, ...updating.kernels] };
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

  private _flush(): void {
    if (this._queue.length > 0) {
      this._gpu.submit(this._queue.splice(0));
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
  private _prepare!: IProgram;
  private _encode!: IProgram;
  private _decode!: IProgram;
  private _test!: IProgram;
  private _finite!: IProgram;
  private _step = 0;
}

function idle(n: number, start = 0): IBatch {
  return { n, start, rate: 0, epsilon: 0, share: 0 };
}
