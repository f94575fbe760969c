/** Convolutions between channels as tiled products: forward, and the gradient for the input. */
import type { IConvolution } from '../architecture';
import type { IBinding, IKernel } from './gpu';
import { normSumsCode, sumPartsCode, type INormValue } from './norm-gradient';
import { rounds } from './rounds';
import {
  EACH,
  LEAK_CODE,
  neighbours,
  parameterBinding,
  partialBinding,
  reading,
  sumRows,
  threadGrid,
  type IShared,
  type ISource,
  type Plane
} from './shader';

/** Code that leaves mean and summed squares of `s0` to `s3` in `partial`; every thread must come here. */
export function statisticsCode(
  columns: number,
  rows: number,
  channels: number
): string {
  const each = Array.from({ length: EACH }, (_, r) => r);
  const row = channels / 4;
  return `
  let count = f32(min(${rows * EACH}u, total - first));
  var part = vec4<f32>(0.0);
  ${each.map(r => `if (first + ty + ${r * rows}u < total) { part += s${r}; }`).join('\n  ')}
  sums[t] = part;
  workgroupBarrier();
  ${sumRows(columns, rows)}
  let average = sums[tx] / count;
  workgroupBarrier();
  part = vec4<f32>(0.0);
  ${each.map(r => `if (first + ty + ${r * rows}u < total) { let d = s${r} - average; part += d * d; }`).join('\n  ')}
  sums[t] = part;
  workgroupBarrier();
  ${sumRows(columns, rows)}
  if (ty == 0u) {
    partial[wg.x * ${2 * row}u + column + tx] = average;
    partial[wg.x * ${2 * row}u + ${row}u + column + tx] = sums[tx];
  }`;
}

/**
 * (positions, inputs) -> (positions, outputs), bias added; `leaks` stores what
 * comes out of the leaky ReLU, whose statistics go to `partial` in both cases.
 */
export function convolutionKernel(
  convolution: IConvolution,
  plane: Plane,
  source: ISource,
  output: GPUBuffer,
  leaks: boolean,
  shared: IShared
): IKernel {
  const { name, inputs, outputs } = convolution;
  const read = reading(source, shared);
  const { columns, rows } = threadGrid(outputs);
  return product({
    label: `convolve ${name}`,
    convolution,
    plane,
    inputs,
    outputs,
    towards: 1,
    read,
    bindings: [
      parameterBinding(shared, 'weights', `${name}.weight`, 'vec4<f32>'),
      parameterBinding(shared, 'bias', `${name}.bias`, 'vec4<f32>'),
      partialBinding(shared)
    ],
    output,
    sums: true,
    before: '',
    end: `
  let b = bias[column + tx];
  ${each(r => `let c${r} = a${r} + b; let s${r} = c${r} * slope(c${r});`)}
  ${store(r => (leaks ? `s${r}` : `c${r}`), outputs, rows)}
  ${statisticsCode(columns, rows, outputs)}`
  });
}

/**
 * Gradient for the input from the one for the output, (positions, outputs) ->
 * (positions, inputs). Where a norm lies in front of the input, the sums of
 * that norm's gradient go to `partial`, those of positionsAGroup a workgroup.
 */
export function inputGradientKernel(
  convolution: IConvolution,
  plane: Plane,
  gradient: GPUBuffer,
  output: GPUBuffer,
  before: INormValue | null,
  shared: IShared
): IKernel {
  const { name, inputs, outputs } = convolution;
  const { columns, rows } = threadGrid(inputs);
  const sums = before ? normSumsCode(before, shared) : null;
  const quads = inputs / 4;
  return product({
    label: `input gradient ${name}`,
    convolution,
    plane,
    inputs: outputs,
    outputs: inputs,
    towards: -1,
    read: reading({ buffer: gradient, channels: outputs }, shared),
    bindings: [
      parameterBinding(shared, 'weights', `${name}.weight`, 'vec4<f32>'),
      ...(sums ? [partialBinding(shared), ...sums.bindings] : [])
    ],
    output,
    sums: sums !== null,
    before: sums?.code ?? '',
    end: `${store(r => `a${r}`, inputs, rows)}
  ${
    sums
      ? `
  var plain = vec4<f32>(0.0);
  var times = vec4<f32>(0.0);
  ${each(
    r => `if (first + ty + ${r * rows}u < total) {
    let e = (first + ty + ${r * rows}u) * ${quads}u + column + tx;
    let d = a${r}${before?.sum ? ' + sum[e]' : ''};
    plain += d;
    times += d * normalised(e, column + tx);
  }`
  )}
  ${sumPartsCode(columns, rows, quads)}`
      : ''
  }`
  });
}

interface IProduct {
  readonly label: string;
  readonly convolution: IConvolution;
  readonly plane: Plane;
  /** Of this product. */
  readonly inputs: number;
  readonly outputs: number;
  readonly towards: 1 | -1;
  readonly read: ReturnType<typeof reading>;
  /** Weights, and what `end` reads and writes beside `y`. */
  readonly bindings: readonly IBinding[];
  readonly output: GPUBuffer;
  /** Whether `end` sums over the workgroup. */
  readonly sums: boolean;
  /** Declarations for `end`. */
  readonly before: string;
  /** What becomes of the sums `a0` to `a3`. */
  readonly end: string;
}

