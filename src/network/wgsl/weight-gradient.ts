/** Gradients of the convolutions' weights and biases, in pieces that the optimiser's kernel sums. */
import type { IConvolution } from '../architecture';
import type { IBinding, IKernel } from './gpu';
import { rounds } from './rounds';
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
import { sampling, type IRows } from './thin-convolution';

function pieceBinding({ name }: IConvolution, shared: IShared): IBinding {
  const { offset, size } = shared.pieceAt.at(name);
  return {
    name: 'pieces',
    element: 'vec4<f32>',
    buffer: shared.pieces,
    write: true,
    offset,
    size
  };
}

/**
 * Gradients of weight and bias, a piece of the positions a workgroup: for each
 * piece taps x inputs x outputs numbers and the bias go to `pieces`.
 */
export function weightGradientKernel(
  convolution: IConvolution,
  plane: Plane,
  source: ISource,
  gradient: GPUBuffer,
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
  const pieces = shared.pieceAt.at(name);
  const first = `wg.x * ${pieces.piece}u + round * ${step}u`;
  const body = rounds(
    [
      {
        array: 'xs',
        name: 'v',
        count: step * lines,
        read: e => `{
      let position = ${first} + ${e} / ${lines}u;
      let near = select(-1, neighbour(position, tap), position < total);
      v = vec4<f32>(0.0);
      if (near >= 0) { v = load_x(u32(near), line + ${e} % ${lines}u); }
    }`
      },
      {
        array: 'ds',
        name: 'u',
        count: step * columns,
        read: e => `{
      let position = ${first} + ${e} / ${columns}u;
      u = vec4<f32>(0.0);
      if (position < total) { u = dy[position * ${outputs / 4}u + column + ${e} % ${columns}u]; }
    }`
      }
    ],
    threads,
    pieces.piece / step,
    `
    for (var k = 0u; k < ${step}u; k++) {
      let x = xs[k * ${lines}u + ty];
      let d = ds[k * ${columns}u + tx];
      a0 += x.x * d; a1 += x.y * d; a2 += x.z * d; a3 += x.w * d;
      if (sums_bias) { bias += d; }
    }`
  );
  const stride = pieces.stride / 4;
  return {
    label: `weight gradient ${name}`,
    threads,
    bindings: [
      ...read.bindings,
      { name: 'dy', element: 'vec4<f32>', buffer: gradient },
      pieceBinding(convolution, shared)
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
  let sums_bias = tap == 0u && line == 0u;
  var a0 = vec4<f32>(0.0); var a1 = a0; var a2 = a0; var a3 = a0; var bias = a0;
  ${body}
  let at = wg.x * ${stride}u + (tap * ${inputs}u + 4u * (line + ty)) * ${outputs / 4}u + column + tx;
  pieces[at] = a0;
  pieces[at + ${outputs / 4}u] = a1;
  pieces[at + ${(2 * outputs) / 4}u] = a2;
  pieces[at + ${(3 * outputs) / 4}u] = a3;
  if (tap == 0u && line + ty == 0u) {
    pieces[wg.x * ${stride}u + ${(taps * inputs * outputs) / 4}u + column + tx] = bias;
  }`,
    groups: n => [pieces.count(n), taps * across.tiles * along.tiles]
  };
}

/**
 * Weight gradient where one side has one channel: `thin` (positions) or samples,
 * `wide` (positions, channels). `towards` 1: thin is the input; -1: the output.
 * Pieces of taps x channels and a bias of `channels` numbers go to `pieces`;
 * where thin is the output every number of that bias is its sum.
 */
export function thinWeightGradientKernel(
  convolution: IConvolution,
  plane: Plane,
  thin: IRows | GPUBuffer,
  wide: GPUBuffer,
  shared: IShared
): IKernel {
  const { name, inputs, outputs, kernel } = convolution;
  const towards = inputs === 1 ? 1 : -1;
  const channels = Math.max(inputs, outputs);
  const size = plane[0] * plane[1];
  const taps = kernel[0] * kernel[1];
  const { columns, rows, tiles } = threadGrid(channels);
  const threads = columns * rows;
  const quads = channels / 4;
  const read =
    'order' in thin
      ? sampling(thin, size)
      : {
          bindings: [{ name: 'values', element: 'f32' as const, buffer: thin }],
          code: 'fn sample(position: u32) -> f32 { return values[position]; }'
        };
  const pieces = shared.pieceAt.at(name);
  const stride = pieces.stride / 4;
  return {
    label: `weight gradient ${name}`,
    threads,
    bindings: [
      ...read.bindings,
      { name: 'wide', element: 'vec4<f32>', buffer: wide },
      pieceBinding(convolution, shared)
    ],
    before: `
${read.code}
${neighbours(plane, convolution, towards)}
var<workgroup> sums: array<vec4<f32>, ${threads}>;`,
    main: `
  let tx = t % ${columns}u;
  let ty = t / ${columns}u;
  let column = wg.y * ${columns}u;
  let last = min(batch.n * ${size}u, (wg.x + 1u) * ${pieces.piece}u);
  var a: array<vec4<f32>, ${taps + 1}>;
  for (var position = wg.x * ${pieces.piece}u + ty; position < last; position += ${rows}u) {
    let v = wide[position * ${quads}u + column + tx];
    for (var tap = 0u; tap < ${taps}u; tap++) {
      let near = neighbour(position, tap);
      if (near >= 0) { a[tap] += sample(u32(near)) * v; }
    }
    a[${taps}] += ${towards === 1 ? 'v' : 'vec4<f32>(sample(position))'};
  }
  for (var tap = 0u; tap < ${taps + 1}u; tap++) {
    sums[t] = a[tap];
    workgroupBarrier();
    ${sumRows(columns, rows)}
    if (ty == 0u) { pieces[wg.x * ${stride}u + tap * ${quads}u + column + tx] = sums[tx]; }
    workgroupBarrier();
  }`,
    groups: n => [pieces.count(n), tiles]
  };
}
