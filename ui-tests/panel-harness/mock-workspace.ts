/** A workspace for looking at the panel: states are given, verbs only move what they name. */
import { Signal } from '@lumino/signaling';
import { Explorer } from '../../src/model/explorer/explorer';
import type {
  IInterruptedModel,
  IInterruptedRun
} from '../../src/model/checkpoints/interrupted-types';
import { NavigationModel } from '../../src/model/navigation-model';
import { RegionsModel } from '../../src/model/regions-model';
import type {
  IDataModel,
  IExpectedTime,
  IGrid,
  IModelsModel,
  IRunState,
  ISetupLists,
  ITrainedModel,
  ITrainingModel,
  IWorkspace,
  PanelStatus
} from '../../src/model/types';
import {
  DEFAULT_SETUP,
  type IPair,
  type ISetup,
  type Kind
} from '../../src/signal/types';
import { splitWindows } from '../../src/signal/split';
import { validWindows } from '../../src/signal/windows';
import { rawPair, simulatedPair } from './mock-data';
import { mockGrid, mockModel } from './mock-models';
import { mockLibrary } from './mock-library';
import { mockLink } from './mock-link';
import { mockNetworks } from './mock-networks';
import { MockFactorisation, MockPreprocessing } from './mock-preprocessing';
import { mockQuestion } from './mock-question';
import { mockFile } from './mock-file';
import { MockSource } from './mock-source';
import { EXAMPLE_REGIONS } from './mock-regions';

/** What the page's address asks for. */
export interface IMockOptions {
  readonly status: PanelStatus;
  readonly kind: Kind;
  readonly split: ISetup['split'];
  readonly problem: string;
  readonly error: string;
  readonly stale: boolean;
  /** The pair with its zero-loss peak. */
  readonly raw?: boolean;
  /** Number of preprocessing steps applied. */
  readonly steps?: number;
  /** Work under way in the kernel. */
  readonly busy?: boolean;
  /** Why nothing can be applied. */
  readonly blocked?: string;
  /** What went wrong in preprocessing and factorisation. */
  readonly taskError?: string;
  /** Number of components of a factorisation; 0 for none. */
  readonly components?: number;
  /** With the example regions. */
  readonly regions?: boolean;
  readonly shelved?: number;
  /** A kernel that is gone or busy, with a model that Python lacks. */
  readonly link?: 'gone' | 'busy';
  /** Numbers of latents of the next training, or of the runs that train. */
  readonly latents?: readonly number[];
  /** Numbers of latents of the models that are trained; 2 and 10 by default. */
  readonly trained?: readonly number[];
  /** True while the time of an epoch is measured. */
  readonly measuring?: boolean;
  /** With a run that was broken off. */
  readonly interrupted?: boolean;
  /** Epoch of another tab that leads; 0 where it does not train. */
  readonly elsewhere?: number;
  /** Variables that changed in Python. */
  readonly changed?: readonly string[];
  /** True where previews and steps come at once. */
  readonly instant?: boolean;
  /** Stands for every text that comes with the data. */
  readonly words?: string;
}

/** The pair with one text in every place that has one. */
function withWords(pair: IPair, words: string): IPair {
  const named = (axis: IPair['x']) => ({ ...axis, name: words, units: words });
  return {
    ...pair,
    name: words,
    title: words,
    y: named(pair.y),
    x: named(pair.x),
    energy: named(pair.energy),
    spectraUnits: words,
    imageUnits: words,
    report: [words]
  };
}

const kept = new Map<string, unknown>();

/** Computes what never changes only once: the page and the tests build many workspaces. */
function once<T>(key: string, compute: () => T): T {
  if (!kept.has(key)) {
    kept.set(key, compute());
  }
  return kept.get(key) as T;
}

/** A run that was broken off, or none. */
class MockInterrupted implements IInterruptedModel {
  constructor(any: boolean, setup: ISetup) {
    this.items = any
      ? [
          {
            id: 'broken-off',
            label: 'im2spec 2L',
            setup: { ...setup, epochs: 200 },
            epoch: 37,
            epochs: 200,
            history: { train: [0.1], test: [0.2] },
            savedAt: Date.now() - 12_000
          }
        ]
      : [];
  }

