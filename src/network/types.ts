/** What crosses the border of the network room: typed arrays and shapes, never tensors. */
import type {
  BackendName,
  IHistory,
  IScaling,
  ISetup,
  Kind
} from '../signal/types';
import type { IAdamState } from './optimiser';

export type { IAdamState } from './optimiser';

export interface INetworkSpec {
  readonly kind: Kind;
  readonly latentDims: number;
  readonly filters: number;
  /** Window side in pixels. */
  readonly window: number;
  /** Length of a spectrum, L. */
  readonly channels: number;
}

export interface IArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Parameters and BN buffers by PyTorch name and layout: `enc.0.weight` ... `out.bias`. */
export type Parameters = Map<string, IArray>;

/** The data of one pair, in data units; the worker scales it. */
export interface IDataset {
  readonly ny: number;
  readonly nx: number;
  readonly channels: number;
  /** (ny, nx). */
  readonly image: Float32Array;
  /** (ny, nx, channels). */
  readonly spectra: Float32Array;
  readonly scaling: IScaling;
}

export interface ITrainRequest {
  readonly spec: INetworkSpec;
  readonly dataset: IDataset;
  /** Flat pixel indices (i * nx + j) of the training windows' centres. */
  readonly train: Int32Array;
  /** The same for the test windows; may be empty. */
  readonly test: Int32Array;
  /** The windows to encode and predict for maps: all valid, unmasked ones at stride 1. */
  readonly evaluate: Int32Array;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly backend: BackendName | 'auto';
  /** Evaluate every so many epochs while training (0: only at the end). */
  readonly evaluateEvery: number;
  /**
   * Threads of WebAssembly where the page is cross-origin isolated: the cores, shared
   * by the runs that are to train at once. All cores by default; one elsewhere.
   */
  readonly threads?: number;
  /** Where an earlier run of the same request stopped, for one that goes on from there. */
  readonly resume?: IResume;
  /** Seconds of training that may be lost: between two checkpoints; none are made by default. */
  readonly checkpointEvery?: number;
}

/** A network in training at one moment. */
export interface ITrainedState {
  readonly parameters: Parameters;
  /** Adam's memory at that moment; where it is null Adam begins anew. */
  readonly adam: IAdamState | null;
}

/** What a run needs to go on as if it had not been interrupted. */
export interface IResume extends ITrainedState {
  /** Losses of the complete epochs, of which there are `epoch`. */
  readonly history: IHistory;
  readonly epoch: number;
  /** The epoch in which it was taken; null or left out between two epochs. */
  readonly begun?: IBegunEpoch | null;
}

/** An epoch that is not complete. */
export interface IBegunEpoch {
  /** Steps done of it. */
  readonly step: number;
  /** Losses of these steps, each times its share of the training windows, summed. */
  readonly loss: number;
  /** What it began with: where a loss is not finite the run goes back to it. */
  readonly before: ITrainedState;
}

/** A run as it was at a step. */
export interface ICheckpoint extends IResume {
  readonly backend: BackendName;
  /** Windows of a batch, fewer than asked for where memory was short. */
  readonly batchSize: number;
}

/** A checkpoint with all that another page needs to go on with it; its file is checkpoint-file.ts. */
export interface IRunCheckpoint {
  /** Id of the run. */
  readonly run: string;
  /** Of the values of the data, by which Python finds it. */
  readonly dataSha256: string;
  /** Names the data with mask and axes; the file holds a hash of it. */
  readonly data: string;
  readonly setup: ISetup;
  /** Length of a spectrum. */
  readonly channels: number;
  readonly fromPython: boolean;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly checkpoint: ICheckpoint;
}

/** What is asked of a backend before a run: only the shape of its work. */
export interface ICalibrationRequest {
  readonly spec: INetworkSpec;
  /** Training windows of an epoch. */
  readonly windows: number;
  readonly batchSize: number;
  readonly backend: BackendName | 'auto';
  /** As in `ITrainRequest`. */
  readonly threads?: number;
}

