/** The WebAssembly kernels as `jlpm build:kernels` leaves them, for specs in Node. */
import * as fs from 'fs';
import * as path from 'path';
import type { IKernelFiles } from '../wasm/kernels';

/** Folder of both variants. */
export const KERNEL_FOLDER = path.resolve(
  __dirname,
  '..',
  '..',
  '..',
  'lib',
  'network',
  'wasm'
);

export function kernelFiles(): IKernelFiles {
  const read = (name: string): Uint8Array => {
    const file = path.join(KERNEL_FOLDER, name);
    if (!fs.existsSync(file)) {
      throw new Error(`${file} is not there: run "jlpm build:kernels" first.`);
    }
    return new Uint8Array(fs.readFileSync(file));
  };
  return {
    plain: read('kernels.wasm'),
    relaxed: read('kernels-relaxed.wasm')
  };
}