  items: readonly IInterruptedRun[];
  readonly changed = new Signal<IInterruptedModel, void>(this);

  resume(): void {
    this.discard();
  }

  discard(): void {
    this.items = [];
    this.changed.emit();
  }
}

class MockData implements IDataModel {
  constructor(
    public pair: IPair | null,
    public setup: ISetup,
    public problem: string
  ) {}

  readonly pairChanged = new Signal<IDataModel, void>(this);
  readonly setupChanged = new Signal<IDataModel, void>(this);

  get windows(): IDataModel['windows'] {
    if (!this.pair || this.problem) {
      return null;
    }
    const split = mockSplit(this.pair, this.setup);
    return {
      total: split.train.length + split.guard.length + split.test.length,
      train: split.train.length,
      guard: split.guard.length,
      test: split.test.length,
      leaking: split.leaking,
      sharedPixels: split.sharedPixels,
      map: split.map
    };
  }

  lists: ISetupLists = {};

  get setups(): readonly ISetup[] {
    const { latentDims, seed } = this.setup;
    const lists = { latentDims: [latentDims], seed: [seed], ...this.lists };
    return lists.seed.flatMap(seed =>
      lists.latentDims.map(latentDims => ({ ...this.setup, latentDims, seed }))
    );
  }

  change(setup: Partial<ISetup>): void {
    this.setup = { ...this.setup, ...setup };
    this.setupChanged.emit();
  }

  vary(lists: ISetupLists): void {
    this.lists = { ...this.lists, ...lists };
    this.change({
      latentDims: lists.latentDims?.[0] ?? this.setup.latentDims,
      seed: lists.seed?.[0] ?? this.setup.seed
    });
  }
}

function mockSplit(
  pair: IPair,
  setup: ISetup
): ReturnType<typeof splitWindows> {
  const grid = validWindows(pair.ny, pair.nx, setup.window);
  return splitWindows(grid, pair.ny, pair.nx, setup);
}

class MockModels implements IModelsModel {
  constructor(
    private _data: MockData,
    private _navigation: NavigationModel,
    public items: readonly ITrainedModel[]
  ) {
    _data.setupChanged.connect(() => this._choose());
    this._choose();
  }

  active: ITrainedModel | null = null;
  grid: IGrid | null = null;
  k = 3;
  decodedAtCursor: Float32Array | null = null;
  readonly itemsChanged = new Signal<IModelsModel, void>(this);
  readonly activeChanged = new Signal<IModelsModel, void>(this);
  readonly gridChanged = new Signal<IModelsModel, void>(this);
  readonly cursorDecoded = new Signal<IModelsModel, void>(this);

  activate(id: string): void {
    this.active = this.items.find(model => model.id === id) ?? null;
    this._regrid();
    this.activeChanged.emit();
  }

  remove(id: string): void {
    this.items = this.items.filter(model => model.id !== id);
    this.itemsChanged.emit();
  }

  setAxes(a: number, b: number): void {
    this._axes = [a, b];
    this._regrid();
  }

  setK(k: number): void {
    this.k = k;
    this._regrid();
  }

  setGridSize(size: number): void {
    this._size = size;
    this._regrid();
  }

  private _choose(): void {
    const { kind } = this._data.setup;
    const first = this.items.find(model => model.kind === kind);
    if (first && this.active?.kind !== kind) {
      this.activate(first.id);
    }
  }

  private _regrid(): void {
    const pair = this._data.pair;
    const model = this.active;
    const axes: readonly [number, number] =
      model?.setup.latentDims === 1 ? [0, 0] : this._axes;
    this.grid =
      pair && model
        ? once(
            [model.id, model.setup.split, this._size, axes, this.k].join(),
            () => mockGrid(pair, model, this._size, axes, this.k)
          )
        : null;
    if (model) {
      const z = model.setup.latentDims;
      this._navigation.setLookup({
        cursorAt: (row, column) => {
          const at = model.latentAt(row, column);
          return at ? [at[axes[0]], at[axes[1]]] : null;
        },
        nearestPixel: (a, b) => {
          let best = 0;
          let least = Infinity;
          model.positions.forEach((pixel, i) => {
            const d =
              (model.latents[i * z + axes[0]] - a) ** 2 +
              (model.latents[i * z + axes[1]] - b) ** 2;
            if (d < least) {
              least = d;
              best = pixel;
            }
          });
          return pair ? [Math.floor(best / pair.nx), best % pair.nx] : null;
        }
      });
      this._navigation.refreshCursor();
    }
    this.gridChanged.emit();
  }

