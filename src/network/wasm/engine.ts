/** Training steps and evaluation of one network by the WebAssembly kernels. */
import type { IArchitecture } from '../architecture';
import { BETA_1, BETA_2, EPSILON, type IAdamState } from '../optimiser';
import type { ITrainedState, Parameters } from '../types';
import { pooled, type IRowData } from '../wgsl/rows';
import type { IStarted } from './arena';
import type { IKernelFiles, IKernels } from './kernels';
import { inputSides, Program } from './program';

export interface IEngineOptions {
  readonly plan: IArchitecture;
  readonly parameters: Parameters;
  /** Where an earlier run's Adam stopped. */
  readonly adam?: IAdamState;
  /** Samples that go through the network at once. */
  readonly most: number;
  readonly learningRate: number;
  /** Plain gradient descent, the oracle's second trajectory. */
  readonly descent?: boolean;
  /** The faster variant of the kernels that the engine has by default. */
  readonly variant?: keyof IKernelFiles;
}

/** What an engine can go back to. */
export interface ISnapshot {
  readonly vectors: readonly Float32Array[];
  /** Of Adam. */
  readonly steps: number;
}

/** Why these kernels cannot take a network; '' where they can. */
export function engineProblem(plan: IArchitecture): string {
  return plan.spec.filters < 2
    ? 'The WebAssembly kernels take at least 2 filters'
    : '';
}

/** Rows as the engine takes them: averaged where the network averages. */
export function engineRows(plan: IArchitecture, rows: IRowData): IRowData {
  const first = plan.encoder[0];
  return first.op === 'pool'
    ? { ...rows, features: pooled(rows.features, rows.n, first.size) }
    : rows;
}

export class Engine {
  /** Lays out and fills the memory; rejects where it cannot be had. */
  static async create(options: IEngineOptions): Promise<Engine> {
    const program = new Program(options.plan, options.most);
    const { arena, trained } = program;
    const adam = options.descent
      ? null
      : { m: arena.floats(trained.size), v: arena.floats(trained.size) };
    const started = await arena.start(trained.largest, options.variant);
    program.kernels = started.kernels;
    return new Engine(options, program, started, adam);
  }

  private constructor(
    options: IEngineOptions,
    program: Program,
    { kernels, numbers, crew }: IStarted,
    adam: { readonly m: number; readonly v: number } | null
  ) {
    this._program = program;
    this._crew = crew;
    this._kernels = kernels;
    this._numbers = numbers;
    this._adam = adam;
    this._rate = options.learningRate;
    this._outputs = options.plan.output[0] * options.plan.output[1];
    this._latentDims = options.plan.spec.latentDims;
    const [height, width] = inputSides(options.plan);
    this._sides = [height, width];
    this.most = options.most;
    this.load({ parameters: options.parameters, adam: options.adam ?? null });
  }

  /** Samples that go through the network at once. */
  readonly most: number;

  /** Takes weights, running statistics and, where there is one, Adam's memory. */
  load({ parameters, adam }: ITrainedState): void {
    const { trained, runningLayout } = this._program;
    trained.write(parameters, this._vector('params'));
    runningLayout.write(parameters, this._vector('running'));
    if (this._adam && adam) {
      trained.fromFlat(adam.m, this._slice(this._adam.m, trained.size));
      trained.fromFlat(adam.v, this._slice(this._adam.v, trained.size));
      this._steps = adam.steps;
    }
  }

  /** Trains on rows of the data by their numbers; gives the mean squared error. */
  step(rows: IRowData, order: ArrayLike<number>): number {
    const loss = this.gradients(rows, order);
    const { shared, trained } = this._program;
    if (!this._adam) {
      this._kernels.descend(
        shared.params,
        shared.grads,
        trained.size,
        this._rate
      );
      return loss;
    }
    this._steps++;
    const root = Math.sqrt(1 - Math.pow(BETA_2, this._steps));
    this._kernels.adam(
      shared.params,
      shared.grads,
      this._adam.m,
      this._adam.v,
      trained.size,
      (this._rate * root) / (1 - Math.pow(BETA_1, this._steps)),
      EPSILON * root
    );
    return loss;
  }

  /** A training pass without the optimiser; gives the mean squared error. */
  gradients(rows: IRowData, order: ArrayLike<number>): number {
    const program = this._program;
    const n = order.length;
    this._take(rows, order);
    this._takeTargets(rows, order);
    this._vector('grads').fill(0);
    program.pack();
    program.encode(n, true);
    program.decode(n, true);
    const error = program.output.squaredError(n);
    program.backward(n);
    return error / (n * this._outputs);
  }

  /** Brings weights and running statistics to the layers; in front of what follows. */
  prepare(): void {
    this._program.pack();
    this._program.prepare();
  }

