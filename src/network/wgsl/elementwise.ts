/** The cascade's sum, and the gradient of upsampling. */
import type { IBlock } from '../architecture';
import type { IKernel } from './gpu';
import { normRow } from './memory';
import { producedKernel, type INormValue } from './norm-gradient';
import { LEAK_CODE, type IShared, type Plane } from './shader';

const THREADS = 256;

/** The sum of what every convolution, leaky ReLU and norm of a cascade gives. */
export function cascadeSumKernel(
  blocks: readonly IBlock[],
  values: readonly GPUBuffer[],
  size: number,
  output: GPUBuffer,
  shared: IShared
): IKernel {
  const quads = blocks[0].convolution.outputs / 4;
  const term = (block: IBlock, i: number): string => {
    const row = (name: 'mean' | 'scale' | 'shift'): string =>
      `norms[${(shared.normAt.at(block.norm).offset + normRow(4 * quads, name)) / 4}u + c]`;
    return `
  { let v = c${i}[e]; let a = v * slope(v); sum += v + a + (a - ${row('mean')}) * ${row('scale')} + ${row('shift')}; }`;
  };
  return {
    label: 'cascade sum',
    threads: THREADS,
    bindings: [
      ...values.map((buffer, i) => ({
        name: `c${i}`,
        element: 'vec4<f32>' as const,
        buffer
      })),
      { name: 'norms', element: 'vec4<f32>', buffer: shared.norms },
      { name: 'y', element: 'vec4<f32>', buffer: output, write: true }
    ],
    before: LEAK_CODE,
    main: `
  let e = wg.x * ${THREADS}u + t;
  if (e >= batch.n * ${size * quads}u) { return; }
  let c = e % ${quads}u;
  var sum = vec4<f32>(0.0);
  ${blocks.map(term).join('')}
  y[e] = sum;`,
    groups: n => [Math.ceil((n * size * quads) / THREADS), 1]
  };
}

/**
 * Gradient of reading every position of a plane twice in both directions: the
 * sum over the four copies, in front of which lies a norm.
 */
export function upsampleGradientKernel(
  [height, width]: Plane,
  gradient: GPUBuffer,
  output: GPUBuffer,
  norm: INormValue,
  shared: IShared
): IKernel {
  const quads = norm.block.convolution.outputs / 4;
  const size = height * width;
  const copy = (offset: number): string =>
    `dy[(first + ${offset}u) * ${quads}u + c]`;
  return producedKernel(
    {
      label: 'upsample gradient',
      bindings: [{ name: 'dy', element: 'vec4<f32>', buffer: gradient }],
      code: `
fn produced(position: u32, c: u32) -> vec4<f32> {
  let q = position % ${size}u;
  let first = (position / ${size}u) * ${4 * size}u + (q / ${width}u) * ${4 * width}u + 2u * (q % ${width}u);
  return ${[0, 1, 2 * width, 2 * width + 1].map(copy).join(' + ')};
}`,
      output
    },
    norm,
    shared
  );
}
