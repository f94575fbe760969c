/** What the kernel room offers to the model room. */
import type { ISignal } from '@lumino/signaling';
import type { JSONObject } from '@lumino/coreutils';
import type {
  IHistory,
  IPair,
  IRegionShape,
  ISetup,
  Metric
} from '../signal/types';

/** `gone`: kernel dead, restarted without the data, or disconnected. */
export type LinkState = 'connected' | 'busy' | 'gone';

/** What Python asks of the panel. */
export type KernelRequest =
  | { readonly type: 'train'; readonly run: string; readonly setup: ISetup }
  | { readonly type: 'stop'; readonly run: string }
  /** Show a model that Python loaded from a file. */
  | { readonly type: 'show'; readonly model: string; readonly file: Uint8Array }
  /** The data were replaced by another `explore` with the same id: receive the pair again. */
  | { readonly type: 'reload' }
  /** Put regions, pins, pointer, selection and settings there. */
  | { readonly type: 'place'; readonly state: IPanelState }
  /** Something that a task returns was made or changed by a cell: ask for it again. */
  | { readonly type: 'changed'; readonly what: 'factorisation' | 'source' };

/** A finished model on its way to Python. */
export interface IModelPayload {
  /** Run id where Python asked for it, a fresh id where the panel trained by itself. */
  readonly run: string;
  readonly title: string;
  /** safetensors bytes with the `eelscape` metadata (see network/model-file.ts). */
  readonly file: Uint8Array;
  /** (n) flat pixel indices of the evaluated windows. */
  readonly positions: Int32Array;
  /** (n, latentDims). */
  readonly latents: Float32Array;
  /** (n, channels) or (n, window, window), data units. */
  readonly predictions: Float32Array;
  readonly backend: string;
  readonly notice: string;
}

/** A checkpoint that may go to the kernel. */
export interface ICheckpointOffer {
  readonly run: string;
  /** Makes the file when it is to be sent. */
  file(): Promise<Uint8Array>;
}

export interface IRunProgress {
  readonly run: string;
  readonly epoch: number;
  readonly epochs: number;
  readonly history: IHistory;
  readonly secondsPerEpoch: number;
  readonly backend: string;
}

/** (row, column); null for none. */
type Pixel = readonly [number, number] | null;

/** What the user did in the panel, for `ex.selection`, `ex.pins` and `ex.recipe()`. */
export interface IPanelState {
  readonly pointer: Pixel;
  readonly secondPointer: Pixel;
  /** Energy range in the units of the energy axis. */
  readonly energyRange: readonly [number, number] | null;
  readonly regions: readonly IRegionShape[];
  /** Name of the region that is chosen. */
  readonly region: string | null;
  readonly pins: readonly IPinState[];
  /** The selected windows as runs over the scan (see signal/mask-runs.ts). */
  readonly selection: readonly number[];
  readonly metric: Metric;
  readonly analysis: IAnalysisState;
}

/** A pinned location as it travels. */
export interface IPinState {
  readonly letter: string;
  readonly name: string;
  readonly row: number;
  readonly column: number;
}

/** Settings of what is computed from models; null where the panel has none. */
export interface IAnalysisState {
  /** Nodes along a side of the latent grid, its two latents, neighbours of the back-projection. */
  readonly gridSize: number | null;
  readonly axes: readonly [number, number] | null;
  readonly k: number | null;
  readonly clusters: {
    readonly k: number;
    readonly covariance: string;
    readonly seed: number;
  } | null;
  /** A model that is applied to these data; absent for none. */
  readonly transfer?: ITransferState;
  /** What was found for a wanted spectrum; absent before a search. */
  readonly inverse?: IInverseState;
}

/** A model applied to data that it was not trained on. */
export interface ITransferState {
  /** sha256 of its weights (see network/weights-sha256.ts). */
  readonly weights: string;
  /** Whose [0, 1] scale is used. */
  readonly scale: 'network' | 'data';
}

