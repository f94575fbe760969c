/** What the views and plugins see of the workspace file. */
import type { ISignal } from '@lumino/signaling';
import type { IPair } from '../../signal/types';

/** What data must have that are connected: those of the file. */
export interface IWantedData {
  readonly name: string;
  readonly sha256: string;
  /** (ny, nx, channels). */
  readonly shape: readonly [number, number, number];
}

export interface IWorkspaceFile {
  /** Name of the file that the panel was opened from; '' for none. */
  readonly name: string;
  /** Bytes that the spectra take in a file; 0 where they are not here. */
  readonly spectraBytes: number;
  /** The data whose spectra are absent; null where all is here. */
  readonly wanted: IWantedData | null;
  readonly changed: ISignal<IWorkspaceFile, void>;
  /** Bytes of a workspace file. Rejects with an Error for the user. */
  save(withSpectra: boolean): Promise<Uint8Array>;
  /** The same at once, with the recipe that the file had. */
  saveNow(withSpectra: boolean): Uint8Array;
  /**
   * Show what a file holds. Rejects with an Error for the user where it is damaged or too
   * new; what is open then stays.
   */
  open(bytes: Uint8Array, name: string): Promise<void>;
  /** Take the spectra of these data; false where they are others than those that are wanted. */
  connect(pair: IPair): boolean;
}
