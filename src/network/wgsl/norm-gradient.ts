/** The gradient of a batch norm: two sums over the batch, and what they make of every position. */
import type { IBlock } from '../architecture';
import type { IBinding, IKernel } from './gpu';
import { normRow } from './memory';
import { SUMMING } from './norm';
import {
  LEAK_CODE,
  gradientBinding,
  normBinding,
  partialBinding,
  positionsAGroup,
  sumRows,
  threadGrid,
  type IShared
} from './shader';

/** A norm whose gradient is taken, and what its convolution left in the forward pass. */
export interface INormValue {
  readonly block: IBlock;
  /** Positions of a sample. */
  readonly size: number;
  /** What the convolution stored: in front of the leaky ReLU, or behind it. */
  readonly value: GPUBuffer;
  readonly leaks: boolean;
  /** Gradient of the sum that convolution, leaky ReLU and norm all go into. */
  readonly sum?: GPUBuffer;
}

/** What goes into a norm's gradient: dy behind it is `gradient` + `sum`, each where it is there. */
export interface INormGradient extends INormValue {
  /** (positions, channels), overwritten by the gradient for the convolution's output. */
  readonly gradient: GPUBuffer;
  /** Whether `gradient` holds something to begin with. */
  readonly given: boolean;
}

/** Bindings and `fn normalised(element, four channels)` for the sums of a norm's gradient. */
export function normSumsCode(
  { block, value, leaks, sum }: INormValue,
  shared: IShared
): { bindings: IBinding[]; code: string } {
  const row = (name: 'mean' | 'inverse'): string =>
    `norms[${normRow(block.convolution.outputs, name) / 4}u + c]`;
  return {
    bindings: [
      { name: 'value', element: 'vec4<f32>', buffer: value },
      normBinding(shared, block.norm, 'vec4<f32>'),
      ...(sum
        ? [{ name: 'sum', element: 'vec4<f32>' as const, buffer: sum }]
        : [])
    ],
    code: `
fn normalised(e: u32, c: u32) -> vec4<f32> {
  let v = value[e];
  return (v${leaks ? ' * slope(v)' : ''} - ${row('mean')}) * ${row('inverse')};
}`
  };
}

/** Code that leaves the workgroup's sums of `plain` and `times` in `partial`. */
export function sumPartsCode(
  columns: number,
  rows: number,
  quads: number
): string {
  const sum = (of: string, at: number): string => `
  sums[t] = ${of};
  workgroupBarrier();
  ${sumRows(columns, rows)}
  if (ty == 0u) { partial[wg.x * ${2 * quads}u + ${at}u + wg.y * ${columns}u + tx] = sums[tx]; }`;
  return `${sum('plain', 0)}
  workgroupBarrier();
  ${sum('times', quads)}`;
}

/** A gradient for the output of a norm as a function of the position. */
export interface IProduced {
  readonly label: string;
  readonly bindings: readonly IBinding[];
  /** `fn produced(position, four channels)`. */
  readonly code: string;
  /** Where it is stored. */
  readonly output: GPUBuffer;
}

/**
 * Stores what is produced and leaves its sums, and those of it times the
 * normalised value, in `partial`: positionsAGroup a workgroup.
 */
export function producedKernel(
  produced: IProduced,
  norm: INormValue,
  shared: IShared
): IKernel {
  const channels = norm.block.convolution.outputs;
  const { columns, rows, tiles } = threadGrid(channels);
  // What is produced is all that reaches this norm.
  const { bindings, code } = normSumsCode({ ...norm, sum: undefined }, shared);
  const threads = columns * rows;
  const quads = channels / 4;
  const group = positionsAGroup(channels);
  return {
    label: produced.label,
    threads,
    bindings: [
      ...produced.bindings,
      {
        name: 'y',
        element: 'vec4<f32>',
        buffer: produced.output,
        write: true
      },
      ...bindings,
      partialBinding(shared)
    ],
    before: `
${LEAK_CODE}
${code}
${produced.code}
var<workgroup> sums: array<vec4<f32>, ${threads}>;`,
    main: `
  let tx = t % ${columns}u;
  let ty = t / ${columns}u;
  let c = wg.y * ${columns}u + tx;
  let last = min(batch.n * ${norm.size}u, (wg.x + 1u) * ${group}u);
  var plain = vec4<f32>(0.0);
  var times = vec4<f32>(0.0);
  for (var position = wg.x * ${group}u + ty; position < last; position += ${rows}u) {
    let e = position * ${quads}u + c;
    let d = produced(position, c);
    y[e] = d;
    plain += d;
    times += d * normalised(e, c);
  }
  ${sumPartsCode(columns, rows, quads)}`,
    groups: n => [Math.ceil((n * norm.size) / group), tiles]
  };
}

/** Gradients of a norm's weight and bias, and the means that its input gradient takes. */
export function normMeansKernel(
  { block, size }: INormValue,
  shared: IShared
): IKernel {
  const channels = block.convolution.outputs;
  const { norm } = block;
  const group = positionsAGroup(channels);
  return {
    label: `norm means ${norm}`,
    threads: SUMMING,
    bindings: [
      { name: 'partial', element: 'f32', buffer: shared.partial },
      normBinding(shared, norm, 'f32', true),
      gradientBinding(shared, 'weight', `${norm}.weight`, 'f32'),
      gradientBinding(shared, 'bias', `${norm}.bias`, 'f32')
    ],
    before: `var<workgroup> parts: array<vec2<f32>, ${SUMMING}>;`,
    main: `
  let channel = wg.x;
  let total = batch.n * ${size}u;
  let groups = (total + ${group - 1}u) / ${group}u;
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
    norms[${normRow(channels, 'm1')}u + channel] = found.x / f32(total);
    norms[${normRow(channels, 'm2')}u + channel] = found.y / f32(total);
    bias[channel] = found.x;
    weight[channel] = found.y;
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
  const { gradient, given, sum } = which;
  const sums = normSumsCode(which, shared);
  const threads = 256;
  const quads = channels / 4;
  const at = (row: 'scale' | 'm1' | 'm2'): string =>
    `norms[${normRow(channels, row) / 4}u + c]`;
  const dy = [given ? 'gradient[e]' : '', sum ? 'sum[e]' : '']
    .filter(Boolean)
    .join(' + ');
  const through = `${at('scale')} * (${dy} - ${at('m1')} - normalised(e, c) * ${at('m2')})`;
  const direct = sum ? ' + sum[e]' : '';
  return {
    label: `norm gradient ${norm}`,
    threads,
    bindings: [
      ...sums.bindings,
      {
        name: 'gradient',
        element: 'vec4<f32>',
        buffer: gradient,
        write: true
      }
    ],
    before: `${LEAK_CODE}\n${sums.code}`,
    main: `
  let e = wg.x * ${threads}u + t;
  if (e >= batch.n * ${which.size * quads}u) { return; }
  let c = e % ${quads}u;
  gradient[e] = (${through}${direct}) * slope(value[e])${direct};`,
    groups: n => [Math.ceil((n * which.size * quads) / threads), 1]
  };
}
