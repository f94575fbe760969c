/** The kernels behind a step and an epoch: the optimiser, and the check that all weights are finite. */
import { BETA_1, BETA_2, EPSILON } from '../optimiser';
import type { IBinding, IKernel } from './gpu';
import { ALIGNMENT } from './memory';
import { RECORD_WORDS } from './pieces';
import type { IShared } from './shader';

const THREADS = 256;
/** Threads that share the pieces of one weight. */
const LANES = 4;

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

/** What becomes of the gradient. */
export type Update =
  | { readonly kind: 'adam'; readonly m: GPUBuffer; readonly v: GPUBuffer }
  | { readonly kind: 'descent' }
  /** It is written into the vector of gradients. */
  | { readonly kind: 'none' };

/**
 * The whole gradient and one step with it: pieces of convolutions are summed as
 * `records` say, the others lie in the vector of gradients. A workgroup takes
 * `ALIGNMENT` weights, its threads every `LANES`th piece.
 */
export function updateKernel(
  size: number,
  records: GPUBuffer,
  update: Update,
  shared: IShared
): IKernel {
  const array = (name: string, buffer: GPUBuffer): IBinding => ({
    name,
    element: 'f32',
    buffer,
    write: true
  });
  const threads = ALIGNMENT * LANES;
  const steps: { readonly [kind in Update['kind']]: string } = {
    adam: `
  let mean = m[e] + (g - m[e]) * ${1 - BETA_1};
  let square = v[e] * ${BETA_2} + g * g * ${1 - BETA_2};
  m[e] = mean;
  v[e] = square;
  params[e] -= batch.rate * (mean / (sqrt(square) + batch.epsilon));`,
    descent: 'params[e] -= batch.rate * g;',
    none: 'grads[e] = g;'
  };
  return {
    label: `update ${update.kind}`,
    threads,
    bindings: [
      { name: 'records', element: 'u32', buffer: records },
      { name: 'pieces', element: 'f32', buffer: shared.pieces },
      {
        name: 'grads',
        element: 'f32',
        buffer: shared.grads,
        write: update.kind === 'none'
      },
      ...(update.kind === 'none' ? [] : [array('params', shared.params)]),
      ...(update.kind === 'adam'
        ? [array('m', update.m), array('v', update.v)]
        : [])
    ],
    before: `var<workgroup> sums: array<f32, ${threads}>;`,
    main: `
  let record = wg.x * ${RECORD_WORDS}u;
  let at = t % ${ALIGNMENT}u;
  let lane = t / ${ALIGNMENT}u;
  let e = wg.x * ${ALIGNMENT}u + at;
  let count = records[record + 2u];
  var sum = 0.0;
  if (at < count) {
    let piece = records[record + 3u];
    let pieces_done = (batch.n * records[record + 4u] + piece - 1u) / piece;
    for (var i = lane; i < pieces_done; i += ${LANES}u) {
      sum += pieces[records[record] + i * records[record + 1u] + at];
    }
  }
  sums[t] = sum;
  workgroupBarrier();
  if (lane > 0u) { return; }
  var g = ${Array.from({ length: LANES }, (_, i) => `sums[at + ${i * ALIGNMENT}u]`).join(' + ')};
  if (count == 0u) { g = grads[e]; }
  ${steps[update.kind]}`,
    groups: () => [size / ALIGNMENT, 1]
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
