/**
 * What the views see: state to read, signals in the past tense, verbs to call.
 * A setter returns early when nothing changes. No view talks to another.
 */
import type { JSONObject } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { IQuestion } from '../kernel/types';
import type {
  BackendName,
  IAxis,
  IHistory,
  IPair,
  IRange,
  IRegionShape,
  IScaling,
  ISetup,
  Kind,
  Metric,
  RegionKind
} from '../signal/types';
import type { IInterruptedModel } from './checkpoints/interrupted-types';
import type { IExplorer } from './explorer/types';
import type { INavigationModel } from './navigation-types';
import type { ISourceChanges } from './source-types';
import type { IExpectedTime, ITrainingModel } from './training-types';
import type { IWorkspaceFile } from './workspace-file/types';

export type {
  ColourMap,
  ILayerLook,
  ILimitsChoice,
  INavigationModel,
  Layer
} from './navigation-types';
export type {
  IExpectedTime,
  IRunState,
  ITrainingModel
} from './training-types';

export type PanelStatus =
  | 'empty'
  | 'loading'
  /** The kernel must know something first: `IWorkspace.question`. */
  | 'question'
  | 'ready'
  | 'training'
  | 'paused'
  | 'done'
  | 'error';

export interface IWindowsSummary {
  readonly total: number;
  readonly train: number;
  readonly guard: number;
  readonly test: number;
  /** True where test windows share pixels with training windows. */
  readonly leaking: boolean;
  /** Share (0 to 1) of the test pixels that training windows contain. */
  readonly sharedPixels: number;
  /** (ny, nx) labels as in signal/types: -1 none, 0 train, 1 guard, 2 test. */
  readonly map: Int8Array;
}

/** What the runs of one training may differ in. */
export interface ISetupLists {
  readonly latentDims?: readonly number[];
  readonly seed?: readonly number[];
}

/** The data and the setup that the next training takes. */
export interface IDataModel {
  readonly pair: IPair | null;
  readonly setup: ISetup;
  /** null while there is no pair or the setup does not fit it; then `problem` says why. */
  readonly windows: IWindowsSummary | null;
  readonly problem: string;
  /** A run each of the next training; `setup` is the first of them. */
  readonly setups: readonly ISetup[];
  readonly pairChanged: ISignal<IDataModel, void>;
  readonly setupChanged: ISignal<IDataModel, void>;
  change(setup: Partial<ISetup>): void;
  /** Train with several numbers of latents or seeds: one run for each pair of them. */
  vary(lists: ISetupLists): void;
}

/** A trained (or still training) network with what was computed from it. */
export interface ITrainedModel {
  readonly id: string;
  /** "2L", "10L". */
  readonly label: string;
  readonly kind: Kind;
  readonly setup: ISetup;
  readonly scaling: IScaling;
  readonly backend: BackendName;
  /** Epoch of the evaluation shown. */
  readonly epoch: number;
  readonly history: IHistory;
  readonly notice: string;
  /** (n) flat pixel indices of the evaluated windows. */
  readonly positions: Int32Array;
  /** (n, latentDims). */
  readonly latents: Float32Array;
  /** (ny, nx) labels of its split. */
  readonly split: Int8Array;
  /** (ny, nx) relative error, a fraction; NaN where no window fits. */
  readonly error: Float32Array;
  /**
   * (ny, nx) error by a measure; NaN where no window fits. Fractions, but for "mse_raw",
   * which is in squared data units. The same array until there is another evaluation.
   */
  errorBy(metric: Metric): Float32Array;
  /** Means of `error` over the windows of a part; NaN for an empty one. */
  readonly meanError: {
    readonly train: number;
    readonly test: number;
    readonly all: number;
  };
  /** The same means of RMSE as a fraction of full scale, and of the mean predictor's error. */
  readonly meanRmse: { readonly train: number; readonly test: number };
  /** 1 - MSE(model) / MSE(mean of the training targets), over the part's windows. */
  readonly skill: { readonly train: number; readonly test: number };
  /** Prediction at a pixel in data units, (channels) or (window, window); null where no window fits. */
  predictionAt(row: number, column: number): Float32Array | null;
  /** Encoding at a pixel; null where no window fits. */
  latentAt(row: number, column: number): Float32Array | null;
}

