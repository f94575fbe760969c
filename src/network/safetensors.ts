/**
 * The safetensors format: 8 bytes of header length, a JSON header, the data.
 * Everything is checked before anything is allocated.
 */

import { parseJson } from '../signal/json';
import {
  MAX_DIMENSIONS,
  MAX_FILE_BYTES,
  MAX_HEADER_BYTES
} from '../signal/limits';

export type DType = 'F32' | 'F64' | 'I8' | 'U8';

export interface ITensorBytes {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Little endian, C order. */
  readonly bytes: Uint8Array;
}

export interface ISafetensors {
  readonly tensors: Map<string, ITensorBytes>;
  readonly metadata: Map<string, string>;
}

const BYTES: { readonly [dtype in DType]: number } = {
  F32: 4,
  F64: 8,
  I8: 1,
  U8: 1
};
/** A file that cannot be read; the message says what is wrong with it. */
export class DamagedFileError extends Error {
  constructor(what: string) {
    super(`Model file damaged: ${what}`);
    this.name = 'DamagedFileError';
  }
}

/** A file of a later format than this version reads. */
export class NewerFileError extends Error {
  constructor(format: number, newest: number) {
    super(
      `The model file has format ${format}; this version of eelscape reads up ` +
        `to format ${newest}. Install a newer one: pip install --upgrade eelscape`
    );
    this.name = 'NewerFileError';
  }
}

/** JSON as a text of a message: no more than 40 characters of it. */
export function shortJson(value: unknown): string {
  const text = String(JSON.stringify(value));
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}

function isRecord(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/**
 * Reads a file; the tensors' bytes are views of it.
 * Throws a DamagedFileError where anything does not fit.
 */
export function parseSafetensors(file: Uint8Array): ISafetensors {
  if (file.length < 8) {
    throw new DamagedFileError(`it has ${file.length} bytes, fewer than 8.`);
  }
  if (file.length > MAX_FILE_BYTES) {
    throw new DamagedFileError(
      `it has ${file.length} bytes; at most ${MAX_FILE_BYTES} are read.`
    );
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = view.getUint32(0, true);
  if (view.getUint32(4, true) !== 0 || length > MAX_HEADER_BYTES) {
    throw new DamagedFileError(
      `its header is declared longer than ${MAX_HEADER_BYTES} bytes; ` +
        'it may not be a safetensors file.'
    );
  }
  if (8 + length > file.length) {
    throw new DamagedFileError(
      `its header of ${length} bytes is cut off after ${file.length - 8}.`
    );
  }
  let header: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true });
    header = parseJson(text.decode(file.subarray(8, 8 + length)));
  } catch (error) {
    throw new DamagedFileError(
      `its header is not JSON: ${(error as Error).message}.`
    );
  }
  if (!isRecord(header)) {
    throw new DamagedFileError('its header is not an object.');
  }
  const data = file.subarray(8 + length);
  const tensors = new Map<string, ITensorBytes>();
  const metadata = new Map<string, string>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      if (!isRecord(entry)) {
        throw new DamagedFileError('its metadata are not an object.');
      }
      for (const [key, value] of Object.entries(entry)) {
        if (typeof value !== 'string') {
          throw new DamagedFileError(
            `its metadata hold ${shortJson(value)} where text belongs.`
          );
        }
        metadata.set(key, value);
      }
    } else {
      tensors.set(name, parseEntry(name, entry, data));
    }
  }
  return { tensors, metadata };
}

/** A name that came from a file, as long as a message takes. */
function shortName(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}...` : name;
}

function parseEntry(
  name: string,
  entry: unknown,
  data: Uint8Array
): ITensorBytes {
  if (
    !isRecord(entry) ||
    typeof entry.dtype !== 'string' ||
    !Array.isArray(entry.shape) ||
    entry.shape.length > MAX_DIMENSIONS ||
    !Array.isArray(entry.data_offsets) ||
    entry.data_offsets.length !== 2 ||
    ![...entry.shape, ...entry.data_offsets].every(isCount)
  ) {
    throw new DamagedFileError(
      `${shortName(name)} has no valid type, shape and place.`
    );
  }
  const size = BYTES[entry.dtype as DType];
  if (!Object.hasOwn(BYTES, entry.dtype)) {
    throw new DamagedFileError(
      `${shortName(name)} is of type ${shortName(entry.dtype)}; ` +
        `${Object.keys(BYTES).join(', ')} can be read.`
    );
  }
  const shape = entry.shape as number[];
  const [start, end] = entry.data_offsets as number[];
  const values = shape.reduce((product, side) => product * side, 1);
  if (start > end || end > data.length) {
    const held = Math.max(0, Math.min(end, data.length) - start) / size;
    throw new DamagedFileError(
      `${shortName(name)} holds ${Math.floor(held)} of ${values} values.`
    );
  }
  if (end - start !== values * size) {
    throw new DamagedFileError(
      `${shortName(name)} holds ${(end - start) / size} of ${values} values.`
    );
  }
  return {
    dtype: entry.dtype as DType,
    shape,
    bytes: data.subarray(start, end)
  };
}

/** A file of the tensors in the order given. The data begin at a multiple of 8 bytes. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, ITensorBytes>,
  metadata: ReadonlyMap<string, string>
): Uint8Array {
  // Without a prototype, which a tensor of the name would become.
  const header = Object.create(null) as { [name: string]: unknown };
  if (metadata.size > 0) {
    header.__metadata__ = Object.fromEntries(metadata);
  }
  let offset = 0;
  // Wide types first, so that every tensor is aligned to its type.
  const order = [...tensors].sort(
    ([, a], [, b]) => BYTES[b.dtype] - BYTES[a.dtype]
  );
  for (const [name, { dtype, shape, bytes }] of order) {
    header[name] = {
      dtype,
      shape,
      data_offsets: [offset, offset + bytes.length]
    };
    offset += bytes.length;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.length / 8) * 8;
  if (length > MAX_HEADER_BYTES) {
    throw new RangeError(
      `The file's header would have ${length} bytes; readers take ` +
        `${MAX_HEADER_BYTES}. Shorten the axis values or the recipe.`
    );
  }
  const file = new Uint8Array(8 + length + offset);
  new DataView(file.buffer).setUint32(0, length, true);
  file.fill(0x20, 8, 8 + length);
  file.set(text, 8);
  let at = 8 + length;
  for (const [, { bytes }] of order) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

/** Values of a tensor as numbers, copied so that alignment does not matter. */
export function floatsOf(tensor: ITensorBytes): Float32Array | Float64Array {
  const copy = tensor.bytes.slice().buffer;
  switch (tensor.dtype) {
    case 'F32':
      return new Float32Array(copy);
    case 'F64':
      return new Float64Array(copy);
    case 'I8':
      return Float32Array.from(new Int8Array(copy));
    case 'U8':
      return Float32Array.from(new Uint8Array(copy));
  }
}
