/** What the page and a network worker say to each other. */
import type { BackendName, IScaling } from '../signal/types';
import type {
  IDataset,
  IEvaluation,
  INetworkSpec,
  IProgress,
  ITrainRequest,
  ITrainResult,
  Parameters
} from './types';

/** From the page. A worker serves one run, or one session, or one probe. */
export type Request =
  | { readonly type: 'train'; readonly request: ITrainRequest }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'stop' }
  | {
      readonly type: 'open';
      readonly spec: INetworkSpec;
      readonly parameters: Parameters;
      readonly scaling: IScaling;
      readonly backend: BackendName | 'auto';
    }
  | {
      readonly type: 'call';
      /** Comes back with the reply. */
      readonly id: number;
      readonly call: Call;
    }
  | { readonly type: 'probe' };

/** What can be asked of an open session. */
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
      readonly type: 'failed';
      /** Of the call that failed; null where the worker's whole task did. */
      readonly id: number | null;
      readonly message: string;
    };

/** What of a Worker the client uses; tests put another in its place. */
export interface IWorkerLike {
  postMessage(message: Request): void;
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
