/**
 * Compiles the WebAssembly kernels of `kernels/` beside the compiled front end:
 * one variant with 128-bit vectors, one with relaxed SIMD on top.
 */
import fs from 'fs';
import path from 'path';
import { fileURLToPath } from 'url';
import asc from 'assemblyscript/asc';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = path.join(root, 'lib', 'network', 'wasm');
fs.mkdirSync(folder, { recursive: true });

for (const [name, features] of [
  ['kernels', ['simd']],
  ['kernels-relaxed', ['simd', 'relaxed-simd']]
]) {
  const { error, stderr } = await asc.main([
    'index.ts',
    '--baseDir',
    path.join(root, 'kernels'),
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--importMemory',
    // Vectors pass between kernels and never to JavaScript.
    '--disableWarning',
    '112',
    ...features.flatMap(feature => ['--enable', feature]),
    '-o',
    path.join(folder, `${name}.wasm`)
  ]);
  if (error) {
    process.stderr.write(stderr.toString());
    process.exit(1);
  }
}
