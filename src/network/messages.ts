/** What the page and a network worker say to each other. */
import type { BackendName, IScaling } from '../signal/types';
import type { IObstacles, Obstacle } from './obstacles';
import type {
  ICalibration,
  ICalibrationRequest,
  ICheckpoint,
  IDataset,
  IEvaluation,
  INetworkSpec,
  IProgress,
  ITrainRequest,
  ITrainResult,
  Parameters
} from './types';

/**
 * From the page. A worker serves one run, one session, one calibration or one probe.
 * Spectra of a dataset are empty in messages: they follow in slices of their own.
 */
export type Request =
  | {
      readonly type: 'train';
      readonly request: ITrainRequest;
      /** What an attempt before this one ran into. */
      readonly before: IEarlierAttempts;
    }
  | {
      readonly type: 'spectra';
      /** Where the values belong in all `length` of them. */
      readonly at: number;
      readonly length: number;
      readonly values: Float32Array;
    }
  | {
      readonly type: 'calibrate';
      readonly request: ICalibrationRequest;
    }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'stop' }
  | {
      readonly type: 'open';
      readonly spec: INetworkSpec;
      readonly parameters: Parameters;
      readonly scaling: IScaling;
      readonly backend: BackendName | 'auto';
      /** Backends that failed, and why. */
      readonly obstacles: IObstacles;
    }
  | {
      readonly type: 'call';
      /** Comes back with the reply. */
      readonly id: number;
      readonly call: Call;
    }
  | { readonly type: 'probe' };

/** What a run knows before it starts. */
export interface IEarlierAttempts {
  /** The backend that was fastest for this network, to be tried first by 'auto'. */
  readonly fastest: BackendName | null;
  /** Backends that failed, and why. */
  readonly obstacles: IObstacles;
  /** A sentence for the user where the request was changed, else ''. */
  readonly notice: string;
}

/** What can be asked of an open session; of a run only `decode`. */
export type Call =
  | {
      readonly method: 'encode';
      readonly values: Float32Array;
      readonly n: number;
    }
  | {
      readonly method: 'decode';
      readonly values: Float32Array;
      readonly n: number;
    }
  | {
      readonly method: 'evaluate';
      readonly dataset: IDataset;
      readonly positions: Int32Array;
    };

/** From the worker. */
export type Response =
  | { readonly type: 'progress'; readonly progress: IProgress }
  | { readonly type: 'evaluation'; readonly evaluation: IEvaluation }
  | { readonly type: 'checkpoint'; readonly checkpoint: ICheckpoint }
  | { readonly type: 'result'; readonly result: ITrainResult }
  | { readonly type: 'opened'; readonly backend: BackendName }
  | {
      readonly type: 'reply';
      readonly id: number;
      readonly value: Float32Array | IEvaluation;
    }
  | {
      readonly type: 'probed';
      readonly backend: BackendName;
      readonly reason: string;
    }
  | {
      readonly type: 'calibrated';
      /** Its seconds an epoch are those of one step. */
      readonly calibration: ICalibration;
      /** Of what was measured: half of what was asked for where memory ran out. */
      readonly batchSize: number;
    }
  | {
      readonly type: 'failed';
      /** Of the call that failed; null where the worker's whole task did. */
      readonly id: number | null;
      readonly message: string;
      /** Where another attempt at a run may succeed: what stood in the way of this one. */
      readonly obstacle?: Obstacle;
      readonly backend?: BackendName;
    };

/** What of a Worker the client uses; tests put another in its place. */
export interface IWorkerLike {
  postMessage(message: Request, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<Response>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
  terminate(): void;
}

/** What of its global scope a worker uses. */
export interface IWorkerScope {
  postMessage(message: Response, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<Request>) => void) | null;
}
