/** Sending a finished model to the kernel: numbered blocks, acknowledged, resent. */
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
import type { IModelPayload, ITransferProgress } from './types';

/** Blocks sent and not yet acknowledged. */
const IN_FLIGHT = 3;
/** Milliseconds without an answer after which the last step is repeated. */
const QUIET = 5000;
/** Repetitions without any answer before the transfer is given up. */
const ATTEMPTS = 12;

interface IItem {
  readonly description: IArrayDescription;
  readonly data: BlockArray;
}

/** One transfer; `done` resolves when the kernel holds the model. */
export class ModelPush {
  constructor(
    payload: IModelPayload,
    send: (message: DataMessage, buffer?: Uint8Array) => void,
    onProgress?: (progress: ITransferProgress) => void
  ) {
    this._payload = payload;
    this._send = send;
    this._onProgress = onProgress;
    const { file, positions, latents, predictions } = payload;
    const n = positions.length;
    const per = (array: BlockArray) => (n ? array.length / n : 1);
    this._add('file', file, [file.length]);
    this._add('positions', positions, [n]);
    this._add('latents', latents, [n, per(latents)]);
    this._add('predictions', predictions, [n, per(predictions)]);
    this.done = new Promise((resolve, reject) => {
      this._resolve = resolve;
      this._reject = reject;
    });
    this.done.catch(() => undefined);
  }

  readonly transfer = UUID.uuid4();
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
    if (this._ended || Date.now() - this._heard <= QUIET) {
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

  private _add(name: string, data: BlockArray, shape: number[]): void {
    const description = describeArray(name, data, shape);
    this._items.set(name, { description, data });
    this._total += description.blocks;
    this._totalBytes += description.bytes;
  }

  private _begin(): void {
    this._started = false;
    this._heard = Date.now();
    this._queueAll();
    const { run, title, backend, notice } = this._payload;
    this._send({
      type: 'model',
      transfer: this.transfer,
      run,
      title,
      backend,
      notice,
      arrays: [...this._items.values()].map(item => item.description)
    });
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
    if (this._flying.size === 0 && this._waiting.length === 0) {
      this._send({ type: 'finish', transfer: this.transfer });
    } else if (this._flying.size < IN_FLIGHT && this._waiting.length > 0) {
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
    this._acknowledged += 1;
    this._acknowledgedBytes += Math.min(blockBytes, bytes - block * blockBytes);
    this._onProgress?.({
      done: this._acknowledged,
      total: this._total,
      bytes: this._acknowledgedBytes,
      totalBytes: this._totalBytes
    });
    this._fill();
  }

  private _payload: IModelPayload;
  private _send: (message: DataMessage, buffer?: Uint8Array) => void;
  private _onProgress?: (progress: ITransferProgress) => void;
  private _items = new Map<string, IItem>();
  private _waiting: string[] = [];
  private _flying = new Set<string>();
  private _total = 0;
  private _totalBytes = 0;
  private _acknowledged = 0;
  private _acknowledgedBytes = 0;
  private _started = false;
  private _heard = 0;
  private _attempts = 0;
  private _ended = false;
  /** True from a block that was sent to the next task. */
  private _filling = false;
  private _resolve!: () => void;
  private _reject!: (error: Error) => void;
}