export interface IGrid {
  readonly size: number;
  /** The two latent axes shown. */
  readonly axes: readonly [number, number];
  /** Range of every latent over all evaluated windows; (latentDims). */
  readonly ranges: readonly IRange[];
  /** (size * size, latentDims), row 0 at the LOWEST value of the second axis, columns along the first. */
  readonly nodes: Float32Array;
  /** (size * size, channels) or (size * size, window, window), data units. */
  readonly decoded: Float32Array;
  /** Mean of the k nearest windows' features: (size * size, window, window) or (size * size, channels). */
  readonly backProjected: Float32Array;
  /** (size * size, k) indices into positions. */
  readonly neighbours: Int32Array;
  /** (size * size) RMS Euclidean distance of those features from their mean, on the [0, 1] scale. */
  readonly dispersion: Float32Array;
  /** (size * size) 1 where no encoding lies within one grid step. */
  readonly far: Uint8Array;
}

/** The models trained so far, by direction, and the latent grid of the active one. */
export interface IModelsModel {
  readonly items: readonly ITrainedModel[];
  /** The model whose latent space, error layer and grid are shown; of the setup's kind where there is one. */
  readonly active: ITrainedModel | null;
  readonly grid: IGrid | null;
  /** k of the back-projection. */
  readonly k: number;
  /** Decoded target at the latent cursor, data units; null before training. */
  readonly decodedAtCursor: Float32Array | null;
  readonly itemsChanged: ISignal<IModelsModel, void>;
  readonly activeChanged: ISignal<IModelsModel, void>;
  readonly gridChanged: ISignal<IModelsModel, void>;
  readonly cursorDecoded: ISignal<IModelsModel, void>;
  activate(id: string): void;
  remove(id: string): void;
  setAxes(a: number, b: number): void;
  setK(k: number): void;
  setGridSize(size: number): void;
}

/** Work under way in the kernel. */
export interface IBusy {
  readonly text: string;
  /** 0 to 1; null while unknown. */
  readonly fraction: number | null;
}

/** Parameters of one preprocessing step as JSON: {step: "remove_zero_loss", tail: [0.05, 0.1], ...}. */
export type StepParams = JSONObject & { readonly step: string };

/** A step that was applied. */
export interface IAppliedStep {
  readonly params: StepParams;
  /** What it did, in a sentence with units. */
  readonly text: string;
  /** True where eelscape itself put it in, to keep to the memory budget. */
  readonly automatic: boolean;
}

/** The data before the first step. */
export interface ISourceSummary {
  readonly shape: readonly [number, number, number];
  /** As float32. */
  readonly bytes: number;
  readonly dtype: string;
  readonly lazy: boolean;
  /** "hyperspy", "numpy", "zarr", ... */
  readonly origin: string;
  readonly energy: IAxis;
  /** What was converted on the way in, a sentence each. */
  readonly report: readonly string[];
}

/** What a step would do, at the pointer and over the scan. Arrays are null where the step has none. */
export interface IStepPreview {
  /** Params completed by the kernel: windows it chose, for example. */
  readonly params: StepParams;
  /** What it would do, in a sentence with units. */
  readonly text: string;
  readonly warnings: readonly string[];
  readonly shapeAfter: readonly [number, number, number];
  /** Axis of `before` and `background`; and of `after`. */
  readonly energyBefore: IAxis;
  readonly energyAfter: IAxis;
  /** At the pointer, data units. */
  readonly before: Float32Array;
  readonly after: Float32Array;
  readonly background: Float32Array | null;
  /** Means over the unmasked scan. */
  readonly meanBefore: Float32Array;
  readonly meanAfter: Float32Array;
  readonly meanBackground: Float32Array | null;
  /** (E) mean of data minus fit over the fit windows, NaN elsewhere. */
  readonly residual: Float32Array | null;
  /** (ny, nx) RMS of data minus fit in the fit windows, in units of the counting noise. */
  readonly residualMap: Float32Array | null;
  /** (ny, nx) 1 where the step would exclude or mend a pixel. */
  readonly flags: Uint8Array | null;
}

