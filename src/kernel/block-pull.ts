/** Pulling arrays from the kernel: a few blocks in flight, lost ones again. */
import { BlockSink, blockKey, type IArrayDescription } from './array-blocks';
import type { IBlockFields } from './protocol';
import type { ITransferProgress } from './types';

/** Blocks asked for and not yet here. */
const IN_FLIGHT = 4;
/** Milliseconds without a block after which those in flight are asked for again. */
const QUIET = 5000;
/** How often one block is asked for before the transfer is given up. */
const ATTEMPTS = 12;

export interface IBlockPullOptions {
  readonly source: string;
  readonly arrays: readonly IArrayDescription[];
  /** Ask the kernel for a block. */
  ask(array: string, block: number): void;
  onProgress?(progress: ITransferProgress): void;
}

interface IWanted {
  readonly array: string;
  readonly block: number;
  attempts: number;
  /** Running number of the latest request. */
  order: number;
}

/** One transfer; `done` resolves with all blocks in place. */
export class BlockPull {
  constructor(options: IBlockPullOptions) {
    this._options = options;
    this.sink = new BlockSink(options.arrays);
    for (const { name, blocks } of options.arrays) {
      for (let block = 0; block < blocks; block++) {
        this._waiting.push({ array: name, block, attempts: 0, order: 0 });
      }
    }
    this.done = new Promise((resolve, reject) => {
      this._resolve = resolve;
      this._reject = reject;
    });
    // Whoever started it may already be gone when it fails.
    this.done.catch(() => undefined);
  }

  readonly sink: BlockSink;
  readonly done: Promise<BlockSink>;

  get source(): string {
    return this._options.source;
  }

  start(): void {
    this._heard = Date.now();
    this._report();
    this._fill();
    this._finish();
  }

  /** Take a block that the kernel sent. */
  receive(fields: IBlockFields, bytes: Uint8Array): void {
    const { array, block } = fields;
    if (this._ended || !this.sink.isMissing(array, block)) {
      return;
    }
    this._heard = Date.now();
    const key = blockKey(array, block);
    const wanted = this._flying.get(key);
    if (!this.sink.accept(array, block, fields.crc32, bytes)) {
      if (wanted) {
        this._ask(wanted);
      }
      return;
    }
    this._flying.delete(key);
    this._waiting = this._waiting.filter(
      item => item.array !== array || item.block !== block
    );
    this._report();
    // The kernel answers in order: what was asked for earlier is lost.
    for (const other of wanted ? [...this._flying.values()] : []) {
      if (other.order < wanted!.order) {
        this._ask(other);
      }
    }
    this._fill();
    this._finish();
  }

  /** Called now and then while the kernel can answer. */
  tick(): void {
    if (!this._ended && Date.now() - this._heard > QUIET) {
      this._heard = Date.now();
      [...this._flying.values()].forEach(item => this._ask(item));
    }
  }

  fail(error: Error): void {
    if (!this._ended) {
      this._ended = true;
      this._reject(error);
    }
  }

  private _fill(): void {
    while (this._flying.size < IN_FLIGHT && this._waiting.length > 0) {
      const wanted = this._waiting.shift()!;
      this._flying.set(blockKey(wanted.array, wanted.block), wanted);
      this._ask(wanted);
    }
  }

  private _ask(wanted: IWanted): void {
    if (this._ended) {
      return;
    }
    if (wanted.attempts >= ATTEMPTS) {
      const { done, total } = this.sink;
      this.fail(
        new Error(
          `Block ${wanted.block} of ${wanted.array} did not arrive intact in ` +
            `${ATTEMPTS} attempts (${done} of ${total} blocks received). ` +
            'Check the connection to the server, then Reload.'
        )
      );
      return;
    }
    wanted.attempts += 1;
    wanted.order = ++this._order;
    this._options.ask(wanted.array, wanted.block);
  }

  private _report(): void {
    const { done, total, bytes, totalBytes } = this.sink;
    this._options.onProgress?.({ done, total, bytes, totalBytes });
  }

  private _finish(): void {
    if (this.sink.complete && !this._ended) {
      this._ended = true;
      this._resolve(this.sink);
    }
  }

  private _options: IBlockPullOptions;
  private _waiting: IWanted[] = [];
  private _flying = new Map<string, IWanted>();
  private _order = 0;
  private _heard = 0;
  private _ended = false;
  private _resolve!: (sink: BlockSink) => void;
  private _reject!: (error: Error) => void;
}
