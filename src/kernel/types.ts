/** What the kernel room offers to the model room. */
import type { ISignal } from '@lumino/signaling';
import type { IHistory, IPair, ISetup } from '../signal/types';

/** `gone`: kernel dead, restarted without the data, or disconnected. */
export type LinkState = 'connected' | 'busy' | 'gone';

/** What Python asks of the panel. */
export type KernelRequest =
  | { readonly type: 'train'; readonly run: string; readonly setup: ISetup }
  | { readonly type: 'stop'; readonly run: string }
  /** Show a model that Python loaded from a file. */
  | { readonly type: 'show'; readonly model: string; readonly file: Uint8Array }
  /** The data were replaced by another `explore` with the same id: receive the pair again. */
  | { readonly type: 'reload' };

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

export interface IRunProgress {
  readonly run: string;
  readonly epoch: number;
  readonly epochs: number;
  readonly history: IHistory;
  readonly secondsPerEpoch: number;
  readonly backend: string;
}

/** What the user did in the panel, for `ex.selection`. */
export interface IPanelState {
  readonly pointer: readonly [number, number];
  /** Energy range in the units of the energy axis. */
  readonly energyRange: readonly [number, number];
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
  ): Promise<IPair>;
  sendProgress(progress: IRunProgress): void;
  /** Resolves when the kernel has acknowledged every block. */
  sendModel(
    payload: IModelPayload,
    onProgress?: (p: ITransferProgress) => void
  ): Promise<void>;
  sendFailure(run: string, message: string): void;
  sendState(state: IPanelState): void;
  dispose(): void;
}
