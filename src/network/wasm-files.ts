/** Addresses of the wasm binaries beside the worker's bundle. Alone here, because only bundlers know `import.meta.url`. */
const SIMD = new URL(
  '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
  import.meta.url
).href;

export const WASM_FILES = {
  'tfjs-backend-wasm.wasm': new URL(
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm',
    import.meta.url
  ).href,
  'tfjs-backend-wasm-simd.wasm': SIMD,
  // TF.js wants an entry; its threads are off (see `locateWasm`).
  'tfjs-backend-wasm-threaded-simd.wasm': SIMD
};

/** The kernels that `jlpm build:kernels` compiles. */
export const KERNEL_FILES = {
  plain: new URL('./wasm/kernels.wasm', import.meta.url).href,
  relaxed: new URL('./wasm/kernels-relaxed.wasm', import.meta.url).href
};
