/** The two dense layers: activation to latents, latents to activation. */
import type { IKernel } from './gpu';
import { producedKernel, type INormValue } from './norm-gradient';
import {
  LEAK_CODE,
  parameterBinding,
  reading,
  type IShared,
  type ISource
} from './shader';

const THREADS = 256;

const SUM_ALL = `
  for (var s = ${THREADS >> 1}u; s > 0u; s >>= 1u) {
    if (t < s) { sums[t] += sums[t + s]; }
    workgroupBarrier();
  }`;

/** Vectors of four weights that a workgroup takes for their gradients, and threads that share the samples. */
const VECTORS = 64;
const LANES = THREADS / VECTORS;

/**
 * Code that sums `weight` and `bias` over the samples of a batch: `visit` adds
 * `sample` to them. The threads of a vector take every `LANES`th sample, so that
 * few wait for one read after the other; lane 0 goes on with the sums.
 */
function sumSamples(quads: number, visit: string): string {
  const all = Array.from({ length: LANES }, (_, i) => i);
  const total = (name: string): string => `
  sums[t] = ${name};
  workgroupBarrier();
  ${name} = ${all.map(i => `sums[at + ${i * VECTORS}u]`).join(' + ')};
  workgroupBarrier();`;
  return `
  let at = t % ${VECTORS}u;
  let lane = t / ${VECTORS}u;
  let e = wg.x * ${VECTORS}u + at;
  var weight = vec4<f32>(0.0);
  var bias = vec4<f32>(0.0);
  if (e < ${quads}u) {
    for (var sample = lane; sample < batch.n; sample += ${LANES}u) {${visit}
    }
  }
  ${total('weight')}
  ${total('bias')}
  if (lane > 0u || e >= ${quads}u) { return; }`;
}

const SUMS = `var<workgroup> sums: array<vec4<f32>, ${THREADS}>;`;

/** A dense layer between (positions of a sample, channels) and latents. */
export interface IDense {
  readonly name: string;
  readonly latents: number;
  /** Positions of a sample. */
  readonly size: number;
  readonly channels: number;
}

/** z = W x + b: a workgroup a sample and latent. */
export function encodeKernel(
  dense: IDense,
  source: ISource,
  latents: GPUBuffer,
  shared: IShared
): IKernel {
  const read = reading(source, shared);
  const quads = (dense.size * dense.channels) / 4;
  return {
    label: `encode ${dense.name}`,
    threads: THREADS,
    bindings: [
      ...read.bindings,
      { name: 'params', element: 'vec4<f32>', buffer: shared.params },
      { name: 'z', element: 'f32', buffer: latents, write: true }
    ],
    before: `${LEAK_CODE}
${read.code}
var<workgroup> sums: array<f32, ${THREADS}>;`,
    main: `
  let sample = wg.x;
  let latent = wg.y;
  var a = vec4<f32>(0.0);
  for (var i = t; i < ${quads}u; i += ${THREADS}u) {
    a += load_x(sample * ${dense.size}u + i / ${dense.channels / 4}u, i % ${dense.channels / 4}u) * params[${shared.trained.at(`${dense.name}.weight`).offset / 4}u + latent * ${quads}u + i];
  }
  sums[t] = a.x + a.y + a.z + a.w;
  workgroupBarrier();
  ${SUM_ALL}
  if (t == 0u) {
    let b = params[${shared.trained.at(`${dense.name}.bias`).offset / 4}u + latent / 4u];
    z[sample * ${dense.latents}u + latent] = sums[0] + b[latent % 4u];
  }`,
    groups: n => [n, dense.latents]
  };
}

/** x = W z + b. */
export function decodeKernel(
  dense: IDense,
  latents: GPUBuffer,
  output: GPUBuffer,
  shared: IShared
): IKernel {
  const quads = (dense.size * dense.channels) / 4;
  return {
    label: `decode ${dense.name}`,
    threads: THREADS,
    bindings: [
      { name: 'z', element: 'f32', buffer: latents },
      { name: 'params', element: 'vec4<f32>', buffer: shared.params },
      { name: 'y', element: 'vec4<f32>', buffer: output, write: true }
    ],
    main: `
  let e = wg.x * ${THREADS}u + t;
  let sample = wg.y;
  if (e >= ${quads}u) { return; }
  var sum = params[${shared.trained.at(`${dense.name}.bias`).offset / 4}u + e];
  for (var j = 0u; j < ${dense.latents}u; j++) {
    sum += z[sample * ${dense.latents}u + j] * params[${shared.trained.at(`${dense.name}.weight`).offset / 4}u + j * ${quads}u + e];
  }
  y[sample * ${quads}u + e] = sum;`,
    groups: n => [Math.ceil(quads / THREADS), n]
  };
}