/** The weights of a product in workgroup memory: depth x columns vectors of four. */
interface IWeightTile {
  /** From one row of vectors to the next. */
  readonly stride: number;
  /** Element `e` of those of `tap`, inputs from `start` on, and its place. */
  value(e: string): string;
  place(e: string): string;
  /** Adds to `sum` what four inputs `x` and the vectors `w0` to `w3` make of them. */
  add(sum: string, x: string): string;
}

/** Row k holds the weights of input k, four outputs a vector. */
function forwardTile(p: IProduct, columns: number): IWeightTile {
  return {
    stride: columns,
    value: e =>
      `weights[(tap * ${p.inputs}u + start + ${e} / ${columns}u) * ${p.outputs / 4}u + column + ${e} % ${columns}u]`,
    place: e => e,
    add: (sum, x) =>
      ['x', 'y', 'z', 'w']
        .map((part, i) => `${sum} += ${x}.${part} * w${i};`)
        .join(' ')
  };
}

/**
 * The weights lie as (outputs, inputs) of this product: a vector holds four
 * inputs of one output, rows 4 q to 4 q + 3 those of inputs 4 q to 4 q + 3. A
 * row is longer by one than it need be, so that neighbours write to other banks.
 */
function backwardTile(
  p: IProduct,
  columns: number,
  quads: number
): IWeightTile {
  const parts = ['x', 'y', 'z', 'w'];
  const stride = columns + 1;
  return {
    stride,
    value: e =>
      `weights[(tap * ${p.outputs}u + 4u * column + ${e} / ${quads}u) * ${p.inputs / 4}u + start / 4u + ${e} % ${quads}u]`,
    place: e =>
      `(4u * (${e} % ${quads}u) + (${e} / ${quads}u) % 4u) * ${stride}u + ${e} / ${4 * quads}u`,
    add: (sum, x) =>
      parts
        .flatMap((part, i) =>
          parts.map(
            input => `${sum}.${part} += ${x}.${input} * w${i}.${input};`
          )
        )
        .join(' ')
  };
}

/**
 * The tiled product of patches and weights; every thread sums four positions by
 * four channels. Terms are added one by one, each one fused operation, but for
 * every round by itself: long sums of float32 lose digits.
 */
function product(p: IProduct): IKernel {
  const [height, width] = p.plane;
  const size = height * width;
  const [kh, kw] = p.convolution.kernel;
  const { columns, rows, tiles } = threadGrid(p.outputs);
  const threads = columns * rows;
  const positions = rows * EACH;
  const depth = p.inputs % 16 === 0 ? 16 : 8;
  const quads = depth / 4;
  const parts = p.inputs / depth;
  const weights =
    p.towards === 1 ? forwardTile(p, columns) : backwardTile(p, columns, quads);
  const at = `let tap = round / ${parts}u; let start = (round % ${parts}u) * ${depth}u;`;
  const body = rounds(
    [
      {
        array: 'xs',
        name: 'v',
        count: positions * quads,
        read: e => `{
      ${at}
      let position = first + ${e} / ${quads}u;
      let near = select(-1, neighbour(position, tap), position < total);
      v = vec4<f32>(0.0);
      if (near >= 0) { v = load_x(u32(near), start / 4u + ${e} % ${quads}u); }
    }`
      },
      {
        array: 'ws',
        name: 'u',
        count: depth * columns,
        read: e => `{ ${at} u = ${weights.value(e)}; }`,
        place: weights.place
      }
    ],
    threads,
    kh * kw * parts,
    `
    ${each(r => `var b${r} = vec4<f32>(0.0);`)}
    for (var q = 0u; q < ${quads}u; q++) {
      ${[0, 1, 2, 3].map(i => `let w${i} = ws[(4u * q + ${i}u) * ${weights.stride}u + tx];`).join('\n      ')}
      ${each(r => `let x${r} = xs[(ty + ${r * rows}u) * ${quads}u + q]; ${weights.add(`b${r}`, `x${r}`)}`)}
    }
    ${each(r => `a${r} += b${r};`)}`
  );
  return {
    label: p.label,
    threads,
    bindings: [
      ...p.read.bindings,
      { name: 'y', element: 'vec4<f32>', buffer: p.output, write: true },
      ...p.bindings
    ],
    before: `
${LEAK_CODE}
${p.read.code}
${neighbours(p.plane, p.convolution, p.towards)}
var<workgroup> xs: array<vec4<f32>, ${positions * quads}>;
var<workgroup> ws: array<vec4<f32>, ${depth * weights.stride}>;
${p.sums ? `var<workgroup> sums: array<vec4<f32>, ${threads}>;` : ''}
${p.before}`,
    main: `
  let tx = t % ${columns}u;
  let ty = t / ${columns}u;
  let total = batch.n * ${size}u;
  let first = wg.x * ${positions}u;
  let column = wg.y * ${columns}u;
  ${each(r => `var a${r} = vec4<f32>(0.0);`)}
  ${body}
  ${p.end}`,
    groups: n => [Math.ceil((n * size) / positions), tiles]
  };
}

function each(line: (r: number) => string): string {
  return Array.from({ length: EACH }, (_, r) => line(r)).join('\n  ');
}

function store(
  value: (r: number) => string,
  channels: number,
  rows: number
): string {
  return each(
    r =>
      `if (first + ty + ${r * rows}u < total) { y[(first + ty + ${r * rows}u) * ${channels / 4}u + column + tx] = ${value(r)}; }`
  );
}