  private _axes: readonly [number, number] = [0, 1];
  private _size = 16;
}

class MockTraining implements ITrainingModel {
  constructor(
    public running: boolean,
    public paused: boolean,
    public history: { train: number[]; test: number[] },
    public error: string,
    private _setups: () => readonly ISetup[],
    private _models: readonly ITrainedModel[]
  ) {}

  label = '2L';
  epoch = 37;
  epochs = 120;
  step = 5;
  steps = 21;
  secondsPerEpoch = 0.9;
  secondsLeft = 147;
  backend = 'wasm' as const;
  queued = 1;
  waiting = ['im2spec 16L'];
  notice = '';
  readonly changed = new Signal<ITrainingModel, void>(this);

  /** One for each setup; the ones behind the first are slower and have higher losses. */
  get runs(): readonly IRunState[] {
    const { epoch, epochs, step, steps, backend, notice } = this;
    return (this.running ? this._setups() : []).map((setup, i) => {
      const done = Math.max(0, epoch - 9 * i);
      const scaled = (losses: number[]): number[] =>
        losses.slice(0, done).map(value => value * (1 + i));
      const model = this._models.find(
        ({ kind, label }) =>
          kind === setup.kind && label === `${setup.latentDims}L`
      );
      return {
        id: model?.id ?? `run ${i}`,
        label: `${setup.kind} ${setup.latentDims}L`,
        setup,
        epoch: done,
        epochs,
        step,
        steps,
        secondsPerEpoch: this.secondsPerEpoch + 0.4 * i,
        secondsLeft: this.secondsLeft * (1 + i),
        backend,
        history: {
          train: scaled(this.history.train),
          test: scaled(this.history.test)
        },
        paused: this.paused || this._held.has(i),
        fromPython: false,
        notice
      };
    });
  }

  start(): void {
    this.running = true;
    this.changed.emit();
  }

  train(setups: readonly ISetup[]): readonly string[] {
    this.start();
    return setups.map((_, i) => `run ${i}`);
  }

  has(run: string): boolean {
    return this.runs.some(({ id }) => id === run);
  }

  stopRun(): void {
    this.stop();
  }

  pause(run?: string): void {
    if (run === undefined) {
      this.paused = true;
    } else {
      this._held.add(this.runs.findIndex(({ id }) => id === run));
    }
    this.changed.emit();
  }

  resume(run?: string): void {
    if (run === undefined) {
      this.paused = false;
      this._held.clear();
    } else {
      this._held.delete(this.runs.findIndex(({ id }) => id === run));
    }
    this.changed.emit();
  }

  stop(): void {
    this.running = false;
    this.changed.emit();
  }

  dismissError(): void {
    this.error = '';
    this.changed.emit();
  }

  private _held = new Set<number>();
}

class MockExpected implements IExpectedTime {
  constructor(public measuring: boolean) {
    this.backend = measuring ? null : 'wasm';
  }

  readonly backend: 'wasm' | null;
  reason =
    'WebAssembly, because WebGPU finds no graphics adapter and WebGL runs on a software renderer (SwiftShader).';
  notice = '';
  device = '2 cores';
  secondsPerEpoch = 12.4;
  seconds = 1490;
  atOnce = 2;
  readonly changed = new Signal<IExpectedTime, void>(this);
}

