/** The one memory of a network's kernels: laid out first, made once, never grown. */
import { MemoryProblem, messageOf } from '../obstacles';
import { Crew, threadsHere } from './crew';
import {
  compiledKernels,
  loadKernels,
  type IKernelFiles,
  type IKernels
} from './kernels';

/** Vectors of 16 bytes, lines of 64. */
const ALIGNMENT = 64;
/** What the module keeps for itself. */
const RESERVED = 1024;
/** Offsets in tables are signed. */
const MOST_BYTES = 2 ** 31 - 65536;

/** What a memory comes with. */
export interface IStarted {
  readonly kernels: IKernels;
  readonly numbers: Float32Array;
  /** The other threads; null where there is one. */
  readonly crew: Crew | null;
}

/** Hands out places in a memory that is made when all are known. */
export class Arena {
  /** Bytes handed out. */
  get size(): number {
    return this._top;
  }

  /** Byte offset of `length` numbers, 0 at first. */
  floats(length: number): number {
    const address = this._top;
    this._top += Math.ceil((4 * length) / ALIGNMENT) * ALIGNMENT;
    return address;
  }

  /** Byte offset of whole numbers that stand there from the start. */
  table(values: ArrayLike<number>): number {
    const address = this.floats(values.length);
    this._tables.push({ address, values });
    return address;
  }

  /**
   * Makes the memory, shared by several threads where the page may have them;
   * rejects with a MemoryProblem where it cannot be had.
   * @param sums - numbers that a thread adds up for itself at most.
   */
  async start(sums: number, variant?: keyof IKernelFiles): Promise<IStarted> {
    const scratch = Array.from({ length: threadsHere() - 1 }, () =>
      this.floats(sums)
    );
    if (this._top > MOST_BYTES) {
      throw new MemoryProblem(
        `The WebAssembly kernels need ${Math.ceil(this._top / 2 ** 20)} MiB, ` +
          'more than the 2048 MiB that they can use.'
      );
    }
    let memory = newMemory(this._top, scratch.length > 0);
    let crew: Crew | null = null;
    let kernels: IKernels;
    try {
      const compiled = await compiledKernels(variant, scratch.length > 0);
      crew =
        scratch.length > 0
          ? await Crew.muster(compiled, memory, scratch)
          : null;
      const own = await loadKernels(memory, compiled);
      kernels = crew?.assist(own) ?? own;
    } catch (error) {
      if (scratch.length === 0) {
        throw error;
      }
      console.warn(`WebAssembly has one thread: ${messageOf(error)}.`);
      memory = newMemory(this._top, false);
      kernels = await loadKernels(memory, await compiledKernels(variant));
    }
    const whole = new Int32Array(memory.buffer);
    for (const { address, values } of this._tables.splice(0)) {
      whole.set(values, address / 4);
    }
    return { kernels, numbers: new Float32Array(memory.buffer), crew };
  }

  private _top = RESERVED;
  private readonly _tables: {
    readonly address: number;
    readonly values: ArrayLike<number>;
  }[] = [];
}

function newMemory(bytes: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.ceil(bytes / 65536);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch {
    throw new MemoryProblem(
      `The browser has too little memory for ${Math.ceil(bytes / 2 ** 20)} MiB.`
    );
  }
}
