/**
 * The safetensors format: 8 bytes of header length, a JSON header, the data.
 * Everything is checked before anything is allocated.
 */

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
/** Longest header that is read: 1 MiB. */
export const HEADER_LIMIT = 1 << 20;

/** A file that cannot be read; the message says what is wrong with it. */
export class DamagedFileError extends Error {
  constructor(what: string) {
    super(`Model file damaged: ${what}`);
    this.name = 'DamagedFileError';
  }
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
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = view.getUint32(0, true);
  if (view.getUint32(4, true) !== 0 || length > HEADER_LIMIT) {
    throw new DamagedFileError(
      `its header is declared longer than ${HEADER_LIMIT} bytes; ` +
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
    header = JSON.parse(text.decode(file.subarray(8, 8 + length)));
  } catch {
    throw new DamagedFileError('its header is not JSON.');
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
        metadata.set(key, String(value));
      }
    } else {
      tensors.set(name, parseEntry(name, entry, data));
    }
  }
  return { tensors, metadata };
}

function parseEntry(
  name: string,
  entry: unknown,
  data: Uint8Array
): ITensorBytes {
  if (
    !isRecord(entry) ||
    !Array.isArray(entry.shape) ||
    !Array.isArray(entry.data_offsets) ||
    entry.data_offsets.length !== 2 ||
    ![...entry.shape, ...entry.data_offsets].every(isCount)
  ) {
    throw new DamagedFileError(`${name} has no valid shape and place.`);
  }
  const size = BYTES[entry.dtype as DType];
  if (!Object.hasOwn(BYTES, String(entry.dtype))) {
    throw new DamagedFileError(
      `${name} is of type ${String(entry.dtype)}; ` +
        `${Object.keys(BYTES).join(', ')} can be read.`
    );
  }
  const shape = entry.shape as number[];
  const [start, end] = entry.data_offsets as number[];
  const values = shape.reduce((product, side) => product * side, 1);
  if (start > end || end > data.length) {
    const held = Math.max(0, Math.min(end, data.length) - start) / size;
    throw new DamagedFileError(
      `${name} holds ${Math.floor(held)} of ${values} values.`
    );
  }
  if (end - start !== values * size) {
    throw new DamagedFileError(
      `${name} holds ${(end - start) / size} of ${values} values.`
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
  const header: { [name: string]: unknown } = {};
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
  if (length > HEADER_LIMIT) {
    throw new RangeError(
      `The file's header would have ${length} bytes; readers take ` +
        `${HEADER_LIMIT}. Shorten the axis values or the recipe.`
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
