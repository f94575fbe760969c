/** Receiving the data of a panel: progress, cancelling, starting again. */
import type { ILink, IQuestion } from '../kernel/types';
import type { IPair } from '../signal/types';
import { messageOf } from './message-of';
import type { ITransferState } from './types';

/** How a transfer ended; `superseded` by a newer one, which will say. */
export type TransferEnd =
  | { readonly type: 'received'; readonly pair: IPair }
  | { readonly type: 'asked'; readonly question: IQuestion }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'superseded' };

/** One transfer at a time; a new one ends the earlier. */
export class PairTransfer {
  /** @param onProgress - called whenever `state` has changed. */
  constructor(onProgress: () => void) {
    this._onProgress = onProgress;
  }

  /** Blocks and bytes so far; null while nothing is received. */
  get state(): ITransferState | null {
    return this._state;
  }

  async receive(link: ILink): Promise<TransferEnd> {
    this._abort?.abort();
    const abort = new AbortController();
    this._abort = abort;
    this._state = { done: 0, total: 0, bytes: 0, totalBytes: 0 };
    this._onProgress();
    const report = (state: ITransferState) => {
      if (this._abort === abort) {
        this._state = state;
        this._onProgress();
      }
    };
    try {
      const got = await link.receivePair(report, abort.signal);
      return this._end(abort, () =>
        'question' in got
          ? { type: 'asked', question: got }
          : { type: 'received', pair: got }
      );
    } catch (error) {
      return this._end(abort, () => ({
        type: 'failed',
        message: abort.signal.aborted ? this._cancelled() : messageOf(error)
      }));
    }
  }

  cancel(): void {
    this._abort?.abort();
  }

  /** Stop, and let nothing of it be heard. */
  dispose(): void {
    const abort = this._abort;
    this._abort = null;
    this._state = null;
    abort?.abort();
  }

  private _end(abort: AbortController, end: () => TransferEnd): TransferEnd {
    if (this._abort !== abort) {
      return { type: 'superseded' };
    }
    const result = end();
    this._abort = null;
    this._state = null;
    return result;
  }

  private _cancelled(): string {
    const { done, total } = this._state ?? { done: 0, total: 0 };
    const got = total > 0 ? ` after ${done} of ${total} blocks` : '';
    return `Receiving the data was cancelled${got}. Reload to receive them again.`;
  }

  private _onProgress: () => void;
  private _state: ITransferState | null = null;
  private _abort: AbortController | null = null;
}