/** Builds the workspace of a state. */
export function mockWorkspace(options: IMockOptions): IWorkspace {
  const { status } = options;
  const none = ['empty', 'loading', 'error', 'question'].includes(status);
  const plain = none
    ? null
    : options.raw
      ? once('raw pair', rawPair)
      : once('pair', simulatedPair);
  const pair =
    plain && options.words !== undefined
      ? withWords(plain, options.words)
      : plain;
  const setup: ISetup = {
    ...DEFAULT_SETUP,
    kind: options.kind,
    split: options.split,
    seed: 20210
  };
  const data = new MockData(pair, setup, options.problem);
  const navigation = new NavigationModel();
  navigation.adopt([62, 75, 400], [0, 0], [108, 132]);
  const models: ITrainedModel[] = [];
  if (pair && status !== 'ready') {
    const map = mockSplit(pair, setup).map;
    const running = status === 'training' || status === 'paused';
    for (const kind of ['im2spec', 'spec2im'] as const) {
      for (const latents of running ? [2] : (options.trained ?? [2, 10])) {
        const model = once(
          `${kind} ${latents} ${setup.split} ${options.raw}`,
          () => mockModel(pair, kind, latents, setup, map)
        );
        models.push(running ? { ...model, epoch: 30 } : model);
      }
    }
  }
  const workspace = new MockModels(data, navigation, models);
  navigation.setPointer(17, 59);
  if (models.length && status === 'done') {
    navigation.setLayer('error');
  }
  const history = models[0]
    ? {
        train: models[0].history.train.slice(0, 37),
        test: models[0].history.test.slice(0, 37)
      }
    : { train: [], test: [] };
  const training = new MockTraining(
    status === 'training' || status === 'paused',
    status === 'paused',
    history,
    options.error,
    () => data.setups,
    models
  );
  if (options.latents) {
    data.vary({ latentDims: options.latents });
  }
  if (options.stale) {
    data.change({ epochs: 200 });
  }
  const work = {
    busy: options.busy ?? false,
    blocked: options.blocked ?? '',
    error: options.taskError ?? ''
  };
  const regions = new RegionsModel();
  if (pair) {
    regions.follow(pair);
    regions.restore(options.regions ? EXAMPLE_REGIONS : []);
  }
  const aliases = new Map<string, string>();
  const link = mockLink();
  const root: IWorkspace = {
    id: 'mock',
    title: 'FT:IO monolayer',
    status,
    transfer:
      status === 'loading'
        ? {
            done: 3,
            total: 12,
            bytes: 4.1 * 1048576,
            totalBytes: 16.2 * 1048576
          }
        : null,
    linkState: options.link ?? 'connected',
    error:
      status === 'error'
        ? 'Block 4 of 12 did not arrive within 60 s. Run the cell again, or receive again.'
        : '',
    data,
    navigation,
    models: workspace,
    training,
    interrupted: new MockInterrupted(options.interrupted ?? false, setup),
    source: new MockSource(
      options.changed ?? [],
      options.blocked ?? '',
      options.taskError ?? '',
      options.elsewhere
    ),
    expected: new MockExpected(options.measuring ?? false),
    setVisible: () => undefined,
    preprocessing: new MockPreprocessing(pair, navigation, {
      ...work,
      steps: options.steps ?? 0,
      instant: options.instant ?? false
    }),
    factorisation: new MockFactorisation(pair, options.components ?? 0, {
      ...work,
      // Only one of the two works at a time.
      busy: work.busy && !options.steps
    }),
    regions,
    explorer: new Explorer({
      data,
      navigation,
      models: workspace,
      training,
      regions,
      networks: mockNetworks(workspace, pair?.nx ?? 1, aliases),
      library: mockLibrary(pair, workspace, aliases),
      link: () => link
    }),
    file: mockFile(pair),
    question: status === 'question' ? mockQuestion() : null,
    shelved: options.shelved ?? 0,
    unsent: options.link ? 1 : 0,
    changed: null!,
    disposed: null!,
    cancelTransfer: () => undefined,
    reload: () => undefined,
    choose: () => undefined,
    sendToPython: () => Promise.resolve(),
    exportModel: () => new Uint8Array(8),
    dispose: () => undefined
  };
  return Object.assign(root, {
    changed: new Signal<IWorkspace, void>(root),
    disposed: new Signal<IWorkspace, void>(root)
  });
}