  /** Sum of squared errors in eval mode. */
  test(rows: IRowData, order: ArrayLike<number>): number {
    this._take(rows, order);
    this._takeTargets(rows, order);
    this._program.encode(order.length, false);
    this._program.decode(order.length, false);
    return this._program.output.squaredError(order.length);
  }

  /** (n, latents) of scaled features in eval mode. */
  encode(rows: IRowData, order: ArrayLike<number>): Float32Array {
    this._take(rows, order);
    this._program.encode(order.length, false);
    return this._slice(
      this._program.latents,
      order.length * this._latentDims
    ).slice();
  }

  /** (n, values of a target) scaled, of n latents in eval mode. */
  decode(latents: Float32Array): Float32Array {
    const n = latents.length / this._latentDims;
    this._slice(this._program.latents, latents.length).set(latents);
    this._program.decode(n, false);
    return this.predictions(n);
  }

  /** (n, values of a target) of what ran last. */
  predictions(n: number): Float32Array {
    const { prediction } = this._program.output;
    return this._slice(prediction, n * this._outputs).slice();
  }

  /** Whether all weights and running statistics are finite. */
  finite(): boolean {
    const { shared, trained, runningLayout } = this._program;
    return (
      this._kernels.finite(shared.params, trained.size) !== 0 &&
      this._kernels.finite(shared.running, runningLayout.size) !== 0
    );
  }

  /** A copy of weights, running statistics and Adam's memory, to come back to. */
  snapshot(): ISnapshot {
    const vectors = this._lasting().map(vector => vector.slice());
    return { vectors, steps: this._steps };
  }

  restore({ vectors, steps }: ISnapshot): void {
    this._lasting().forEach((vector, i) => vector.set(vectors[i]));
    this._steps = steps;
  }

  /** In PyTorch's names and layouts; `gradients` for those in the weights' places. */
  read(gradients = false): Parameters {
    const parameters: Parameters = new Map();
    const vector = this._vector(gradients ? 'grads' : 'params');
    this._program.trained.read(vector, parameters);
    this._program.runningLayout.read(this._vector('running'), parameters);
    return parameters;
  }

  /** Ends the other threads; the memory goes with the engine. */
  dispose(): void {
    this._crew?.dispose();
  }

  /** What another engine needs to go on exactly, from now or from a snapshot; without padding. */
  readState(
    { vectors, steps }: ISnapshot = {
      vectors: this._lasting(),
      steps: this._steps
    }
  ): ITrainedState {
    const { trained, runningLayout } = this._program;
    const [weights, running, m, v] = vectors;
    const parameters: Parameters = new Map();
    trained.read(weights, parameters);
    runningLayout.read(running, parameters);
    return {
      parameters,
      adam: this._adam && {
        m: trained.toFlat(m),
        v: trained.toFlat(v),
        steps
      }
    };
  }

  /** Copies features into the input's plane. */
  private _take({ features }: IRowData, order: ArrayLike<number>): void {
    const { input, inputPlane } = this._program;
    const [height, width] = this._sides;
    const size = height * width;
    for (let i = 0; i < order.length; i++) {
      const row = order[i] * size;
      for (let h = 0; h < height; h++) {
        const place = inputPlane.places[i * size + h * width];
        this._numbers.set(
          features.subarray(row + h * width, row + (h + 1) * width),
          input / 4 + place
        );
      }
    }
  }

  private _takeTargets({ targets }: IRowData, order: ArrayLike<number>): void {
    const size = this._outputs;
    const first = this._program.output.target / 4;
    for (let i = 0; i < order.length; i++) {
      const row = order[i] * size;
      this._numbers.set(targets.subarray(row, row + size), first + i * size);
    }
  }

  private _vector(which: 'params' | 'grads' | 'running'): Float32Array {
    const { shared, trained, runningLayout } = this._program;
    const { size } = which === 'running' ? runningLayout : trained;
    return this._slice(shared[which], size);
  }

  /** What a step changes and the next one reads. */
  private _lasting(): Float32Array[] {
    const { size } = this._program.trained;
    const adam = this._adam ? [this._adam.m, this._adam.v] : [];
    return [
      this._vector('params'),
      this._vector('running'),
      ...adam.map(address => this._slice(address, size))
    ];
  }

  private _slice(address: number, length: number): Float32Array {
    return this._numbers.subarray(address / 4, address / 4 + length);
  }

  private readonly _program: Program;
  private readonly _crew: IStarted['crew'];
  private readonly _kernels: IKernels;
  private readonly _numbers: Float32Array;
  private readonly _adam: { readonly m: number; readonly v: number } | null;
  private readonly _rate: number;
  private readonly _outputs: number;
  private readonly _latentDims: number;
  private readonly _sides: readonly [number, number];
  private _steps = 0;
}
