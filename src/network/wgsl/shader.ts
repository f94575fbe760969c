/** Code that several kernels share: geometry, reading an activation, sums over a workgroup. */
import { LEAK, type IConvolution } from '../architecture';
import type { IBinding } from './gpu';
import { normRow, type FlatLayout, type NormLayout } from './memory';
import type { PieceLayout } from './pieces';

/** Height and width of one sample. */
export type Plane = readonly [number, number];

/** An activation (positions, channels) and what is done to it when it is read. */
export interface ISource {
  readonly buffer: GPUBuffer;
  readonly channels: number;
  /** The batch norm that is applied, or none. */
  readonly norm?: string;
  /** Whether the leaky ReLU is applied in front of the norm. */
  readonly leaks?: boolean;
  /** The plane that it is read in where that has twice its height and width. */
  readonly doubled?: Plane;
}

/** What all kernels of one network share. */
export interface IShared {
  readonly params: GPUBuffer;
  readonly grads: GPUBuffer;
  readonly running: GPUBuffer;
  /** Per channel numbers of the norms. */
  readonly norms: GPUBuffer;
  /** What workgroups hand to the kernel that sums it. */
  readonly partial: GPUBuffer;
  /** Gradients of convolutions before they are summed. */
  readonly pieces: GPUBuffer;
  readonly trained: FlatLayout;
  readonly runningAt: FlatLayout;
  readonly normAt: NormLayout;
  readonly pieceAt: PieceLayout;
}

/**
 * Bindings of a part of a shared buffer. Kernels know no places: those of
 * layers of one size have the same code, and are compiled once.
 */
export function parameterBinding(
  shared: IShared,
  name: string,
  parameter: string,
  element: IBinding['element']
): IBinding {
  const place = shared.trained.at(parameter);
  return { name, element, buffer: shared.params, ...range(place) };
}

export function gradientBinding(
  shared: IShared,
  name: string,
  parameter: string,
  element: IBinding['element']
): IBinding {
  const place = shared.trained.at(parameter);
  return { name, element, buffer: shared.grads, write: true, ...range(place) };
}

export function normBinding(
  shared: IShared,
  norm: string,
  element: IBinding['element'],
  write = false
): IBinding {
  const place = shared.normAt.at(norm);
  return { name: 'norms', element, buffer: shared.norms, write, ...place };
}

export function runningBinding(
  shared: IShared,
  name: string,
  parameter: string,
  write = false
): IBinding {
  const { offset, size } = shared.runningAt.at(parameter);
  return { name, element: 'f32', buffer: shared.running, write, offset, size };
}

/** Where workgroups leave their sums. */
export function partialBinding(shared: IShared): IBinding {
  return {
    name: 'partial',
    element: 'vec4<f32>',
    buffer: shared.partial,
    write: true
  };
}

/** Whole vectors of four: what lies behind a parameter is padding up to the next. */
function range({ offset, size }: { offset: number; size: number }): {
  offset: number;
  size: number;
} {
  return { offset, size: 4 * Math.ceil(size / 4) };
}

export const LEAK_CODE = `
fn slope(v: vec4<f32>) -> vec4<f32> { return select(vec4<f32>(${LEAK}), vec4<f32>(1.0), v > vec4<f32>(0.0)); }
fn slope1(v: f32) -> f32 { return select(${LEAK}, 1.0, v > 0.0); }
`;

/** Bindings and `fn load_x(position, four channels)` for an activation. */
export function reading(
  source: ISource,
  shared: IShared
): { bindings: IBinding[]; code: string } {
  const columns = source.channels / 4;
  const bindings: IBinding[] = [
    { name: 'x', element: 'vec4<f32>', buffer: source.buffer }
  ];
  let value = 'v';
  if (source.norm) {
    bindings.push(normBinding(shared, source.norm, 'vec4<f32>'));
    const row = (name: 'mean' | 'scale' | 'shift'): string =>
      `norms[${normRow(source.channels, name) / 4}u + c]`;
    const raw = source.leaks ? 'v * slope(v)' : 'v';
    value = `(${raw} - ${row('mean')}) * ${row('scale')} + ${row('shift')}`;
  }
  const place = source.doubled ? 'halved(position)' : 'position';
  return {
    bindings,
    code: `${source.doubled ? halving(source.doubled) : ''}
fn load_x(position: u32, c: u32) -> vec4<f32> { let v = x[${place} * ${columns}u + c]; return ${value}; }`
  };
}

/** `fn halved(position)`: where the value of a position lies in the plane of half the height and width. */
function halving([height, width]: Plane): string {
  return `
fn halved(position: u32) -> u32 {
  let q = position % ${height * width}u;
  return (position / ${height * width}u) * ${(height * width) / 4}u + (q / ${2 * width}u) * ${width / 2}u + (q % ${width}u) / 2u;
}`;
}

/**
 * `fn neighbour(position, tap)`: the position under a tap of a convolution, -1
 * outside the sample. `towards` -1 gives the one whose tap this position is.
 */
export function neighbours(
  [height, width]: Plane,
  { kernel: [kh, kw], dilation: [dh, dw] }: IConvolution,
  towards: 1 | -1
): string {
  return `
fn neighbour(position: u32, tap: u32) -> i32 {
  let q = position % ${height * width}u;
  let dy = ${towards} * (i32(tap / ${kw}u) - ${kh >> 1}) * ${dh};
  let dx = ${towards} * (i32(tap % ${kw}u) - ${kw >> 1}) * ${dw};
  let y = i32(q / ${width}u) + dy;
  let x = i32(q % ${width}u) + dx;
  if (y < 0 || y >= ${height} || x < 0 || x >= ${width}) { return -1; }
  return i32(position) + dy * ${width} + dx;
}`;
}

/** Sums `sums` over the rows of threads; the result stands in the first row. */
export function sumRows(columns: number, rows: number): string {
  return `
  for (var s = ${rows >> 1}u; s > 0u; s >>= 1u) {
    if (ty < s) { sums[t] += sums[t + s * ${columns}u]; }
    workgroupBarrier();
  }`;
}

/** Threads as columns of four channels by a power of two of rows. */
export function threadGrid(channels: number): {
  columns: number;
  rows: number;
  /** Workgroups across the channels. */
  tiles: number;
} {
  const all = channels / 4;
  let columns = Math.min(16, all);
  while (all % columns) {
    columns--;
  }
  const rows = Math.min(32, 2 ** Math.floor(Math.log2(256 / columns)));
  return { columns, rows, tiles: all / columns };
}

/** Positions of a thread of a convolution. */
export const EACH = 4;

/** Positions that a workgroup of a convolution takes: the unit of its sums. */
export function positionsAGroup(channels: number): number {
  return threadGrid(channels).rows * EACH;
}
