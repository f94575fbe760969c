/** How a kernel's call is shared among threads, and the memory through which they hear of it. */
import { BLOCK, type IKernels } from './kernels';

/** Places among a call's arguments. */
export interface IShare {
  /** Of where the range starts; where it ends is behind it. */
  readonly start: number;
  /** What a range is split at multiples of. */
  readonly unit: number;
  /** Of sums that all of the range adds to, and how many numbers they are. */
  readonly sums?: {
    readonly place: number;
    size(values: readonly number[]): number;
  };
}

/** The kernels that may be split: all others are short. */
export const SHARES: { readonly [name in keyof IKernels]?: IShare } = {
  convolve: { start: 5, unit: BLOCK },
  convolveGradient: { start: 6, unit: BLOCK },
  convolveFirst: { start: 6, unit: BLOCK },
  convolveTail: { start: 6, unit: BLOCK },
  tailGradient: { start: 6, unit: BLOCK },
  weightGradient: {
    start: 8,
    unit: BLOCK,
    sums: { place: 6, size: values => values[11] * values[12] ** 2 }
  },
  thinWeightGradient: {
    start: 5,
    unit: BLOCK,
    sums: { place: 2, size: values => values[8] * values[9] }
  },
  normalise: { start: 4, unit: BLOCK },
  cascadeSum: { start: 4, unit: BLOCK },
  gradientSumsOf: { start: 4, unit: BLOCK },
  upsampleGradient: { start: 4, unit: BLOCK },
  toLatents: { start: 5, unit: 1 },
  fromLatents: { start: 5, unit: 1 },
  denseGradient: { start: 5, unit: 1 }
};

/** Names by the numbers that members are told. */
export const NAMES = Object.keys(SHARES) as (keyof IKernels)[];

/**
 * Ends of the ranges of `count` threads, the same for every call of one length:
 * sums are then added in the same order. Null where there is too little to share.
 */
export function ends(
  start: number,
  end: number,
  unit: number,
  count: number
): number[] | null {
  const units = Math.ceil((end - start) / unit);
  return units < count
    ? null
    : Array.from({ length: count }, (_, i) =>
        Math.min(end, start + Math.floor((units * (i + 1)) / count) * unit)
      );
}

/** Places of the control block. */
export const TURN = 0;
export const PENDING = 1;
export const FAILED = 2;
export const CALLED = 3;
const HEADER = 16;
/** Arguments of a call at most. */
const MOST_VALUES = 16;

/** What the crew's members are told, in memory that all of them see. */
export class Orders {
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.control = new Int32Array(buffer, 0, HEADER);
    this._values = new Float64Array(buffer, 4 * HEADER);
  }

  static for(members: number): Orders {
    return new Orders(
      new SharedArrayBuffer(4 * HEADER + 8 * (MOST_VALUES + 1) * members)
    );
  }

  readonly buffer: SharedArrayBuffer;
  readonly control: Int32Array;

  write(member: number, values: readonly number[]): void {
    const at = member * (MOST_VALUES + 1);
    this._values[at] = values.length;
    this._values.set(values, at + 1);
  }

  read(member: number): Float64Array {
    const at = member * (MOST_VALUES + 1);
    return this._values.subarray(at + 1, at + 1 + this._values[at]);
  }

  private readonly _values: Float64Array;
}

/** What a member is sent once. */
export interface IEnlistment {
  readonly kernels: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly orders: SharedArrayBuffer;
  /** Its number, from 0. */
  readonly member: number;
}
