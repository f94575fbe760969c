/** How data come to a panel: receiving, failing, the question before there are any. */
import type { ILink, IQuestion } from '../kernel/types';
import type { IPair } from '../signal/types';
import { PairTransfer } from './pair-transfer';
import { messageOf } from './message-of';
import type { TrainingModel } from './training-model';
import type { ITransferState } from './types';

export interface IDataArrivalOptions {
  readonly training: TrainingModel;
  /** The data that are open; null for none. */
  pair(): IPair | null;
  /** Data have come over a line. */
  onPair(pair: IPair, link: ILink): void;
  /** Something to see has changed. */
  onChange(): void;
}

/** What came last: data, a question, or the reason why neither did. */
export class DataArrival {
  constructor(options: IDataArrivalOptions) {
    this._options = options;
    this._transfer = new PairTransfer(() => options.onChange());
  }

  /** Blocks and bytes so far; null while nothing is received. */
  get transfer(): ITransferState | null {
    return this._transfer.state;
  }

  /** What the kernel must know first; null where it asks nothing. */
  get question(): IQuestion | null {
    return this._question;
  }

  /** Why no data came, or why the answer did not do. */
  get error(): string {
    return this._error;
  }

  async receive(link: ILink): Promise<void> {
    const { training, pair, onPair, onChange } = this._options;
    this._error = '';
    const end = await this._transfer.receive(link);
    if (this._disposed || end.type === 'superseded') {
      return;
    }
    if (end.type === 'received') {
      this._question = null;
      onPair(end.pair, link);
    } else if (end.type === 'asked') {
      this._question = end.question;
    } else if (pair() && !this._question) {
      // What is open stays open; the strip says what did not work.
      training.report(end.message);
      training.resumeQueue();
    } else {
      this._error = end.message;
      training.failQueued(end.message);
    }
    onChange();
  }

  /** Answer the question; the kernel then has data, which are received. */
  async choose(
    link: ILink,
    answers: Readonly<Record<string, number>>
  ): Promise<void> {
    const question = this._question;
    if (!question || this._choosing) {
      return;
    }
    this._choosing = true;
    this._error = '';
    this._options.onChange();
    try {
      await link.runTask('choose', { answers: { ...answers } });
    } catch (error) {
      this._error = this._question === question ? messageOf(error) : '';
    }
    this._choosing = false;
    if (this._disposed) {
      return;
    }
    this._options.onChange();
    if (this._question === question && !this._error && !this.transfer) {
      // The kernel's own word that there are data has not come.
      await this.receive(link);
    }
  }

  /** Stop receiving. */
  cancel(): void {
    this._transfer.cancel();
  }

  /** Forget what the line before this one asked. */
  forget(): void {
    this._transfer.cancel();
    this._question = null;
  }

  dispose(): void {
    this._disposed = true;
    this._transfer.dispose();
  }

  private _options: IDataArrivalOptions;
  private _transfer: PairTransfer;
  private _question: IQuestion | null = null;
  private _choosing = false;
  private _error = '';
  private _disposed = false;
}
