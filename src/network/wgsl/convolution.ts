/** Convolutions between channels as tiled products: forward, input gradient, weight gradient. */
import type { IConvolution } from '../architecture';
import type { IKernel } from './gpu';
import {
  LEAK_CODE,
  neighbours,
  reading,
  sumRows,
  threadGrid,
  type IShared,
  type ISource,
  type Plane
} from './shader';

/** Positions of a thread of a convolution. */
const EACH = 4;

/** Positions that a workgroup of a convolution takes: the unit of its statistics. */
export function positionsAGroup(channels: number): number {
  return threadGrid(channels).rows * EACH;
}

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
  const weights = shared.at(`${name}.weight`) / 4;
  const bias = shared.at(`${name}.bias`) / 4;
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
    weights: {
      name: 'params',
      element: 'vec4<f32>',
      code: `params[${weights}u + (tap * ${inputs}u + k) * ${outputs / 4}u + o]`
    },
    output,
    shared,
    statistics: true,
    end: `
  let bias = params[${bias}u + column + tx];
  ${each(r => `let c${r} = a${r} + bias; let s${r} = c${r} * slope(c${r});`)}
  ${store(r => (leaks ? `s${r}` : `c${r}`), outputs, rows)}
  ${statisticsCode(columns, rows, outputs)}`
  });
}

