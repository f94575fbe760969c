/** A run as it was at its last checkpoint, to go on in another page. */
import type { ICheckpoint } from '../../network/types';
import type { ISetup } from '../../signal/types';

export interface IKeptRun {
  /** Id of the run, which its model gets too. */
  readonly run: string;
  /** Names the data: `dataKey` of their pair. */
  readonly data: string;
  readonly setup: ISetup;
  readonly fromPython: boolean;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly checkpoint: ICheckpoint;
}

/** Where runs outlive their page. Every call may reject: storage may be full or forbidden. */
export interface ICheckpointStore {
  /** In place of an earlier checkpoint of the same run. */
  put(run: IKeptRun): Promise<void>;
  list(): Promise<readonly IKeptRun[]>;
  remove(run: string): Promise<void>;
}

/** Which runs train now, in whatever page of this browser. */
export interface IRunLocks {
  /** Says that a run trains here, until the function that is returned is called or the page goes. */
  hold(run: string): () => void;
  /** Runs that train in some page; null where this browser cannot tell. */
  held(): Promise<ReadonlySet<string> | null>;
}
