/** Checkpoints of training runs on their way to the kernel: behind everything else, and seldom. */
import { MAX_CHECKPOINT_BYTES } from '../signal/limits';
import { BlockPush } from './block-push';
import type { DataMessage, TransferReply } from './protocol';
import type { ICheckpointOffer } from './types';

/** Milliseconds between the beginnings of two transfers, at least. */
const INTERVAL = 10_000;
/** After a transfer the line rests for so many times what it took: a tenth of its time is taken. */
const REST = 9;

export interface ICheckpointSenderOptions {
  send(message: DataMessage, buffer?: Uint8Array): void;
  /** True while data, models or results of tasks are on their way. */
  held(): boolean;
}

/**
 * One transfer at a time, a block at a time. Of each run the newest checkpoint waits; its file is
 * made when its turn has come. What cannot be sent is left: the next checkpoint comes soon.
 */
export class CheckpointSender {
  constructor(options: ICheckpointSenderOptions) {
    this._options = options;
  }

  /** Send this when there is time, in place of what waits of the same run. */
  offer(offer: ICheckpointOffer): void {
    this._waiting.set(offer.run, offer);
    this.tick();
  }

  /** Nothing more of this run is sent. */
  forget(run: string): void {
    this._waiting.delete(run);
    if (this._run === run) {
      this._push?.cancel();
      this._run = null;
    }
  }

  /** Take the kernel's answer to a block. */
  receive(reply: TransferReply): void {
    if (reply.transfer === this._push?.transfer) {
      this._push.receive(reply);
    }
  }

  /** Called now and then while the kernel can answer. */
  tick(): void {
    this._push?.tick();
    const due = Date.now() >= this._dueAt && !this._options.held();
    const [next] = this._waiting.values();
    if (next && due && this._run === null && !this._busy) {
      this._waiting.delete(next.run);
      void this._transfer(next);
    }
  }

  /** The line is at its end, for now or for good. */
  lose(error: Error): void {
    this._waiting.clear();
    this._push?.fail(error);
  }

  private async _transfer({ run, file }: ICheckpointOffer): Promise<void> {
    this._busy = true;
    this._run = run;
    this._dueAt = Date.now() + INTERVAL;
    try {
      const data = await file();
      if (this._run !== run || data.length > MAX_CHECKPOINT_BYTES) {
        return;
      }
      this._push = new BlockPush({
        arrays: [{ name: 'file', data, shape: [data.length] }],
        inFlight: 1,
        open: (transfer, arrays) => ({
          type: 'checkpoint',
          transfer,
          run,
          arrays
        }),
        ...this._options
      });
      this._push.start();
      await this._push.done;
    } catch (error) {
      if ((error as Error).name !== 'AbortError') {
        console.warn('eelscape: a checkpoint is not in the kernel.', error);
      }
    } finally {
      const rest = REST * (this._push?.spent ?? 0);
      this._dueAt = Math.max(this._dueAt, Date.now() + rest);
      this._push = null;
      this._run = null;
      this._busy = false;
    }
  }

  private _options: ICheckpointSenderOptions;
  /** By run, the one that waits longest first. */
  private _waiting = new Map<string, ICheckpointOffer>();
  private _push: BlockPush | null = null;
  /** What is on its way is of this run. */
  private _run: string | null = null;
  /** True from the making of a file to the end of its transfer. */
  private _busy = false;
  private _dueAt = 0;
}