/** Gradient for the input from the one for the output, (positions, outputs) -> (positions, inputs). */
export function inputGradientKernel(
  convolution: IConvolution,
  plane: Plane,
  gradient: GPUBuffer,
  output: GPUBuffer,
  shared: IShared
): IKernel {
  const { name, inputs, outputs } = convolution;
  const weights = shared.at(`${name}.weight`);
  const at = (i: number): string =>
    `params[${weights}u + (tap * ${inputs}u + 4u * o + ${i}u) * ${outputs}u + k]`;
  const { rows } = threadGrid(inputs);
  return product({
    label: `input gradient ${name}`,
    convolution,
    plane,
    inputs: outputs,
    outputs: inputs,
    towards: -1,
    read: reading({ buffer: gradient, channels: outputs }, shared),
    weights: {
      name: 'params',
      element: 'f32',
      code: `vec4<f32>(${[0, 1, 2, 3].map(at).join(', ')})`
    },
    output,
    shared,
    statistics: false,
    end: store(r => `a${r}`, inputs, rows)
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
  /** Four weights of (tap, input k, outputs 4 o to 4 o + 3). */
  readonly weights: {
    readonly name: string;
    readonly element: 'f32' | 'vec4<f32>';
    readonly code: string;
  };
  readonly output: GPUBuffer;
  readonly shared: IShared;
  readonly statistics: boolean;
  /** What becomes of the sums `a0` to `a3`. */
  readonly end: string;
}

/** The tiled product of patches and weights; every thread sums four positions by four channels. */
function product(p: IProduct): IKernel {
  const [height, width] = p.plane;
  const size = height * width;
  const [kh, kw] = p.convolution.kernel;
  const { columns, rows, tiles } = threadGrid(p.outputs);
  const threads = columns * rows;
  const positions = rows * EACH;
  const depth = p.inputs % 16 === 0 ? 16 : 8;
  const quads = depth / 4;
  return {
    label: p.label,
    threads,
    bindings: [
      ...p.read.bindings,
      { name: 'params', element: p.weights.element, buffer: p.shared.params },
      { name: 'y', element: 'vec4<f32>', buffer: p.output, write: true },
      ...(p.statistics
        ? [
            {
              name: 'partial',
              element: 'vec4<f32>' as const,
              buffer: p.shared.partial,
              write: true
            }
          ]
        : [])
    ],
    before: `
${LEAK_CODE}
${p.read.code}
${neighbours(p.plane, p.convolution, p.towards)}
var<workgroup> xs: array<vec4<f32>, ${positions * quads}>;
var<workgroup> ws: array<vec4<f32>, ${depth * columns}>;
${p.statistics ? `var<workgroup> sums: array<vec4<f32>, ${threads}>;` : ''}`,
    main: `
  let tx = t % ${columns}u;
  let ty = t / ${columns}u;
  let total = batch.n * ${size}u;
  let first = wg.x * ${positions}u;
  let column = wg.y * ${columns}u;
  ${each(r => `var a${r} = vec4<f32>(0.0);`)}
  for (var tap = 0u; tap < ${kh * kw}u; tap++) {
    for (var start = 0u; start < ${p.inputs}u; start += ${depth}u) {
      for (var e = t; e < ${positions * quads}u; e += ${threads}u) {
        let position = first + e / ${quads}u;
        let c = start / 4u + e % ${quads}u;
        var v = vec4<f32>(0.0);
        if (position < total) {
          let near = neighbour(position, tap);
          if (near >= 0) { v = load_x(u32(near), c); }
        }
        xs[e] = v;
      }
      for (var e = t; e < ${depth * columns}u; e += ${threads}u) {
        let k = start + e / ${columns}u;
        let o = column + e % ${columns}u;
        ws[e] = ${p.weights.code};
      }
      workgroupBarrier();
      for (var q = 0u; q < ${quads}u; q++) {
        ${[0, 1, 2, 3].map(i => `let w${i} = ws[(4u * q + ${i}u) * ${columns}u + tx];`).join('\n        ')}
        ${each(
          r =>
            `let x${r} = xs[(ty + ${r * rows}u) * ${quads}u + q]; a${r} += x${r}.x * w0 + x${r}.y * w1 + x${r}.z * w2 + x${r}.w * w3;`
        )}
      }
      workgroupBarrier();
    }
  }
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

/** How the positions of a weight gradient are cut for workgroups that are summed afterwards. */
export interface ICut {
  /** Positions of one piece. */
  readonly piece: number;
  pieces(n: number): number;
}

/** Pieces of about equal work: some hundreds of workgroups for the largest batch. */
export function cutPositions(
  most: number,
  size: number,
  groupsEach: number
): ICut {
  let piece = 1024;
  while (piece > 64 && ((most * size) / piece) * groupsEach < 256) {
    piece /= 2;
  }
  return { piece, pieces: n => Math.ceil((n * size) / piece) };
}

/**
 * Gradients of weight and bias, a piece of the positions a workgroup: for each
 * piece taps x inputs x outputs numbers and the bias go to `partial`.
 */
export function weightGradientKernel(
  convolution: IConvolution,
  plane: Plane,
  source: ISource,
  gradient: GPUBuffer,
  cut: ICut,
  shared: IShared
): IKernel {
  const { name, inputs, outputs, kernel } = convolution;
  const taps = kernel[0] * kernel[1];
  const size = plane[0] * plane[1];
  const across = threadGrid(outputs);
  const along = threadGrid(inputs);
  const columns = across.columns;
  const lines = along.columns;
  const threads = columns * lines;
  const read = reading(source, shared);
  const step = 16;
  const stride = (taps * inputs * outputs + outputs) / 4;
  return {
    label: `weight gradient ${name}`,
    threads,
    bindings: [
      ...read.bindings,
      { name: 'dy', element: 'vec4<f32>', buffer: gradient },
      {
        name: 'partial',
        element: 'vec4<f32>',
        buffer: shared.partial,
        write: true
      }
    ],
    before: `
${LEAK_CODE}
${read.code}
${neighbours(plane, convolution, 1)}
var<workgroup> xs: array<vec4<f32>, ${step * lines}>;
var<workgroup> ds: array<vec4<f32>, ${step * columns}>;`,
    main: `
  let tx = t % ${columns}u;
  let ty = t / ${columns}u;
  let total = batch.n * ${size}u;
  let tap = wg.y / ${across.tiles * along.tiles}u;
  let tile = wg.y % ${across.tiles * along.tiles}u;
  let column = (tile % ${across.tiles}u) * ${columns}u;
  let line = (tile / ${across.tiles}u) * ${lines}u;
  var a0 = vec4<f32>(0.0); var a1 = a0; var a2 = a0; var a3 = a0; var bias = a0;
  for (var c = 0u; c < ${cut.piece}u; c += ${step}u) {
    let first = wg.x * ${cut.piece}u + c;
    for (var e = t; e < ${step * lines}u; e += ${threads}u) {
      let position = first + e / ${lines}u;
      var v = vec4<f32>(0.0);
      if (position < total) {
        let near = neighbour(position, tap);
        if (near >= 0) { v = load_x(u32(near), line + e % ${lines}u); }
      }
      xs[e] = v;
    }
    for (var e = t; e < ${step * columns}u; e += ${threads}u) {
      let position = first + e / ${columns}u;
      var v = vec4<f32>(0.0);
      if (position < total) { v = dy[position * ${outputs / 4}u + column + e % ${columns}u]; }
      ds[e] = v;
    }
    workgroupBarrier();
    for (var k = 0u; k < ${step}u; k++) {
      let v = xs[k * ${lines}u + ty];
      let d = ds[k * ${columns}u + tx];
      a0 += v.x * d; a1 += v.y * d; a2 += v.z * d; a3 += v.w * d; bias += d;
    }
    workgroupBarrier();
  }
  let at = wg.x * ${stride}u + (tap * ${inputs}u + 4u * (line + ty)) * ${outputs / 4}u + column + tx;
  partial[at] = a0;
  partial[at + ${outputs / 4}u] = a1;
  partial[at + ${(2 * outputs) / 4}u] = a2;
  partial[at + ${(3 * outputs) / 4}u] = a3;
  if (tap == 0u && line + ty == 0u) {
    partial[wg.x * ${stride}u + ${(taps * inputs * outputs) / 4}u + column + tx] = bias;
  }`,
    groups: n => [cut.pieces(n), taps * across.tiles * along.tiles]
  };
}

/** Sums the pieces of a weight gradient into the gradient vector. */
export function sumPiecesKernel(
  label: string,
  weights: { readonly at: number; readonly size: number },
  bias: { readonly at: number; readonly size: number },
  /** Elements of a piece's bias in `partial`. */
  biasStride: number,
  cut: ICut,
  size: number,
  shared: IShared
): IKernel {
  const stride = weights.size + biasStride;
  const threads = 64;
  return {
    label: `sum ${label}`,
    threads,
    bindings: [
      { name: 'partial', element: 'f32', buffer: shared.partial },
      { name: 'grads', element: 'f32', buffer: shared.grads, write: true }
    ],
    main: `
  let e = wg.x * ${threads}u + t;
  if (e >= ${weights.size + bias.size}u) { return; }
  let pieces = (batch.n * ${size}u + ${cut.piece - 1}u) / ${cut.piece}u;
  var sum = 0.0;
  for (var i = 0u; i < pieces; i++) { sum += partial[i * ${stride}u + e]; }
  if (e < ${weights.size}u) { grads[${weights.at}u + e] = sum; }
  else { grads[${bias.at}u + e - ${weights.size}u] = sum; }`,
    groups: () => [Math.ceil((weights.size + bias.size) / threads), 1]
  };
}
