/** Arrays as a file of NumPy: a zip of .npy, read by `numpy.load` without pickles. */
import { strToU8, zipSync } from 'fflate';

export type ArrayValues = Float32Array | Int32Array | Int8Array | Uint8Array;

export interface INamedArray {
  readonly values: ArrayValues;
  /** C order. */
  readonly shape: readonly number[];
  /** Axes, units and meaning: "(y, x) relative error, a fraction; NaN where no window fits". */
  readonly about: string;
}

/** Name of the array of texts that says what the others are. */
const ABOUT = 'about';

/** The bytes of an .npz file; `about` in it has a line an array. */
export function npzOf(
  arrays: Readonly<Record<string, INamedArray>>
): Uint8Array {
  const files: Record<string, Uint8Array> = {};
  for (const [name, { values, shape }] of Object.entries(arrays)) {
    files[`${name}.npy`] = npyOf(typeOf(values), shape, bytesOf(values));
  }
  const lines = Object.entries(arrays).map(
    ([name, { about }]) => `${name} ${about}`
  );
  const width = Math.max(1, ...lines.map(line => [...line].length));
  files[`${ABOUT}.npy`] = npyOf(
    `<U${width}`,
    [lines.length],
    utf32(lines, width)
  );
  return zipSync(files, { level: 1 });
}

/** An array in NumPy's own format, version 1.0. */
function npyOf(
  type: string,
  shape: readonly number[],
  data: Uint8Array
): Uint8Array {
  const sizes = shape.map(size => `${size},`).join(' ');
  const fields = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // Magic, version, length and text are a multiple of 64 bytes, which ends with a line break.
  const length = Math.ceil((10 + fields.length + 1) / 64) * 64 - 10;
  const out = new Uint8Array(10 + length + data.length);
  out.set([0x93, ...strToU8('NUMPY'), 1, 0, length & 255, length >> 8]);
  out.set(strToU8(`${fields.padEnd(length - 1)}\n`), 10);
  out.set(data, 10 + length);
  return out;
}

function typeOf(values: ArrayValues): string {
  return values instanceof Float32Array
    ? '<f4'
    : values instanceof Int32Array
      ? '<i4'
      : values instanceof Int8Array
        ? '|i1'
        : '|u1';
}

/** Little endian, as every machine that runs a browser is. */
function bytesOf({ buffer, byteOffset, byteLength }: ArrayValues): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function utf32(lines: readonly string[], width: number): Uint8Array {
  const out = new Uint32Array(lines.length * width);
  lines.forEach((line, i) =>
    [...line].forEach((letter, j) => {
      out[i * width + j] = letter.codePointAt(0)!;
    })
  );
  return new Uint8Array(out.buffer);
}
