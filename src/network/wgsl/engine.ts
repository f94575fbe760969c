/** Training of a network in WGSL on a device, step by step. */
import type { IAdamState } from '../optimiser';
import type { ITrainedState, Parameters } from '../types';
import {
  Evaluator,
  builderOf,
  idle,
  started,
  type IEvaluatorOptions
} from './evaluator';
import type { Gpu, IKernel, IProgram } from './gpu';
import type { IKernels, ProgramBuilder } from './program';
import { adamRate, finiteKernel, updateKernel, type Update } from './update';

export interface IEngineOptions extends IEvaluatorOptions {
  /** Where an earlier run's Adam stopped. */
  readonly adam?: IAdamState;
  readonly learningRate: number;
  /** Plain gradient descent in place of Adam. */
  readonly descent?: boolean;
}

export class Engine extends Evaluator {
  static create(device: GPUDevice, options: IEngineOptions): Promise<Engine> {
    return started(device, async gpu => {
      const builder = builderOf(gpu, options, true);
      const engine = new Engine(gpu, builder, options);
      await engine.build(builder.kernels());
      return engine;
    });
  }

  private constructor(
    gpu: Gpu,
    builder: ProgramBuilder,
    options: IEngineOptions
  ) {
    super(gpu, builder, options);
    this._rate = options.learningRate;
    const { adam, descent } = options;
    const { trained } = builder;
    this._layout = builder;
    if (!descent) {
      this._adam = {
        m: gpu.buffer(trained.size, 'adam m'),
        v: gpu.buffer(trained.size, 'adam v')
      };
    }
    if (adam) {
      this._loadAdam(adam);
    }
    const { params, running } = builder.buffers.shared;
    const moments = this._adam ? [this._adam.m, this._adam.v] : [];
    this._kept = [params, running, ...moments].map(live => [
      live,
      gpu.buffer(live.size / 4, `kept ${live.label}`)
    ]);
    this.keep();
  }

  /** Takes weights, running statistics and Adam's memory; `loss` is that of the running epoch so far. */
  load({ parameters, adam }: ITrainedState, loss: number): void {
    this.flush();
    const { shared, losses } = this.buffers;
    const { trained, runningLayout } = this._layout;
    this.gpu.write(shared.params, trained.pack(parameters));
    this.gpu.write(shared.running, runningLayout.pack(parameters));
    this.gpu.write(losses, Float32Array.of(loss, 0, 0, 0));
    if (adam) {
      this._loadAdam(adam);
    }
  }

  /** Steps of the optimiser so far. */
  get steps(): number {
    return this._step;
  }

  /** The kernels of a step. */
  get training(): IProgram {
    return this._train;
  }

  /** Train on `n` rows of the order from `start` on. */
  step(start: number, n: number, share: number): void {
    this._step++;
    const { rate, epsilon } = this._adam
      ? adamRate(this._rate, this._step)
      : { rate: this._rate, epsilon: 0 };
    this.push(this._train, { n, start, rate, epsilon, share });
  }

  /** Gradients and prediction of a batch without a step; for tests. */
  gradients(start: number, n: number): void {
    this.push(this._pass, { n, start, rate: 0, epsilon: 0, share: 1 });
    this.push(this._sum, idle(n));
  }

  /** Evaluate rows and add `share` of their mean squared error to the test loss. */
  test(start: number, n: number, share: number): void {
    this.evaluate(start, n);
    this.push(this._test, { ...idle(n, start), share });
  }

  /** [training loss of the epoch, test loss, loss of the last batch], and whether all weights are finite. */
  async losses(): Promise<{
    train: number;
    test: number;
    last: number;
    finite: boolean;
  }> {
    this.push(this._finite, idle(1));
    this.flush();
    const [train, test, last, broken] = await this.gpu.read(
      this.buffers.losses,
      4
    );
    return { train, test, last, finite: broken === 0 };
  }

  /** Start the sums of an epoch anew. */
  clearLosses(): void {
    this.flush();
    this.gpu.write(this.buffers.losses, new Float32Array(4));
  }

  /** Keep weights, running statistics and Adam's memory as they are. */
  keep(): void {
    this.flush();
    this._kept.forEach(([live, copy]) => this.gpu.copy(live, copy));
    this._keptStep = this._step;
  }

  /** Go back to what was kept. */
  restore(): void {
    this.flush();
    this._kept.forEach(([live, copy]) => this.gpu.copy(copy, live));
    this._step = this._keptStep;
  }

  /** Weights and running statistics, or the gradients in the place of the weights. */
  async read(gradients = false): Promise<Parameters> {
    this.flush();
    const { params, grads, running } = this.buffers.shared;
    const { trained, runningLayout } = this._layout;
    const parameters: Parameters = new Map();
    trained.unpack(
      await this.gpu.read(gradients ? grads : params, trained.size),
      parameters
    );
    runningLayout.unpack(
      await this.gpu.read(running, runningLayout.size),
      parameters
    );
    return parameters;
  }

  /** What a later run needs to go on exactly: from now, or from what was kept. */
  async readState(kept = false): Promise<ITrainedState> {
    this.flush();
    const { trained, runningLayout } = this._layout;
    const steps = kept ? this._keptStep : this._step;
    const sizes = [
      trained.size,
      runningLayout.size,
      trained.size,
      trained.size
    ];
    const [weights, running, m, v] = await Promise.all(
      this._kept.map(([live, copy], i) =>
        this.gpu.read(kept ? copy : live, sizes[i])
      )
    );
    const parameters: Parameters = new Map();
    trained.unpack(weights, parameters);
    runningLayout.unpack(running, parameters);
    return {
      parameters,
      adam: this._adam && { m: trained.tight(m), v: trained.tight(v), steps }
    };
  }

  protected override async build(kernels: IKernels): Promise<void> {
    const { gpu } = this;
    const { shared, losses } = this.buffers;
    const { trained, runningLayout } = this._layout;
    const table = shared.pieceAt.records(trained);
    const records = gpu.buffer(table.length, 'records of pieces');
    gpu.write(records, table);
    const update: Update = this._adam
      ? { kind: 'adam', ...this._adam }
      : { kind: 'descent' };
    const updating = (how: Update): IKernel[] => [
      updateKernel(trained.size, records, how, shared)
    ];
    const sizes = { params: trained.size, running: runningLayout.size };
    [, this._pass, this._test, this._train, this._sum, this._finite] =
      await Promise.all([
        super.build(kernels),
        gpu.build([...kernels.train, ...kernels.predict]),
        gpu.build(kernels.test),
        gpu.build([...kernels.train, ...updating(update)]),
        gpu.build(updating({ kind: 'none' })),
        gpu.build([finiteKernel(sizes, losses, shared)])
      ]);
  }

  private _loadAdam({ m, v, steps }: IAdamState): void {
    if (this._adam) {
      const { trained } = this._layout;
      this.gpu.write(this._adam.m, trained.spread(m));
      this.gpu.write(this._adam.v, trained.spread(v));
      this._step = steps;
    }
  }

  private readonly _layout: ProgramBuilder;
  private readonly _rate: number;
  private readonly _adam: { m: GPUBuffer; v: GPUBuffer } | null = null;
  /** What a step changes and the next one reads, and its copy. */
  private readonly _kept: readonly (readonly [GPUBuffer, GPUBuffer])[];
  private _keptStep = 0;
  private _train!: IProgram;
  private _pass!: IProgram;
  private _sum!: IProgram;
  private _test!: IProgram;
  private _finite!: IProgram;
  private _step = 0;
}
