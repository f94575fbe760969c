/** Kernels of one thread an element: the cascade's sum, the gradient of upsampling. */
import type { IBlock } from '../architecture';
import type { IKernel } from './gpu';
import { normRow } from './memory';
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

/** Gradient of reading every position of a plane twice in both directions: the sum over the four copies. */
export function upsampleGradientKernel(
  channels: number,
  [height, width]: Plane,
  gradient: GPUBuffer,
  output: GPUBuffer
): IKernel {
  const quads = channels / 4;
  const size = height * width;
  return {
    label: 'upsample gradient',
    threads: THREADS,
    bindings: [
      { name: 'dy', element: 'vec4<f32>', buffer: gradient },
      { name: 'y', element: 'vec4<f32>', buffer: output, write: true }
    ],
    main: `
  let e = wg.x * ${THREADS}u + t;
  let position = e / ${quads}u;
  if (position >= batch.n * ${size}u) { return; }
  let q = position % ${size}u;
  let first = (position / ${size}u) * ${4 * size}u + (q / ${width}u) * ${4 * width}u + 2u * (q % ${width}u);
  let c = e % ${quads}u;
  y[e] = dy[first * ${quads}u + c] + dy[(first + 1u) * ${quads}u + c]
    + dy[(first + ${2 * width}u) * ${quads}u + c] + dy[(first + ${2 * width + 1}u) * ${quads}u + c];`,
    groups: n => [Math.ceil((n * size * quads) / THREADS), 1]
  };
}
