/** Batch norms: statistics of a batch, running statistics, and the gradient. */
import { NORM_EPSILON, NORM_MOMENTUM, type IBlock } from '../architecture';
import type { IBinding, IKernel } from './gpu';
import { LEAK_CODE, sumRows, threadGrid, type IShared } from './shader';

/** Threads that sum what workgroups left, for one channel. */
const SUMMING = 64;
/** Positions of a workgroup of the gradient's sums. */
const ROWS = 256;

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
    shared.normAt.at(norm, row);
  return {
    label: `moments ${norm}`,
    trainingOnly: true,
    threads: SUMMING,
    bindings: [
      { name: 'partial', element: 'f32', buffer: shared.partial },
      { name: 'params', element: 'f32', buffer: shared.params },
      { name: 'norms', element: 'f32', buffer: shared.norms, write: true },
      { name: 'running', element: 'f32', buffer: shared.running, write: true }
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
    norms[${at('scale')}u + channel] = params[${shared.at(`${norm}.weight`)}u + channel] * inverse;
    norms[${at('shift')}u + channel] = params[${shared.at(`${norm}.bias`)}u + channel];
    let m = ${shared.runningAt(`${norm}.running_mean`)}u + channel;
    let v = ${shared.runningAt(`${norm}.running_var`)}u + channel;
    running[m] = ${1 - NORM_MOMENTUM} * running[m] + ${NORM_MOMENTUM} * found.y;
    running[v] = ${1 - NORM_MOMENTUM} * running[v] + ${NORM_MOMENTUM} * found.z / max(1.0, found.x - 1.0);
  }`,
    groups: () => [channels, 1]
  };
}

/** The numbers of a norm from its running statistics. */
export function runningKernel(block: IBlock, shared: IShared): IKernel {
  const channels = block.convolution.outputs;
  const { norm } = block;
  const at = (row: 'mean' | 'scale' | 'shift' | 'inverse'): number =>
    shared.normAt.at(norm, row);
  return {
    label: `running ${norm}`,
    threads: SUMMING,
    bindings: [
      { name: 'params', element: 'f32', buffer: shared.params },
      { name: 'norms', element: 'f32', buffer: shared.norms, write: true },
      { name: 'running', element: 'f32', buffer: shared.running }
    ],
    main: `
  let channel = wg.x * ${SUMMING}u + t;
  if (channel >= ${channels}u) { return; }
  let inverse = 1.0 / sqrt(running[${shared.runningAt(`${norm}.running_var`)}u + channel] + ${NORM_EPSILON});
  norms[${at('mean')}u + channel] = running[${shared.runningAt(`${norm}.running_mean`)}u + channel];
  norms[${at('inverse')}u + channel] = inverse;
  norms[${at('scale')}u + channel] = params[${shared.at(`${norm}.weight`)}u + channel] * inverse;
  norms[${at('shift')}u + channel] = params[${shared.at(`${norm}.bias`)}u + channel];`,
    groups: () => [Math.ceil(channels / SUMMING), 1]
  };
}

/** What goes into a norm's gradient: dy behind it is `gradient` + `sum`, each where it is there. */
export interface INormGradient {
  readonly block: IBlock;
  /** Positions of a sample. */
  readonly size: number;
  /** What the convolution stored: in front of the leaky ReLU, or behind it. */
  readonly value: GPUBuffer;
  readonly leaks: boolean;
  /** (positions, channels), overwritten by the gradient for the convolution's output. */
  readonly gradient: GPUBuffer;
  /** Whether `gradient` holds something to begin with. */
  readonly given: boolean;
  /** Gradient of the sum that convolution, leaky ReLU and norm all go into. */
  readonly sum?: GPUBuffer;
}

function common(
  { block, value, leaks, gradient, given, sum }: INormGradient,
  shared: IShared,
  write: boolean
): { bindings: IBinding[]; code: string } {
  const quads = block.convolution.outputs / 4;
  const at = (row: 'mean' | 'inverse'): string =>
    `norms[${shared.normAt.at(block.norm, row) / 4}u + c]`;
  const bindings: IBinding[] = [
    { name: 'value', element: 'vec4<f32>', buffer: value },
    { name: 'norms', element: 'vec4<f32>', buffer: shared.norms }
  ];
  if (given || write) {
    bindings.push({
      name: 'gradient',
      element: 'vec4<f32>',
      buffer: gradient,
      write
    });
  }
  if (sum) {
    bindings.push({ name: 'sum', element: 'vec4<f32>', buffer: sum });
  }
  const dy = [given ? 'gradient[e]' : '', sum ? 'sum[e]' : '']
    .filter(Boolean)
    .join(' + ');
  return {
    bindings,
    code: `
${LEAK_CODE}
fn normalised(e: u32, c: u32) -> vec4<f32> {
  let v = value[e];
  return (v${leaks ? ' * slope(v)' : ''} - ${at('mean')}) * ${at('inverse')};
}
fn dy(e: u32) -> vec4<f32> { return ${dy}; }
const quads = ${quads}u;`
  };
}

/** Sums of dy and of dy times the normalised value, a part of the positions a workgroup. */
export function normSumsKernel(which: INormGradient, shared: IShared): IKernel {
  const channels = which.block.convolution.outputs;
  const { columns, rows, tiles } = threadGrid(channels);
  const { bindings, code } = common(which, shared, false);
  const threads = columns * rows;
  const quads = channels / 4;
  return {
    label: `norm sums ${which.block.norm}`,
    threads,
    bindings: [
      ...bindings,
      {
        name: 'partial',
        element: 'vec4<f32>',
        buffer: shared.partial,
        write: true
      }
    ],
    before: `${code}
var<workgroup> sums: array<vec4<f32>, ${threads}>;`,
    main: `
  let tx = t % ${columns}u;
  let ty = t / ${columns}u;
  let c = wg.y * ${columns}u + tx;
  let last = min(batch.n * ${which.size}u, (wg.x + 1u) * ${ROWS}u);
  var plain = vec4<f32>(0.0);
  var times = vec4<f32>(0.0);
  for (var position = wg.x * ${ROWS}u + ty; position < last; position += ${rows}u) {
    let e = position * quads + c;
    let d = dy(e);
    plain += d;
    times += d * normalised(e, c);
  }
  sums[t] = plain;
  workgroupBarrier();
  ${sumRows(columns, rows)}
  if (ty == 0u) { partial[wg.x * ${2 * quads}u + c] = sums[tx]; }
  workgroupBarrier();
  sums[t] = times;
  workgroupBarrier();
  ${sumRows(columns, rows)}
  if (ty == 0u) { partial[wg.x * ${2 * quads}u + ${quads}u + c] = sums[tx]; }`,
    groups: n => [Math.ceil((n * which.size) / ROWS), tiles]
  };
}

/** Gradients of a norm's weight and bias, and the means that its input gradient takes. */
export function normMeansKernel(
  block: IBlock,
  size: number,
  shared: IShared
): IKernel {
  const channels = block.convolution.outputs;
  const { norm } = block;
  return {
    label: `norm means ${norm}`,
    threads: SUMMING,
    bindings: [
      { name: 'partial', element: 'f32', buffer: shared.partial },
      { name: 'norms', element: 'f32', buffer: shared.norms, write: true },
      { name: 'grads', element: 'f32', buffer: shared.grads, write: true }
    ],
    before: `var<workgroup> parts: array<vec2<f32>, ${SUMMING}>;`,
    main: `
  let channel = wg.x;
  let total = batch.n * ${size}u;
  let groups = (total + ${ROWS - 1}u) / ${ROWS}u;
  var part = vec2<f32>(0.0);
  for (var i = t; i < groups; i += ${SUMMING}u) {
    part += vec2<f32>(partial[2u * i * ${channels}u + channel], partial[(2u * i + 1u) * ${channels}u + channel]);
  }
  parts[t] = part;
  workgroupBarrier();
  for (var s = ${SUMMING >> 1}u; s > 0u; s >>= 1u) {
    if (t < s) { parts[t] += parts[t + s]; }
    workgroupBarrier();
  }
  if (t == 0u) {
    let found = parts[0];
    norms[${shared.normAt.at(norm, 'm1')}u + channel] = found.x / f32(total);
    norms[${shared.normAt.at(norm, 'm2')}u + channel] = found.y / f32(total);
    grads[${shared.at(`${norm}.bias`)}u + channel] = found.x;
    grads[${shared.at(`${norm}.weight`)}u + channel] = found.y;
  }`,
    groups: () => [channels, 1]
  };
}

/** Gradient for the convolution's output, into `gradient`. */
export function normGradientKernel(
  which: INormGradient,
  shared: IShared
): IKernel {
  const channels = which.block.convolution.outputs;
  const { norm } = which.block;
  const { bindings, code } = common(which, shared, true);
  const threads = 256;
  const quads = channels / 4;
  const at = (row: 'scale' | 'm1' | 'm2'): string =>
    `norms[${shared.normAt.at(norm, row) / 4}u + c]`;
  const through = `${at('scale')} * (dy(e) - ${at('m1')} - normalised(e, c) * ${at('m2')})`;
  const sum = which.sum ? ' + sum[e]' : '';
  return {
    label: `norm gradient ${norm}`,
    threads,
    bindings,
    before: code,
    main: `
  let e = wg.x * ${threads}u + t;
  if (e >= batch.n * ${which.size * quads}u) { return; }
  let c = e % quads;
  gradient[e] = (${through}${sum}) * slope(value[e])${sum};`,
    groups: n => [Math.ceil((n * which.size * quads) / threads), 1]
  };
}
