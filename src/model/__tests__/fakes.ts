/** A pair, a network client and a panel small enough to compute by hand. */
import type { IPanelState } from '../../kernel/types';
import type {
  ICalibration,
  ICalibrationRequest,
  IEvaluation,
  INetworkClient,
  INetworkSpec,
  IRun,
  IRunHandlers,
  ISession,
  ITrainRequest,
  ITrainResult
} from '../../network/types';
import { DEFAULT_SETUP, type IPair, type ISetup } from '../../signal/types';
import { extractSpectra, extractWindows } from '../../signal/windows';
import type { IModelContents, IModelFiles } from '../model-files';
import { DEFAULT_SETTINGS } from '../settings';
import { Workspace } from '../workspace';
import { FakeLink } from './fake-link';

export { FakeLink };

export const SETUP: ISetup = {
  ...DEFAULT_SETUP,
  window: 4,
  guard: 4,
  epochs: 3,
  batchSize: 8,
  filters: 8
};

/** (10, 20) pixels with 16 channels; every value different from its neighbours. */
export function makePair(change: Partial<IPair> = {}): IPair {
  const ny = 10;
  const nx = 20;
  const channels = 16;
  const image = Float32Array.from(
    { length: ny * nx },
    (_, p) => 5 + Math.sin(p * 0.7) + (p % nx) / 10
  );
  const spectra = Float32Array.from({ length: ny * nx * channels }, (_, i) => {
    const p = Math.floor(i / channels);
    const e = i % channels;
    return image[p] * Math.exp(-((e - 6) ** 2) / 8) + 0.1 * Math.cos(i);
  });
  return {
    id: 'data',
    name: 'si',
    title: 'sample',
    simulated: true,
    ny,
    nx,
    channels,
    y: { name: 'y', units: 'nm', size: ny, scale: 2, offset: 0 },
    x: { name: 'x', units: 'nm', size: nx, scale: 2, offset: 0 },
    energy: {
      name: 'Energy',
      units: 'eV',
      size: channels,
      scale: 0.01,
      offset: 0.4
    },
    spectra,
    spectraUnits: 'counts',
    image,
    imageUnits: '',
    mask: null,
    sha256: 'one',
    report: [],
    ...change
  };
}

/** What the fake network predicts: the truth times `factor`. */
export function evaluationOf(
  request: ITrainRequest,
  epoch: number,
  factor: number
): IEvaluation {
  const { dataset, evaluate, spec } = request;
  const { ny, nx, channels, image, spectra } = dataset;
  const truth =
    spec.kind === 'im2spec'
      ? extractSpectra(spectra, channels, evaluate)
      : extractWindows(image, ny, nx, spec.window, evaluate);
  const z = spec.latentDims;
  const latents = new Float32Array(evaluate.length * z);
  evaluate.forEach((position, k) => {
    for (let axis = 0; axis < z; axis++) {
      latents[k * z + axis] =
        axis === 0 ? position % nx : Math.floor(position / nx) + axis - 1;
    }
  });
  return { epoch, latents, predictions: truth.map(v => v * factor) };
}

export class FakeRun implements IRun {
  constructor(
    readonly request: ITrainRequest,
    readonly handlers: IRunHandlers
  ) {
    this.done = new Promise((resolve, reject) => {
      this._resolve = resolve;
      this.fail = reject;
    });
  }

  readonly done: Promise<ITrainResult>;
  fail!: (error: Error) => void;
  readonly calls: string[] = [];
  epoch = 0;

  pause(): void {
    this.calls.push('pause');
  }

  resume(): void {
    this.calls.push('resume');
  }

  stop(): void {
    this.calls.push('stop');
    this.finish(true);
  }

  /** Every value of a decoded row is the epoch. */
  async decode(_latents: Float32Array, n: number): Promise<Float32Array> {
    this.calls.push('decode');
    const { kind, channels, window } = this.request.spec;
    const size = kind === 'im2spec' ? channels : window ** 2;
    return new Float32Array(n * size).fill(this.epoch);
  }

  /** Complete an epoch, and evaluate it where `factor` is given. */
  advance(factor?: number): void {
    this.epoch++;
    const { epochs } = this.request;
    this.handlers.onProgress?.({
      epoch: this.epoch,
      epochs,
      step: 0,
      steps: 4,
      secondsPerEpoch: 2,
      backend: 'wasm',
      history: this.history,
      notice: ''
    });
    if (factor !== undefined) {
      const evaluation = evaluationOf(this.request, this.epoch, factor);
      this.handlers.onEvaluation?.(evaluation);
    }
  }

