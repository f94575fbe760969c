/**
 * Bundles the page of the training benchmark, which is its worker too:
 *
 *   node benchmarks/browser/build.mjs [folder]
 *
 * The folder (build/bench) then holds all that a machine without Node and
 * network needs beside benchmarks/ and tools/torch_networks.py.
 */
import * as fs from 'fs';
import * as path from 'path';
import { fileURLToPath } from 'url';
import { build } from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '..', '..');
const folder = path.resolve(process.argv[2] ?? path.join(root, 'build/bench'));
const tfjs = 'node_modules/@tensorflow/tfjs-backend-wasm';

fs.mkdirSync(folder, { recursive: true });
// Kernels and the code that calls them belong together.
await import('../../tools/build-kernels.mjs');
for (const entry of [
  path.join(here, 'training.ts'),
  path.join(here, 'two-models.ts'),
  path.join(root, 'src/network/wasm/member.ts')
]) {
  await build({
    entryPoints: [entry],
    bundle: true,
    // The names of classes say in the results which trainer was measured.
    keepNames: true,
    format: 'iife',
    target: 'es2022',
    outfile: path.join(folder, `${path.basename(entry, '.ts')}.js`),
    logLevel: 'error'
  });
}
for (const file of [
  'lib/network/wasm/kernels.wasm',
  'lib/network/wasm/kernels-relaxed.wasm',
  `${tfjs}/dist/tfjs-backend-wasm.wasm`,
  `${tfjs}/dist/tfjs-backend-wasm-simd.wasm`,
  `${tfjs}/dist/tfjs-backend-wasm-threaded-simd.wasm`
]) {
  fs.copyFileSync(
    path.join(root, file),
    path.join(folder, path.basename(file))
  );
}
for (const name of fs.readdirSync(folder)) {
  const { size } = fs.statSync(path.join(folder, name));
  console.log(`${(size / 1e6).toFixed(2).padStart(6)} MB  ${name}`);
}