/** Gradient for the latents in front of `decodeKernel`. */
export function decodeInputGradientKernel(
  dense: IDense,
  gradient: GPUBuffer,
  latents: GPUBuffer,
  shared: IShared
): IKernel {
  const quads = (dense.size * dense.channels) / 4;
  return {
    label: `input gradient ${dense.name}`,
    threads: THREADS,
    bindings: [
      { name: 'dy', element: 'vec4<f32>', buffer: gradient },
      { name: 'params', element: 'vec4<f32>', buffer: shared.params },
      { name: 'dz', element: 'f32', buffer: latents, write: true }
    ],
    before: `var<workgroup> sums: array<f32, ${THREADS}>;`,
    main: `
  var a = vec4<f32>(0.0);
  for (var i = t; i < ${quads}u; i += ${THREADS}u) {
    a += dy[wg.x * ${quads}u + i] * params[${shared.trained.at(`${dense.name}.weight`).offset / 4}u + wg.y * ${quads}u + i];
  }
  sums[t] = a.x + a.y + a.z + a.w;
  workgroupBarrier();
  ${SUM_ALL}
  if (t == 0u) { dz[wg.x * ${dense.latents}u + wg.y] = sums[0]; }`,
    groups: n => [n, dense.latents]
  };
}

/** Gradients of weight and bias of `decodeKernel`. */
export function decodeWeightGradientKernel(
  dense: IDense,
  latents: GPUBuffer,
  gradient: GPUBuffer,
  shared: IShared
): IKernel {
  const quads = (dense.size * dense.channels) / 4;
  return {
    label: `weight gradient ${dense.name}`,
    threads: THREADS,
    bindings: [
      { name: 'z', element: 'f32', buffer: latents },
      { name: 'dy', element: 'vec4<f32>', buffer: gradient },
      { name: 'grads', element: 'vec4<f32>', buffer: shared.grads, write: true }
    ],
    before: SUMS,
    main: `${sumSamples(
      quads,
      `
      let d = dy[sample * ${quads}u + e];
      weight += z[sample * ${dense.latents}u + wg.y] * d;
      bias += d;`
    )}
  grads[${shared.trained.at(`${dense.name}.weight`).offset / 4}u + wg.y * ${quads}u + e] = weight;
  if (wg.y == 0u) { grads[${shared.trained.at(`${dense.name}.bias`).offset / 4}u + e] = bias; }`,
    groups: () => [Math.ceil(quads / VECTORS), dense.latents]
  };
}

/** Gradient for the activation in front of `encodeKernel`, with the sums of the norm in front of it. */
export function encodeInputGradientKernel(
  dense: IDense,
  latents: GPUBuffer,
  output: GPUBuffer,
  norm: INormValue,
  shared: IShared
): IKernel {
  const columns = dense.channels / 4;
  return producedKernel(
    {
      label: `input gradient ${dense.name}`,
      bindings: [
        { name: 'dz', element: 'f32', buffer: latents },
        parameterBinding(shared, 'weights', `${dense.name}.weight`, 'vec4<f32>')
      ],
      code: `
fn produced(position: u32, c: u32) -> vec4<f32> {
  let sample = position / ${dense.size}u;
  let at = (position % ${dense.size}u) * ${columns}u + c;
  var result = vec4<f32>(0.0);
  for (var j = 0u; j < ${dense.latents}u; j++) {
    result += dz[sample * ${dense.latents}u + j] * weights[j * ${dense.size * columns}u + at];
  }
  return result;
}`,
      output
    },
    norm,
    shared
  );
}

/** Gradients of weight and bias of `encodeKernel`. */
export function encodeWeightGradientKernel(
  dense: IDense,
  source: ISource,
  latents: GPUBuffer,
  shared: IShared
): IKernel {
  const read = reading(source, shared);
  const quads = (dense.size * dense.channels) / 4;
  const bias = shared.trained.at(`${dense.name}.bias`).offset;
  return {
    label: `weight gradient ${dense.name}`,
    threads: THREADS,
    bindings: [
      ...read.bindings,
      { name: 'dz', element: 'f32', buffer: latents },
      // Single numbers: two workgroups must not write into one vector.
      { name: 'grads', element: 'f32', buffer: shared.grads, write: true }
    ],
    before: `${LEAK_CODE}\n${read.code}\n${SUMS}`,
    main: `${sumSamples(
      quads,
      `
      let d = dz[sample * ${dense.latents}u + wg.y];
      weight += load_x(sample * ${dense.size}u + e / ${dense.channels / 4}u, e % ${dense.channels / 4}u) * d;
      bias += vec4<f32>(d);`
    )}
  let to = ${shared.trained.at(`${dense.name}.weight`).offset}u + 4u * (wg.y * ${quads}u + e);
  grads[to] = weight.x;
  grads[to + 1u] = weight.y;
  grads[to + 2u] = weight.z;
  grads[to + 3u] = weight.w;
  if (e == 0u) { grads[${bias}u + wg.y] = bias.x; }`,
    groups: () => [Math.ceil(quads / VECTORS), dense.latents]
  };
}
