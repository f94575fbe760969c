/** The end of the network: norm of one channel, affine layer, loss, and their gradients. */
import type { IBlock } from '../architecture';
import type { IKernel } from './gpu';
import { normRow } from './memory';
import { LEAK_CODE, type IShared } from './shader';
import { sampling, type IRows } from './thin-convolution';

const THREADS = 256;

const SUM_ALL = `
  for (var s = ${THREADS >> 1}u; s > 0u; s >>= 1u) {
    if (t < s) { sums[t] += sums[t + s]; }
    workgroupBarrier();
  }`;

/** Names of the block in front of the output and of the affine layer. */
export interface IOutput {
  readonly tail: IBlock;
  readonly affine: string;
  /** Positions of a sample. */
  readonly size: number;
}

function constants({ tail, affine }: IOutput, shared: IShared): string {
  const norm = (row: Parameters<typeof normRow>[1]): string =>
    `norms[${shared.normAt.at(tail.norm).offset + normRow(1, row)}u]`;
  return `
fn normalised(v: f32) -> f32 { return (v - ${norm('mean')}) * ${norm('inverse')}; }
fn predicted(v: f32) -> f32 {
  let y = (v - ${norm('mean')}) * ${norm('scale')} + ${norm('shift')};
  return y * params[${shared.trained.at(`${affine}.weight`).offset}u] + params[${shared.trained.at(`${affine}.bias`).offset}u];
}`;
}

/** The prediction of every position. */
export function predictionKernel(
  output: IOutput,
  value: GPUBuffer,
  prediction: GPUBuffer,
  shared: IShared
): IKernel {
  return {
    label: 'prediction',
    threads: THREADS,
    bindings: [
      { name: 'value', element: 'f32', buffer: value },
      { name: 'norms', element: 'f32', buffer: shared.norms },
      { name: 'params', element: 'f32', buffer: shared.params },
      { name: 'y', element: 'f32', buffer: prediction, write: true }
    ],
    before: constants(output, shared),
    main: `
  let e = wg.x * ${THREADS}u + t;
  if (e < batch.n * ${output.size}u) { y[e] = predicted(value[e]); }`,
    groups: n => [Math.ceil((n * output.size) / THREADS), 1]
  };
}

/**
 * Sums of the squared error and for the gradient, a part of the positions a
 * workgroup; the gradient for the prediction goes to `gradient`.
 */
export function lossKernel(
  output: IOutput,
  value: GPUBuffer,
  targets: IRows,
  gradient: GPUBuffer,
  shared: IShared
): IKernel {
  const read = sampling(targets, output.size);
  return {
    label: 'loss',
    threads: THREADS,
    bindings: [
      ...read.bindings,
      { name: 'value', element: 'f32', buffer: value },
      { name: 'norms', element: 'f32', buffer: shared.norms },
      { name: 'params', element: 'f32', buffer: shared.params },
      { name: 'gradient', element: 'f32', buffer: gradient, write: true },
      {
        name: 'partial',
        element: 'vec4<f32>',
        buffer: shared.partial,
        write: true
      }
    ],
    before: `${read.code}
${constants(output, shared)}
var<workgroup> sums: array<vec4<f32>, ${THREADS}>;`,
    main: `
  let total = batch.n * ${output.size}u;
  let e = wg.x * ${THREADS}u + t;
  var part = vec4<f32>(0.0);
  if (e < total) {
    let v = value[e];
    let error = predicted(v) - sample(e);
    let d = 2.0 * error / f32(total);
    gradient[e] = d;
    part = vec4<f32>(error * error, d, d * normalised(v), 0.0);
  }
  sums[t] = part;
  workgroupBarrier();
  ${SUM_ALL}
  if (t == 0u) { partial[wg.x] = sums[0]; }`,
    groups: n => [Math.ceil((n * output.size) / THREADS), 1]
  };
}

/** Adds a batch's loss to the epoch's; gradients of affine layer and norm. */
export function lossSumsKernel(
  output: IOutput,
  losses: GPUBuffer,
  trains: boolean,
  shared: IShared
): IKernel {
  const { tail, affine, size } = output;
  const { norm } = tail;
  const weight = shared.trained.at(`${norm}.weight`).offset;
  const bias = shared.trained.at(`${norm}.bias`).offset;
  return {
    label: 'loss sums',
    threads: THREADS,
    bindings: [
      { name: 'partial', element: 'vec4<f32>', buffer: shared.partial },
      { name: 'losses', element: 'f32', buffer: losses, write: true },
      ...(trains
        ? [
            { name: 'params', element: 'f32' as const, buffer: shared.params },
            {
              name: 'norms',
              element: 'f32' as const,
              buffer: shared.norms,
              write: true
            },
            {
              name: 'grads',
              element: 'f32' as const,
              buffer: shared.grads,
              write: true
            }
          ]
        : [])
    ],
    before: `var<workgroup> sums: array<vec4<f32>, ${THREADS}>;`,
    main: `
  let total = batch.n * ${size}u;
  let groups = (total + ${THREADS - 1}u) / ${THREADS}u;
  var part = vec4<f32>(0.0);
  for (var i = t; i < groups; i += ${THREADS}u) { part += partial[i]; }
  sums[t] = part;
  workgroupBarrier();
  ${SUM_ALL}
  if (t == 0u) {
    let found = sums[0];
    losses[${trains ? 0 : 1}] += batch.share * found.x / f32(total);
    ${
      trains
        ? `
    losses[2] = found.x / f32(total);
    let w = params[${shared.trained.at(`${affine}.weight`).offset}u];
    grads[${shared.trained.at(`${affine}.weight`).offset}u] = params[${weight}u] * found.z + params[${bias}u] * found.y;
    grads[${shared.trained.at(`${affine}.bias`).offset}u] = found.y;
    grads[${weight}u] = w * found.z;
    grads[${bias}u] = w * found.y;
    norms[${shared.normAt.at(norm).offset + normRow(1, 'm1')}u] = w * found.y / f32(total);
    norms[${shared.normAt.at(norm).offset + normRow(1, 'm2')}u] = w * found.z / f32(total);`
        : ''
    }
  }`,
    groups: () => [1, 1]
  };
}

/** From the gradient for the prediction to the one for the tail's convolution, in place. */
export function tailNormGradientKernel(
  output: IOutput,
  value: GPUBuffer,
  gradient: GPUBuffer,
  shared: IShared
): IKernel {
  const norm = (row: Parameters<typeof normRow>[1]): string =>
    `norms[${shared.normAt.at(output.tail.norm).offset + normRow(1, row)}u]`;
  return {
    label: `norm gradient ${output.tail.norm}`,
    threads: THREADS,
    bindings: [
      { name: 'value', element: 'f32', buffer: value },
      { name: 'norms', element: 'f32', buffer: shared.norms },
      { name: 'params', element: 'f32', buffer: shared.params },
      { name: 'gradient', element: 'f32', buffer: gradient, write: true }
    ],
    before: LEAK_CODE,
    main: `
  let e = wg.x * ${THREADS}u + t;
  if (e >= batch.n * ${output.size}u) { return; }
  let v = value[e];
  let d = gradient[e] * params[${shared.trained.at(`${output.affine}.weight`).offset}u];
  gradient[e] = ${norm('scale')} * (d - ${norm('m1')} - (v - ${norm('mean')}) * ${norm('inverse')} * ${norm('m2')}) * slope1(v);`,
    groups: n => [Math.ceil((n * output.size) / THREADS), 1]
  };
}
