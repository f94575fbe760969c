/** Convolutions from or to one channel: the first of an encoder and the tail of a decoder. */
import type { IConvolution } from '../architecture';
import { statisticsCode } from './convolution';
import { producedKernel, type INormValue } from './norm-gradient';
import type { IBinding, IKernel } from './gpu';
import {
  EACH,
  LEAK_CODE,
  neighbours,
  parameterBinding,
  threadGrid,
  type IShared,
  type Plane
} from './shader';

const TAIL_POSITIONS = 64;

/** Samples of a data set, one row of `size` values each, and the rows of an epoch in their order. */
export interface IRows {
  readonly values: GPUBuffer;
  readonly order: GPUBuffer;
}

/** Bindings and `fn sample(position)`: the value of a batch's position in the data set. */
export function sampling(
  rows: IRows,
  size: number
): { bindings: IBinding[]; code: string } {
  return {
    bindings: [
      { name: 'rows', element: 'f32', buffer: rows.values },
      { name: 'order', element: 'i32', buffer: rows.order }
    ],
    code: `fn sample(position: u32) -> f32 { return rows[u32(order[batch.start + position / ${size}u]) * ${size}u + position % ${size}u]; }`
  };
}

/** Leaky convolution of samples (1 channel) to (positions, outputs), with its statistics. */
export function firstConvolutionKernel(
  convolution: IConvolution,
  plane: Plane,
  rows: IRows,
  output: GPUBuffer,
  shared: IShared
): IKernel {
  const { name, outputs, kernel } = convolution;
  const size = plane[0] * plane[1];
  const taps = kernel[0] * kernel[1];
  const grid = threadGrid(outputs);
  const threads = grid.columns * grid.rows;
  const weights = shared.trained.at(`${name}.weight`).offset / 4;
  const bias = shared.trained.at(`${name}.bias`).offset / 4;
  const read = sampling(rows, size);
  const quads = outputs / 4;
  const each = (line: (r: number) => string): string =>
    Array.from({ length: EACH }, (_, r) => line(r)).join('\n  ');
  return {
    label: `convolve ${name}`,
    threads,
    bindings: [
      ...read.bindings,
      { name: 'params', element: 'vec4<f32>', buffer: shared.params },
      { name: 'y', element: 'vec4<f32>', buffer: output, write: true },
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
var<workgroup> sums: array<vec4<f32>, ${threads}>;
fn at(position: u32, o: u32, total: u32) -> vec4<f32> {
  var sum = params[${bias}u + o];
  if (position < total) {
    for (var tap = 0u; tap < ${taps}u; tap++) {
      let near = neighbour(position, tap);
      if (near >= 0) { sum += sample(u32(near)) * params[${weights}u + tap * ${quads}u + o]; }
    }
  }
  return sum * slope(sum);
}`,
    main: `
  let tx = t % ${grid.columns}u;
  let ty = t / ${grid.columns}u;
  let total = batch.n * ${size}u;
  let first = wg.x * ${grid.rows * EACH}u;
  let column = wg.y * ${grid.columns}u;
  ${each(r => `let s${r} = at(first + ty + ${r * grid.rows}u, column + tx, total);`)}
  ${each(r => `if (first + ty + ${r * grid.rows}u < total) { y[(first + ty + ${r * grid.rows}u) * ${quads}u + column + tx] = s${r}; }`)}
  ${statisticsCode(grid.columns, grid.rows, outputs)}`,
    groups: n => [Math.ceil((n * size) / (grid.rows * EACH)), grid.tiles]
  };
}

/** Positions of a workgroup of the tail: the unit of its statistics. */
export const tailPositions = TAIL_POSITIONS;

/** Leaky convolution of (positions, inputs) to one channel, with its statistics. */
export function tailKernel(
  convolution: IConvolution,
  plane: Plane,
  input: GPUBuffer,
  output: GPUBuffer,
  shared: IShared
): IKernel {
  const { name, inputs, kernel } = convolution;
  const size = plane[0] * plane[1];
  const taps = kernel[0] * kernel[1];
  const quads = inputs / 4;
  // Threads that share a position's channels, which lie side by side.
  const lanes = quads % 4 === 0 ? 4 : 2;
  const threads = TAIL_POSITIONS * lanes;
  // (taps, inputs, 1): four inputs lie side by side.
  const weights = shared.trained.at(`${name}.weight`).offset / 4;
  const bias = shared.trained.at(`${name}.bias`).offset / 4;
  const sum = (of: string): string => `
  sums[t] = ${of};
  workgroupBarrier();
  for (var s = ${TAIL_POSITIONS >> 1}u; s > 0u; s >>= 1u) {
    if (t < s) { sums[t] += sums[t + s]; }
    workgroupBarrier();
  }`;
  return {
    label: `convolve ${name}`,
    threads,
    bindings: [
      { name: 'x', element: 'vec4<f32>', buffer: input },
      { name: 'params', element: 'vec4<f32>', buffer: shared.params },
      { name: 'y', element: 'f32', buffer: output, write: true },
      { name: 'partial', element: 'f32', buffer: shared.partial, write: true }
    ],
    before: `
${LEAK_CODE}
${neighbours(plane, convolution, 1)}
var<workgroup> sums: array<f32, ${threads}>;`,
    main: `
  let total = batch.n * ${size}u;
  let shared_position = wg.x * ${TAIL_POSITIONS}u + t / ${lanes}u;
  var a = vec4<f32>(0.0);
  if (shared_position < total) {
    for (var tap = 0u; tap < ${taps}u; tap++) {
      let near = neighbour(shared_position, tap);
      if (near >= 0) {
        for (var c = t % ${lanes}u; c < ${quads}u; c += ${lanes}u) { a += x[u32(near) * ${quads}u + c] * params[${weights}u + tap * ${quads}u + c]; }
      }
    }
  }
  sums[t] = a.x + a.y + a.z + a.w;
  workgroupBarrier();
  // From here on a thread has a position of its own, and most have none.
  let position = wg.x * ${TAIL_POSITIONS}u + t;
  let inside = t < ${TAIL_POSITIONS}u && position < total;
  var v = params[${bias}u].x;
  if (inside) { v += ${Array.from({ length: lanes }, (_, i) => `sums[${lanes}u * t + ${i}u]`).join(' + ')}; }
  workgroupBarrier();
  v = v * slope1(v);
  if (inside) { y[position] = v; }
  let count = f32(min(${TAIL_POSITIONS}u, total - wg.x * ${TAIL_POSITIONS}u));
  ${sum('select(0.0, v, inside)')}
  let average = sums[0] / count;
  workgroupBarrier();
  ${sum('select(0.0, (v - average) * (v - average), inside)')}
  if (t == 0u) { partial[2u * wg.x] = average; partial[2u * wg.x + 1u] = sums[0]; }`,
    groups: n => [Math.ceil((n * size) / TAIL_POSITIONS), 1]
  };
}

/** Gradient for the tail's input, (positions) -> (positions, inputs), with the sums of a norm in front of it. */
export function tailInputGradientKernel(
  convolution: IConvolution,
  plane: Plane,
  gradient: GPUBuffer,
  output: GPUBuffer,
  norm: INormValue,
  shared: IShared
): IKernel {
  const { name, inputs, kernel } = convolution;
  return producedKernel(
    {
      label: `input gradient ${name}`,
      bindings: [
        { name: 'dy', element: 'f32', buffer: gradient },
        parameterBinding(shared, 'weights', `${name}.weight`, 'vec4<f32>')
      ],
      code: `
${neighbours(plane, convolution, -1)}
fn produced(position: u32, c: u32) -> vec4<f32> {
  var result = vec4<f32>(0.0);
  for (var tap = 0u; tap < ${kernel[0] * kernel[1]}u; tap++) {
    let near = neighbour(position, tap);
    if (near >= 0) { result += dy[near] * weights[tap * ${inputs / 4}u + c]; }
  }
  return result;
}`,
      output
    },
    norm,
    shared
  );
}
