/** The kernels behind a step and an epoch: the optimiser, and the check that all weights are finite. */
import { BETA_1, BETA_2, EPSILON } from '../optimiser';
import type { IKernel } from './gpu';
import type { IShared } from './shader';

const THREADS = 256;

/** Adam's step length and epsilon at its step t (from 1), the bias corrections drawn in. */
export function adamRate(
  learningRate: number,
  t: number
): { rate: number; epsilon: number } {
  const root = Math.sqrt(1 - Math.pow(BETA_2, t));
  return {
    rate: (learningRate * root) / (1 - Math.pow(BETA_1, t)),
    epsilon: EPSILON * root
  };
}

/** One step of Adam, or of plain descent, on the whole vector. */
export function updateKernel(
  size: number,
  adam: { readonly m: GPUBuffer; readonly v: GPUBuffer } | null,
  shared: IShared
): IKernel {
  return {
    label: adam ? 'adam' : 'descent',
    threads: THREADS,
    bindings: [
      { name: 'grads', element: 'f32', buffer: shared.grads },
      { name: 'params', element: 'f32', buffer: shared.params, write: true },
      ...(adam
        ? [
            {
              name: 'm',
              element: 'f32' as const,
              buffer: adam.m,
              write: true
            },
            { name: 'v', element: 'f32' as const, buffer: adam.v, write: true }
          ]
        : [])
    ],
    main: adam
      ? `
  let e = wg.x * ${THREADS}u + t;
  if (e >= ${size}u) { return; }
  let g = grads[e];
  let mean = m[e] + (g - m[e]) * ${1 - BETA_1};
  let square = v[e] * ${BETA_2} + g * g * ${1 - BETA_2};
  m[e] = mean;
  v[e] = square;
  params[e] -= batch.rate * (mean / (sqrt(square) + batch.epsilon));`
      : `
  let e = wg.x * ${THREADS}u + t;
  if (e < ${size}u) { params[e] -= batch.rate * grads[e]; }`,
    groups: () => [Math.ceil(size / THREADS), 1]
  };
}

/** Number of weights and running statistics that are not finite, to `losses[3]`. */
export function finiteKernel(
  sizes: { readonly params: number; readonly running: number },
  losses: GPUBuffer,
  shared: IShared
): IKernel {
  return {
    label: 'finite',
    threads: THREADS,
    bindings: [
      { name: 'params', element: 'u32', buffer: shared.params },
      { name: 'running', element: 'u32', buffer: shared.running },
      { name: 'losses', element: 'f32', buffer: losses, write: true }
    ],
    // By bits: a compiler may take for granted that no number is NaN.
    before: `
var<workgroup> broken: atomic<u32>;
fn bad(bits: u32) -> bool { return (bits & 0x7f800000u) == 0x7f800000u; }`,
    main: `
  for (var e = t; e < ${sizes.params}u; e += ${THREADS}u) { if (bad(params[e])) { atomicAdd(&broken, 1u); } }
  for (var e = t; e < ${sizes.running}u; e += ${THREADS}u) { if (bad(running[e])) { atomicAdd(&broken, 1u); } }
  workgroupBarrier();
  if (t == 0u) { losses[3] = f32(atomicLoad(&broken)); }`,
    groups: () => [1, 1]
  };
}