/** A search for structures whose spectrum comes near a wanted one. */
export interface IInverseState {
  /** Of the model that was searched, and of the one that made the image; null without one. */
  readonly weights: string;
  readonly image: string | null;
  readonly source: 'pointer' | 'selection' | 'pin' | 'peaks' | 'drawn';
  /** (channels) wanted spectrum, data units. */
  readonly target: readonly number[];
  /** First and last channel that counted. */
  readonly channels: readonly [number, number];
  readonly peaks: readonly {
    readonly position: number;
    readonly width: number;
    readonly height: number;
  }[];
  readonly base: number;
  /** Latents of each answer, the nearest first. */
  readonly latents: readonly (readonly number[])[];
  /** Nearest windows of an answer. */
  readonly k: number;
}

/** One thing to choose from. Every text is data. */
export interface IQuestionOption {
  readonly title: string;
  /** Shape and units in words: "62 x 75 x 640, counts". */
  readonly detail: string;
  /** (height, width) of `preview`; null without one. */
  readonly previewShape: readonly [number, number] | null;
  readonly preview: Float32Array | null;
}

/** What the kernel must know before it has a pair: which of several signals, which axis order. */
export interface IQuestion {
  readonly id: string;
  readonly name: string;
  /** What is asked and why. */
  readonly question: string;
  readonly groups: readonly {
    /** "spectra", "image" or "order": key of the answer. */
    readonly key: string;
    readonly label: string;
    readonly options: readonly IQuestionOption[];
    /** Index that the kernel would take; -1 where it has no opinion. */
    readonly suggested: number;
  }[];
}

/** An array that a task returned. */
export interface ITaskArray {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

export interface ITaskResult {
  readonly fields: JSONObject;
  readonly arrays: Readonly<Record<string, ITaskArray>>;
}

export interface ITaskProgress {
  /** 0 to 1; null while unknown. */
  readonly fraction: number | null;
  readonly message: string;
}

export interface ITaskOptions {
  onProgress?(progress: ITaskProgress): void;
  /** Aborting cancels the task in the kernel; the promise rejects with an AbortError. */
  readonly abort?: AbortSignal;
}

/** What another tab does with the same data. */
export interface IElsewhere {
  /** How far its run is; null where it trains nothing. */
  readonly training: {
    readonly epoch: number;
    readonly epochs: number;
  } | null;
}

export interface ITransferProgress {
  readonly done: number;
  readonly total: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

/** One panel's line to one kernel. */
export interface ILink {
  readonly id: string;
  readonly state: LinkState;
  readonly stateChanged: ISignal<ILink, LinkState>;
  readonly requested: ISignal<ILink, KernelRequest>;
  receivePair(
    onProgress: (p: ITransferProgress) => void,
    abort: AbortSignal
  ): Promise<IPair | IQuestion>;
  /** What another tab does that leads; null where this one leads, or nobody said. */
  readonly elsewhere?: IElsewhere | null;
  /** What the kernel knew at its latest welcome; a reloaded page shows it again. */
  readonly panelState: IPanelState | null;
  /**
   * Let the kernel compute: "preprocess-state", "preprocess-preview",
   * "preprocess-apply", "nmf", "factorisation", "choose". Rejects with an Error
   * whose message is for the user.
   */
  runTask(
    kind: string,
    params: JSONObject,
    options?: ITaskOptions
  ): Promise<ITaskResult>;
  sendProgress(progress: IRunProgress): void;
  /** Resolves when the kernel has acknowledged every block; aborting ends it with an AbortError. */
  sendModel(
    payload: IModelPayload,
    onProgress?: (p: ITransferProgress) => void,
    abort?: AbortSignal
  ): Promise<void>;
  /** Keep a checkpoint in the kernel when there is time; a newer one of the run replaces it. */
  sendCheckpoint?(offer: ICheckpointOffer): void;
  /** Send no more checkpoints of this run. */
  forgetCheckpoint?(run: string): void;
  sendFailure(run: string, message: string): void;
  sendState(state: IPanelState): void;
  dispose(): void;
}
