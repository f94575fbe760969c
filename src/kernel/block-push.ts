/** Sending arrays to the kernel: numbered blocks, acknowledged, resent. */
import { UUID } from '@lumino/coreutils';
import { nextTask } from '../signal/next-task';
import {
  blockKey,
  cutBlock,
  describeArray,
  type BlockArray,
  type IArrayDescription
} from './array-blocks';
import { crc32 } from './crc32';
import type { DataMessage, TransferReply } from './protocol';
import type { ITransferProgress } from './types';

/** Milliseconds without an answer after which the last step is repeated. */
const QUIET = 5000;
/** Repetitions without any answer before the transfer is given up. */
const ATTEMPTS = 12;

/** An array that is sent. */
export interface IPushed {
  readonly name: string;
  readonly data: BlockArray;
  readonly shape: readonly number[];
}

export interface IPushOptions {
  readonly arrays: readonly IPushed[];
  /** Blocks sent and not yet acknowledged, at most. */
  readonly inFlight: number;
  /** The message that announces the arrays. */
  open(transfer: string, arrays: readonly IArrayDescription[]): DataMessage;
  send(message: DataMessage, buffer?: Uint8Array): void;
  onProgress?(progress: ITransferProgress): void;
  /** True while something else goes first: no further block is sent. */
  held?(): boolean;
}

interface IItem {
  readonly description: IArrayDescription;
  readonly data: BlockArray;
}

/** One transfer; `done` resolves when the kernel holds the arrays. */
export class BlockPush {
  constructor(options: IPushOptions) {
    this._options = options;
    for (const { name, data, shape } of options.arrays) {
      const description = describeArray(name, data, shape);
      this._items.set(name, { description, data });
      this._total += description.blocks;
      this._totalBytes += description.bytes;
    }
    this.done = new Promise((resolve, reject) => {
      this._resolve = resolve;
      this._reject = reject;
    });
    this.done.catch(() => undefined);
  }

  readonly transfer = UUID.uuid4();
  /** Milliseconds in which a block was on its way, where one is in flight at a time. */
  spent = 0;
  readonly done: Promise<void>;

  start(): void {
    this._begin();
  }

  /** Take the kernel's answer. */
  receive(reply: TransferReply): void {
    if (this._ended) {
      return;
    }
    this._heard = Date.now();
    this._attempts = 0;
    switch (reply.type) {
      case 'started':
        if (!this._started) {
          this._started = true;
          this._fill();
        }
        break;
      case 'unknown':
        this._begin();
        break;
      case 'incomplete':
        this._queueAll();
        this._fill();
        break;
      case 'ack':
        this._acknowledge(reply.array, reply.block);
        break;
      case 'resend':
        this._sendBlock(blockKey(reply.array, reply.block));
        break;
      case 'stored':
        this._ended = true;
        this._resolve();
        break;
      case 'rejected':
        this.fail(new Error(reply.message));
        break;
    }
  }

  /** Called now and then while the kernel can answer. */
  tick(): void {
    if (this._ended) {
      return;
    }
    if (this._held) {
      this._heard = Date.now();
      this._held = false;
      this._fill();
    }
    if (Date.now() - this._heard <= QUIET) {
      return;
    }
    this._attempts += 1;
    if (this._attempts > ATTEMPTS) {
      this.fail(
        new Error(
          `The kernel did not answer for ${(ATTEMPTS * QUIET) / 1000} s. ` +
            'Check the connection to the server.'
        )
      );
      return;
    }
    this._heard = Date.now();
    if (!this._started) {
      this._begin();
    } else if (this._flying.size > 0) {
      this._flying.forEach(key => this._sendBlock(key));
    } else {
      this._fill();
    }
  }

  /** Send no more of it; the kernel forgets what it has. */
  cancel(): void {
    if (!this._ended) {
      this._send({ type: 'cancel', transfer: this.transfer });
      this.fail(new DOMException('Sending was cancelled.', 'AbortError'));
    }
  }

  fail(error: Error): void {
    if (!this._ended) {
      this._ended = true;
      this._reject(error);
    }
  }

  private _begin(): void {
    this._started = false;
    this._heard = Date.now();
    this._queueAll();
    const arrays = [...this._items.values()].map(item => item.description);
    this._send(this._options.open(this.transfer, arrays));
  }

  private _queueAll(): void {
    this._flying.clear();
    this._waiting = [];
    for (const { description } of this._items.values()) {
      for (let block = 0; block < description.blocks; block++) {
        this._waiting.push(blockKey(description.name, block));
      }
    }
    this._acknowledgedBytes = 0;
    this._acknowledged = 0;
  }

  /** Sends what may be on its way, a block a task: each takes some milliseconds. */
  private _fill(): void {
    if (this._filling || this._ended) {
      return;
    }
    if (this._options.held?.()) {
      this._held = true;
      return;
    }
    if (this._flying.size === 0 && this._waiting.length === 0) {
      this._send({ type: 'finish', transfer: this.transfer });
    } else if (
      this._flying.size < this._options.inFlight &&
      this._waiting.length > 0
    ) {
      const key = this._waiting.shift()!;
      this._flying.add(key);
      this._sendBlock(key);
      this._filling = true;
      void nextTask().then(() => {
        this._filling = false;
        // The last acknowledgement may have come meanwhile.
        if (this._waiting.length > 0 || this._flying.size === 0) {
          this._fill();
        }
      });
    }
  }

  private _sendBlock(key: string): void {
    const [array, number] = key.split('/');
    const item = this._items.get(array);
    const block = Number(number);
    if (!item || block >= item.description.blocks) {
      return;
    }
    const bytes = cutBlock(item.data, item.description, block);
    this._sentAt = Date.now();
    this._send(
      {
        type: 'block',
        transfer: this.transfer,
        array,
        block,
        of: item.description.blocks,
        bytes: bytes.length,
        crc32: crc32(bytes)
      },
      bytes
    );
  }

  private _acknowledge(array: string, block: number): void {
    if (!this._flying.delete(blockKey(array, block))) {
      return;
    }
    const { blockBytes, bytes } = this._items.get(array)!.description;
    this.spent += Date.now() - this._sentAt;
    this._acknowledged += 1;
    this._acknowledgedBytes += Math.min(blockBytes, bytes - block * blockBytes);
    this._options.onProgress?.({
      done: this._acknowledged,
      total: this._total,
      bytes: this._acknowledgedBytes,
      totalBytes: this._totalBytes
    });
    this._fill();
  }

  private _send(message: DataMessage, buffer?: Uint8Array): void {
    this._options.send(message, buffer);
  }

  private _options: IPushOptions;
  private _items = new Map<string, IItem>();
  private _waiting: string[] = [];
  private _flying = new Set<string>();
  private _total = 0;
  private _totalBytes = 0;
  private _acknowledged = 0;
  private _acknowledgedBytes = 0;
  private _started = false;
  private _heard = 0;
  private _sentAt = 0;
  private _attempts = 0;
  private _ended = false;
  /** True where a block waited for something else at the last look. */
  private _held = false;
  /** True from a block that was sent to the next task. */
  private _filling = false;
  private _resolve!: () => void;
  private _reject!: (error: Error) => void;
}