/** How fast this machine trains a network, measured in about a second. */
export interface ICalibration {
  /** What such a run would train on. */
  readonly backend: BackendName;
  /** One sentence for the user: why this backend, with figures where several were measured; or why there is no figure. */
  readonly reason: string;
  /** A sentence where it is not what was asked for, or not at its best, else ''. */
  readonly notice: string;
  /** NaN where it could not be measured. */
  readonly millisecondsPerStep: number;
  /** Training alone, without evaluations; NaN where it could not be measured. */
  readonly secondsPerEpoch: number;
  /** Name of the graphics adapter, or "2 cores" (the threads at work); '' where nothing was measured. */
  readonly device: string;
}

/** Sent at most ten times a second. */
export interface IProgress {
  /** Complete epochs. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done in the running epoch, of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** Seconds an epoch, NaN before the first can be estimated. */
  readonly secondsPerEpoch: number;
  readonly backend: BackendName;
  readonly history: IHistory;
  /** A sentence where something was changed on the way (fallback of the backend, merged batch), else ''. */
  readonly notice: string;
}

/** Eval-mode outputs for the positions asked for, in their order. */
export interface IEvaluation {
  /** Complete epochs when it was made. */
  readonly epoch: number;
  /** (n, latentDims). */
  readonly latents: Float32Array;
  /** (n, channels) for im2spec, (n, window, window) for spec2im, in data units. */
  readonly predictions: Float32Array;
}

export interface ITrainResult {
  readonly parameters: Parameters;
  readonly history: IHistory;
  readonly evaluation: IEvaluation;
  readonly backend: BackendName;
  /** Windows in a batch: fewer than asked for where the GPU had no memory for more. */
  readonly batchSize: number;
  /** Complete epochs whose weights these are. */
  readonly epoch: number;
  readonly stopped: boolean;
  /** What a user should know ("Loss became NaN at epoch 4 (learning rate 0.1?): restored epoch 3"), else ''. */
  readonly notice: string;
}

export interface IRunHandlers {
  onProgress?(progress: IProgress): void;
  onEvaluation?(evaluation: IEvaluation): void;
  onCheckpoint?(checkpoint: ICheckpoint): void;
}

/** A training run in a worker of its own, which ends with the run. */
export interface IRun {
  pause(): void;
  resume(): void;
  /** End after the running batch and keep the weights of the last complete epoch. */
  stop(): void;
  /**
   * (n, latentDims) -> (n, channels) or (n, window, window) in data units by the
   * weights as they are, answered between two steps and while paused. Rejects
   * once the run has ended.
   */
  decode(latents: Float32Array, n: number): Promise<Float32Array>;
  readonly done: Promise<ITrainResult>;
}

/** A trained network kept ready for inference in a worker. Inputs and outputs in data units. */
export interface ISession {
  readonly spec: INetworkSpec;
  readonly backend: BackendName;
  /** (n, window, window) or (n, channels) -> (n, latentDims). */
  encode(features: Float32Array, n: number): Promise<Float32Array>;
  /** (n, latentDims) -> (n, channels) or (n, window, window). */
  decode(latents: Float32Array, n: number): Promise<Float32Array>;
  evaluate(dataset: IDataset, positions: Int32Array): Promise<IEvaluation>;
  dispose(): void;
}

/** The network room's only door; implemented in client.ts. */
export interface INetworkClient {
  train(request: ITrainRequest, handlers: IRunHandlers): IRun;
  open(
    spec: INetworkSpec,
    parameters: Parameters,
    scaling: IScaling,
    backend: BackendName | 'auto'
  ): Promise<ISession>;
  /**
   * Trains on noise of the shape for about a second and says how long an epoch takes; known
   * shapes are answered from memory. 'auto' in `train` takes what was found fastest here.
   * Failing is no error: the figures are NaN and the reason says why. Rejects with an
   * AbortError where `signal` asks to give up; do so before a run starts, which it would slow down.
   */
  calibrate(
    request: ICalibrationRequest,
    signal?: AbortSignal
  ): Promise<ICalibration>;
  /** Which backend 'auto' would take and why, in one sentence for the user. */
  probe(): Promise<{ backend: BackendName; reason: string }>;
  dispose(): void;
}
