/** The kernels of a training step in WebAssembly; src/network/wasm calls them. */
export {
  convolve,
  convolveGradient,
  pack,
  weightGradient
} from './convolution';
export { denseGradient, fromLatents, latentSums, toLatents } from './dense';
export {
  cascadeSum,
  finishGradientSums,
  finishMoments,
  finishSums,
  fromRunning,
  gradientSumsOf,
  normalise
} from './norm';
export { outputGradient, outputMoments, predict, squaredError } from './output';
export {
  convolveFirst,
  convolveTail,
  tailGradient,
  thinWeightGradient
} from './thin';
export { adam, descend, finite, upsampleGradient } from './update';
export { BLOCK, PARTIAL } from './simd';
