/** Arrays in checked, numbered blocks: cutting them out, putting them together. */
import {
  MAX_BLOCK_BYTES,
  MAX_BLOCKS,
  MAX_DIMENSIONS,
  MAX_NAME,
  MAX_TRANSFER_BYTES
} from '../signal/limits';
import { hasFields, isList, isOneOf, isText, isWhole } from './checks';
import { crc32 } from './crc32';

/** Block size of this side: cutting, checking and sending one takes a few milliseconds. */
export const BLOCK_BYTES = 1024 * 1024;
/** Most bytes that one array may declare. */
export const MAX_ARRAY_BYTES = MAX_TRANSFER_BYTES;

const ITEM_BYTES = { uint8: 1, int32: 4, float32: 4 } as const;

export type DType = keyof typeof ITEM_BYTES;
export type BlockArray = Uint8Array | Int32Array | Float32Array;

/** An array on the line and how it is cut; the last block may be shorter. */
export interface IArrayDescription {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly blockBytes: number;
  readonly blocks: number;
}

/** True for a description whose numbers agree; called before anything is allocated. */
export function isArrayDescription(value: unknown): value is IArrayDescription {
  if (
    !hasFields(value, {
      name: isText(MAX_NAME),
      dtype: isOneOf('uint8', 'int32', 'float32'),
      shape: isList(MAX_DIMENSIONS, isWhole(0)),
      bytes: isWhole(0, MAX_ARRAY_BYTES),
      blockBytes: isWhole(1, MAX_BLOCK_BYTES),
      blocks: isWhole(0, MAX_BLOCKS)
    })
  ) {
    return false;
  }
  const { dtype, shape, bytes, blockBytes, blocks } =
    value as unknown as IArrayDescription;
  const expected = shape.reduce((a, b) => a * b, ITEM_BYTES[dtype]);
  return (
    shape.length > 0 &&
    bytes === expected &&
    blocks === Math.ceil(bytes / blockBytes)
  );
}

/** Bytes of one block. */
export function sizeOfBlock(array: IArrayDescription, block: number): number {
  return Math.min(array.blockBytes, array.bytes - block * array.blockBytes);
}

/** Describe an array of this side. */
export function describeArray(
  name: string,
  array: BlockArray,
  shape: readonly number[],
  blockBytes = BLOCK_BYTES
): IArrayDescription {
  const dtype =
    array instanceof Uint8Array
      ? 'uint8'
      : array instanceof Int32Array
        ? 'int32'
        : 'float32';
  const bytes = array.byteLength;
  return {
    name,
    dtype,
    shape,
    bytes,
    blockBytes,
    blocks: Math.ceil(bytes / blockBytes)
  };
}

/**
 * A copy of one block in a buffer of its own: @jupyterlab/services sends the
 * whole buffer below a view, and the array may change before it is sent.
 */
export function cutBlock(
  array: BlockArray,
  description: IArrayDescription,
  block: number
): Uint8Array {
  const start = array.byteOffset + block * description.blockBytes;
  const view = new Uint8Array(
    array.buffer,
    start,
    sizeOfBlock(description, block)
  );
  return view.slice();
}

/** A key for a block of an array. */
export function blockKey(array: string, block: number): string {
  return `${array}/${block}`;
}

/** Arrays on their way in; blocks may come in any order, twice, or damaged. */
export class BlockSink {
  constructor(descriptions: readonly IArrayDescription[]) {
    for (const array of descriptions) {
      this._arrays.set(array.name, array);
      this._bytes.set(array.name, new Uint8Array(array.bytes));
      for (let block = 0; block < array.blocks; block++) {
        this._missing.add(blockKey(array.name, block));
      }
      this.totalBytes += array.bytes;
    }
    this.total = this._missing.size;
  }

  /** Blocks and bytes that are expected. */
  readonly total: number;
  totalBytes = 0;
  /** Bytes in place. */
  bytes = 0;

  /** Blocks in place. */
  get done(): number {
    return this.total - this._missing.size;
  }

  get complete(): boolean {
    return this._missing.size === 0;
  }

  isMissing(array: string, block: number): boolean {
    return this._missing.has(blockKey(array, block));
  }

  /** Put a block in place; false where it is damaged or belongs nowhere. */
  accept(
    array: string,
    block: number,
    checksum: number,
    bytes: Uint8Array
  ): boolean {
    const description = this._arrays.get(array);
    if (
      !description ||
      block >= description.blocks ||
      bytes.length !== sizeOfBlock(description, block) ||
      crc32(bytes) !== checksum
    ) {
      return false;
    }
    if (this._missing.delete(blockKey(array, block))) {
      this._bytes.get(array)!.set(bytes, block * description.blockBytes);
      this.bytes += bytes.length;
    }
    return true;
  }

  /** The bytes of an array; zeros where blocks are missing. */
  take(array: string): Uint8Array {
    const bytes = this._bytes.get(array);
    if (!bytes) {
      throw new Error(`The transfer holds no array "${array}".`);
    }
    return bytes;
  }

  private _arrays = new Map<string, IArrayDescription>();
  private _bytes = new Map<string, Uint8Array>();
  private _missing = new Set<string>();
}
