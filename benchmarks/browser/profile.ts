/** Where a step of the WGSL kernels spends its time. */
import * as tf from '@tensorflow/tfjs-core';
import { architecture } from '../../src/network/architecture';
import { profileStep } from '../../src/network/wgsl/profile';
import type { IJob, IProfileRow } from './messages';

/** Times of each kernel; none on backends other than WebGPU. */
export async function profile(
  { spec, batchSize, backend, tfjs }: IJob,
  software: boolean
): Promise<IProfileRow[]> {
  if (backend !== 'webgpu' || tfjs) {
    return [];
  }
  const { device } = tf.backend() as unknown as { device: GPUDevice };
  return profileStep(device, architecture(spec), {
    batch: batchSize,
    ...(software ? { repeats: 2, rounds: 1 } : {})
  });
}