/** Preprocessing in the kernel: a list of steps, each undoable. */
export interface IPreprocessingModel {
  readonly source: ISourceSummary | null;
  readonly steps: readonly IAppliedStep[];
  /** Steps that were undone and can be redone, the next one last. */
  readonly undone: readonly IAppliedStep[];
  /** The step being prepared; null while none is. */
  readonly draft: StepParams | null;
  /** Of the draft; null before it has come. */
  readonly preview: IStepPreview | null;
  readonly busy: IBusy | null;
  /** '' or what went wrong and what to do. */
  readonly error: string;
  /** '' or why nothing can be applied now (training runs, kernel gone). */
  readonly blocked: string;
  readonly changed: ISignal<IPreprocessingModel, void>;
  /** Prepare a step, or none; its preview follows the pointer. */
  edit(draft: StepParams | null): void;
  /** Append the draft. */
  apply(): void;
  undo(): void;
  redo(): void;
  cancel(): void;
}

export interface IFactorisation {
  /** Each (ny, nx); NaN where masked. */
  readonly abundances: readonly Float32Array[];
  /** Each (channels), data units at an abundance of 1. */
  readonly endmembers: readonly Float32Array[];
  /** Share (0 to 1) of the data's sum of squares that the product explains. */
  readonly explained: number;
  readonly report: readonly string[];
}

/** Non-negative matrix factorisation in the kernel. */
export interface IFactorisationModel {
  /** null before the first, and where the data changed since. */
  readonly result: IFactorisation | null;
  readonly busy: IBusy | null;
  readonly error: string;
  /** '' or why it cannot run now. */
  readonly blocked: string;
  readonly changed: ISignal<IFactorisationModel, void>;
  run(components: number): void;
  cancel(): void;
}

/** A region with what the data say in it. */
export interface IRegion extends IRegionShape {
  /** (ny, nx) 1 inside, masked pixels included. */
  readonly mask: Uint8Array;
  /** Unmasked pixels inside. */
  readonly pixels: number;
  /** (channels); null where it holds no unmasked pixel. */
  readonly mean: Float32Array | null;
  /** (channels) standard deviation over pixels / sqrt(pixels); null below two pixels. */
  readonly standardError: Float32Array | null;
}

/** Regions drawn on the navigator. */
export interface IRegionsModel {
  readonly items: readonly IRegion[];
  readonly selected: string | null;
  /** What a drag on the navigator draws; null: it moves the pointer. */
  readonly tool: RegionKind | null;
  readonly changed: ISignal<IRegionsModel, void>;
  setTool(tool: RegionKind | null): void;
  /** Returns the name it got. */
  add(kind: RegionKind, points: IRegionShape['points']): string;
  /** Replace the points of a region; they are kept inside the scan. */
  reshape(name: string, points: IRegionShape['points']): void;
  rename(name: string, to: string): void;
  remove(name: string): void;
  select(name: string | null): void;
}

export interface ITransferState {
  readonly done: number;
  readonly total: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

/** The root model; each view is handed only the parts it shows. */
export interface IWorkspace {
  readonly id: string;
  readonly title: string;
  readonly status: PanelStatus;
  /** While loading. */
  readonly transfer: ITransferState | null;
  readonly linkState: 'connected' | 'busy' | 'gone' | 'none';
  /** Cause and remedy where status is 'error' (a failed transfer) or 'question' (an answer that did not do). */
  readonly error: string;
  /** How many finished models Python does not have yet. */
  readonly unsent: number;
  readonly data: IDataModel;
  readonly navigation: INavigationModel;
  readonly models: IModelsModel;
  readonly training: ITrainingModel;
  readonly interrupted: IInterruptedModel;
  readonly expected: IExpectedTime;
  readonly preprocessing: IPreprocessingModel;
  readonly factorisation: IFactorisationModel;
  readonly source: ISourceChanges;
  readonly regions: IRegionsModel;
  readonly explorer: IExplorer;
  readonly file: IWorkspaceFile;
  /** While status is 'question'. */
  readonly question: IQuestion | null;
  /** How many models belong to other data (before a preprocessing step): undo brings them back. */
  readonly shelved: number;
  readonly changed: ISignal<IWorkspace, void>;
  readonly disposed: ISignal<IWorkspace, void>;
  /** Whether somebody sees the panel; nothing is measured for one that nobody sees. */
  setVisible(visible: boolean): void;
  /** Stop receiving the data. */
  cancelTransfer(): void;
  /** Receive the data again. */
  reload(): void;
  /** Answer the question: index by key of the group. */
  choose(answers: Readonly<Record<string, number>>): void;
  /** Return the models that Python does not have yet; what is cancelled stays here. */
  sendToPython(abort?: AbortSignal): Promise<void>;
  /** Bytes of the active model as safetensors, for a download; null without one. */
  exportModel(): Uint8Array | null;
  dispose(): void;
}
