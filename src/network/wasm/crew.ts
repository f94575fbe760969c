/**
 * Threads of the kernels: workers on one shared memory, each with its range of a
 * call's positions. Only cross-origin isolated pages may share memory.
 */
import {
  CALLED,
  ends,
  FAILED,
  NAMES,
  Orders,
  PENDING,
  SHARES,
  TURN,
  type IEnlistment,
  type IShare
} from './crew-calls';
import type { IKernels } from './kernels';

/** What of a Worker a crew uses. */
export type MemberFactory = () => Pick<
  Worker,
  'postMessage' | 'onmessage' | 'onerror' | 'terminate'
>;

/** More share too little work each: a step has some hundred calls. */
const MOST_THREADS = 16;
/** Milliseconds after which members that do not report are given up. */
const PATIENCE = 15_000;

let create: MemberFactory | null = null;
let wanted = 0;

/** Tells how members are made; to be called once, first. */
export function recruitBy(factory: MemberFactory): void {
  create = factory;
}

/** How many threads are to compute; all cores by default. To be called before the kernels start. */
export function wantThreads(count: number | undefined): void {
  wanted = count ?? 0;
}

/** How many threads kernels that start now get. */
export function threadsHere(): number {
  return create && globalThis.crossOriginIsolated === true
    ? Math.min(wanted || navigator.hardwareConcurrency || 1, MOST_THREADS)
    : 1;
}

export class Crew {
  /**
   * Rejects where the members do not report.
   * @param scratch - a place of the memory for each member's sums.
   */
  static async muster(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    scratch: readonly number[]
  ): Promise<Crew> {
    const crew = new Crew(memory, scratch);
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await Promise.race([
        Promise.all(crew._members.map((_, i) => crew._enlist(i, module))),
        new Promise<never>((_, reject) => {
          timer = setTimeout(
            () => reject(new Error('they do not answer')),
            PATIENCE
          );
        })
      ]);
    } catch (error) {
      crew.dispose();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return crew;
  }

  private constructor(memory: WebAssembly.Memory, scratch: readonly number[]) {
    this._memory = memory;
    this._scratch = scratch;
    this._numbers = new Float32Array(memory.buffer);
    this._orders = Orders.for(scratch.length);
    this._members = scratch.map(() => create!());
  }

  /** The kernels of this thread, which have the others' help. */
  assist(own: IKernels): IKernels {
    const assisted: Record<string, unknown> = { ...own };
    NAMES.forEach((name, number) => {
      assisted[name] = (...values: number[]) =>
        this._call(own[name], number, SHARES[name]!, values);
    });
    return assisted as unknown as IKernels;
  }

  dispose(): void {
    this._members.forEach(member => member.terminate());
  }

  private _enlist(number: number, module: WebAssembly.Module): Promise<void> {
    const member = this._members[number];
    return new Promise((resolve, reject) => {
      member.onmessage = () => resolve();
      member.onerror = event =>
        reject(new Error(event.message || 'their code could not be loaded'));
      const enlistment: IEnlistment = {
        kernels: module,
        memory: this._memory,
        orders: this._orders.buffer,
        member: number
      };
      member.postMessage(enlistment);
    });
  }

  private _call(
    own: (...values: number[]) => number,
    number: number,
    { start, unit, sums }: IShare,
    values: number[]
  ): number {
    const from = values[start];
    const until = ends(from, values[start + 1], unit, this._members.length + 1);
    if (!until) {
      return own(...values);
    }
    const size = sums ? sums.size(values) : 0;
    this._members.forEach((_, i) => {
      const share = [...values];
      share[start] = until[i];
      share[start + 1] = until[i + 1];
      if (sums && size > 0) {
        share[sums.place] = this._scratch[i];
        this._at(this._scratch[i], size).fill(0);
      }
      this._orders.write(i, share);
    });
    const { control } = this._orders;
    control[CALLED] = number;
    Atomics.store(control, PENDING, this._members.length);
    Atomics.add(control, TURN, 1);
    Atomics.notify(control, TURN);
    values[start + 1] = until[0];
    own(...values);
    for (
      let pending = Atomics.load(control, PENDING);
      pending > 0;
      pending = Atomics.load(control, PENDING)
    ) {
      Atomics.wait(control, PENDING, pending);
    }
    if (Atomics.load(control, FAILED)) {
      throw new Error('A thread of the WebAssembly kernels failed.');
    }
    if (sums && size > 0) {
      this._add(values[sums.place], size);
    }
    return 0;
  }

  /** Adds the members' sums to those of this thread, in their order. */
  private _add(address: number, size: number): void {
    const total = this._at(address, size);
    for (const scratch of this._scratch) {
      const part = this._at(scratch, size);
      for (let i = 0; i < size; i++) {
        total[i] += part[i];
      }
    }
  }

  private _at(address: number, size: number): Float32Array {
    return this._numbers.subarray(address / 4, address / 4 + size);
  }

  private readonly _memory: WebAssembly.Memory;
  private readonly _scratch: readonly number[];
  private readonly _numbers: Float32Array;
  private readonly _orders: Orders;
  private readonly _members: ReturnType<MemberFactory>[];
}
