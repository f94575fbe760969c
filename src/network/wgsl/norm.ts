/** Batch norms: the statistics of a batch, and the running ones. */
import { NORM_EPSILON, NORM_MOMENTUM, type IBlock } from '../architecture';
import type { IKernel } from './gpu';
import { normRow } from './memory';
import {
  normBinding,
  parameterBinding,
  runningBinding,
  type IShared
} from './shader';

/** Threads that sum what workgroups left, for one channel: none waits for more than a few reads. */
export const SUMMING = 128;
/** Threads of a kernel with one a channel. */
const CHANNELS = 64;

/** Mean and variance of a batch from the parts of `group` positions in `partial`. */
export function momentsKernel(
  block: IBlock,
  size: number,
  group: number,
  shared: IShared
): IKernel {
  const channels = block.convolution.outputs;
  const { norm } = block;
  const at = (row: 'mean' | 'scale' | 'shift' | 'inverse'): number =>
    normRow(channels, row);
  return {
    label: `moments ${norm}`,
    trainingOnly: true,
    threads: SUMMING,
    bindings: [
      { name: 'partial', element: 'f32', buffer: shared.partial },
      parameterBinding(shared, 'weight', `${norm}.weight`, 'f32'),
      parameterBinding(shared, 'bias', `${norm}.bias`, 'f32'),
      normBinding(shared, norm, 'f32', true),
      runningBinding(shared, 'mean', `${norm}.running_mean`, true),
      runningBinding(shared, 'variance', `${norm}.running_var`, true)
    ],
    // Parts are joined by Chan's rule: no difference of large sums.
    before: `
var<workgroup> parts: array<vec3<f32>, ${SUMMING}>;
fn join(a: vec3<f32>, b: vec3<f32>) -> vec3<f32> {
  let count = a.x + b.x;
  if (count == 0.0) { return a; }
  let d = b.y - a.y;
  return vec3<f32>(count, a.y + d * b.x / count, a.z + b.z + d * d * a.x * b.x / count);
}`,
    main: `
  let channel = wg.x;
  let total = batch.n * ${size}u;
  let groups = (total + ${group - 1}u) / ${group}u;
  var part = vec3<f32>(0.0);
  for (var i = t; i < groups; i += ${SUMMING}u) {
    let count = f32(min(${group}u, total - i * ${group}u));
    part = join(part, vec3<f32>(count, partial[2u * i * ${channels}u + channel], partial[(2u * i + 1u) * ${channels}u + channel]));
  }
  parts[t] = part;
  workgroupBarrier();
  for (var s = ${SUMMING >> 1}u; s > 0u; s >>= 1u) {
    if (t < s) { parts[t] = join(parts[t], parts[t + s]); }
    workgroupBarrier();
  }
  if (t == 0u) {
    let found = parts[0];
    let inverse = 1.0 / sqrt(found.z / found.x + ${NORM_EPSILON});
    norms[${at('mean')}u + channel] = found.y;
    norms[${at('inverse')}u + channel] = inverse;
    norms[${at('scale')}u + channel] = weight[channel] * inverse;
    norms[${at('shift')}u + channel] = bias[channel];
    mean[channel] = ${1 - NORM_MOMENTUM} * mean[channel] + ${NORM_MOMENTUM} * found.y;
    variance[channel] = ${1 - NORM_MOMENTUM} * variance[channel] + ${NORM_MOMENTUM} * found.z / max(1.0, found.x - 1.0);
  }`,
    groups: () => [channels, 1]
  };
}

/** The numbers of a norm from its running statistics. */
export function runningKernel(block: IBlock, shared: IShared): IKernel {
  const channels = block.convolution.outputs;
  const { norm } = block;
  const at = (row: 'mean' | 'scale' | 'shift' | 'inverse'): number =>
    normRow(channels, row);
  return {
    label: `running ${norm}`,
    threads: CHANNELS,
    bindings: [
      parameterBinding(shared, 'weight', `${norm}.weight`, 'f32'),
      parameterBinding(shared, 'bias', `${norm}.bias`, 'f32'),
      normBinding(shared, norm, 'f32', true),
      runningBinding(shared, 'mean', `${norm}.running_mean`),
      runningBinding(shared, 'variance', `${norm}.running_var`)
    ],
    main: `
  let channel = wg.x * ${CHANNELS}u + t;
  if (channel >= ${channels}u) { return; }
  let inverse = 1.0 / sqrt(variance[channel] + ${NORM_EPSILON});
  norms[${at('mean')}u + channel] = mean[channel];
  norms[${at('inverse')}u + channel] = inverse;
  norms[${at('scale')}u + channel] = weight[channel] * inverse;
  norms[${at('shift')}u + channel] = bias[channel];`,
    groups: () => [Math.ceil(channels / CHANNELS), 1]
  };
}