  finish(stopped = false, factor = 1.1): void {
    this._resolve({
      parameters: new Map([
        ['out.bias', { shape: [1], data: Float32Array.of(factor) }]
      ]),
      history: this.history,
      evaluation: evaluationOf(this.request, this.epoch, factor),
      backend: 'wasm',
      batchSize: this.batchSize ?? this.request.batchSize,
      epoch: this.epoch,
      stopped,
      notice: ''
    });
  }

  get history() {
    const losses = Array.from({ length: this.epoch }, (_, i) => 1 / (i + 1));
    return { train: losses, test: losses.map(v => 2 * v) };
  }

  /** Smaller than asked for where memory runs out. */
  batchSize?: number;

  private _resolve!: (result: ITrainResult) => void;
}

/** Decodes a latent vector to (z0 + channel * z1). */
export class FakeSession implements ISession {
  constructor(readonly spec: INetworkSpec) {}
  readonly backend = 'wasm' as const;
  disposed = false;
  decoded: number[][] = [];

  encode(): Promise<Float32Array> {
    return Promise.reject(new Error('not used'));
  }

  async decode(latents: Float32Array, n: number): Promise<Float32Array> {
    const { latentDims: z, kind, window, channels } = this.spec;
    this.decoded.push([...latents.subarray(0, z)]);
    const length = kind === 'im2spec' ? channels : window * window;
    return Float32Array.from({ length: n * length }, (_, i) => {
      const k = Math.floor(i / length);
      return latents[k * z] + (i % length) * (z > 1 ? latents[k * z + 1] : 0);
    });
  }

  async evaluate(
    dataset: ITrainRequest['dataset'],
    positions: Int32Array
  ): Promise<IEvaluation> {
    const request = {
      spec: this.spec,
      dataset,
      evaluate: positions
    } as ITrainRequest;
    return evaluationOf(request, 0, 1.2);
  }

  dispose(): void {
    this.disposed = true;
  }
}

export class FakeClient implements INetworkClient {
  readonly runs: FakeRun[] = [];
  readonly sessions: FakeSession[] = [];
  readonly calibrated: INetworkSpec[] = [];
  disposals = 0;

  train(request: ITrainRequest, handlers: IRunHandlers): IRun {
    const run = new FakeRun(request, handlers);
    this.runs.push(run);
    return run;
  }

  async open(spec: INetworkSpec): Promise<ISession> {
    const session = new FakeSession(spec);
    this.sessions.push(session);
    return session;
  }

  async calibrate({
    spec,
    windows,
    batchSize
  }: ICalibrationRequest): Promise<ICalibration> {
    this.calibrated.push(spec);
    return {
      backend: 'wasm',
      reason: 'WebAssembly.',
      notice: '',
      millisecondsPerStep: 100,
      secondsPerEpoch: 0.1 * Math.ceil(windows / batchSize),
      device: '2 cores'
    };
  }

  probe() {
    return Promise.resolve({ backend: 'wasm' as const, reason: '' });
  }

  dispose(): void {
    this.disposals++;
  }
}

/** Model files as JSON of the metadata, so that tests can read them. */
export class FakeFiles implements IModelFiles {
  contents: IModelContents | null = null;

  async write(_: unknown, meta: unknown): Promise<Uint8Array> {
    return new TextEncoder().encode(JSON.stringify(meta));
  }

  async read(): Promise<IModelContents> {
    if (!this.contents) {
      throw new Error('Model file damaged: out.bias holds 0 of 1 values.');
    }
    return this.contents;
  }
}

export interface IScene {
  link: FakeLink;
  client: FakeClient;
  files: FakeFiles;
  workspace: Workspace;
}

/** A workspace that has received `pair` from a kernel that knows the state of a panel. */
export async function makeScene(
  pair = makePair(),
  panelState: IPanelState | null = null,
  cores = 1
): Promise<IScene> {
  const scene = makeEmptyScene(cores);
  scene.link.panelState = panelState;
  scene.link.resolve(pair);
  await settle();
  return scene;
}

/** A workspace on so many cores whose data are on their way. */
export function makeEmptyScene(cores = 1): IScene {
  const link = new FakeLink();
  const client = new FakeClient();
  const files = new FakeFiles();
  const workspace = new Workspace({
    id: link.id,
    link,
    network: client,
    files,
    machine: { cores, bytes: 2 ** 30 },
    settings: { ...DEFAULT_SETTINGS, setup: SETUP, gridSize: 4 }
  });
  return { link, client, files, workspace };
}

/** Let everything that is ready run; work in slices takes more turns the slower the machine is. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise(resolve => setTimeout(resolve, 0));
  }
}

/** Counts what a signal emits. */
export function count<T>(signal: { connect(slot: () => void): T } | object): {
  n: number;
} {
  const counter = { n: 0 };
  (signal as { connect(slot: () => void): void }).connect(() => {
    counter.n++;
  });
  return counter;
}
