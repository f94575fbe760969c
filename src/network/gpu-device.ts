/** The WebGPU device of TF.js, on which the WGSL kernels run too. */
import * as tf from '@tensorflow/tfjs-core';

/** To be called while webgpu is the backend in use. */
export function gpuDevice(): GPUDevice {
  return (tf.backend() as unknown as { device: GPUDevice }).device;
}
