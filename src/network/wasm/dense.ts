/** Dense layers between planes and latents. */
import {
  gradient,
  parameter,
  type IPass,
  type IShared,
  type ISource
} from './layers';

/** A dense layer, either way round. */
export interface IDense {
  readonly name: string;
  readonly latents: number;
  /** Addresses of (samples, latents) and of their gradients. */
  readonly values: number;
  readonly gradients: number;
  /** Plane of C channels and the gradient for it. */
  readonly source: ISource;
  readonly into: number;
}

/** Latents from a plane. */
export function flattenPass(shared: IShared, dense: IDense): IPass {
  const { values, gradients, source, into } = dense;
  const { address, plane, norm } = source;
  const { size, at } = plane;
  const { weight, bias, dw, db } = addresses(shared, dense);
  const tail = [size, shared.channels, dense.latents];
  return {
    forward: n => {
      const range = [0, n, ...tail];
      shared.kernels().toLatents(address, values, weight, bias, at, ...range);
    },
    backward: n => {
      const kernels = shared.kernels();
      kernels.denseGradient(gradients, address, dw, 0, at, 0, size, ...tail, n);
      kernels.latentSums(gradients, db, n, dense.latents);
      kernels.fromLatents(gradients, into, weight, 0, at, 0, n, ...tail);
      norm?.sumGradient(into, n);
    }
  };
}

/** A plane from latents. */
export function unflattenPass(shared: IShared, dense: IDense): IPass {
  const { values, gradients, source, into } = dense;
  const { address, plane } = source;
  const { size, at } = plane;
  const { weight, bias, dw, db } = addresses(shared, dense);
  const tail = [size, shared.channels, dense.latents];
  return {
    forward: n => {
      const range = [0, n, ...tail];
      shared.kernels().fromLatents(values, address, weight, bias, at, ...range);
    },
    backward: n => {
      const kernels = shared.kernels();
      kernels.denseGradient(values, into, dw, db, at, 0, size, ...tail, n);
      kernels.toLatents(into, gradients, weight, 0, at, 0, n, ...tail);
    }
  };
}

function addresses(
  shared: IShared,
  { name }: IDense
): { weight: number; bias: number; dw: number; db: number } {
  return {
    weight: parameter(shared, `${name}.weight`),
    bias: parameter(shared, `${name}.bias`),
    dw: gradient(shared, `${name}.weight`),
    db: gradient(shared, `${name}.bias`)
  };
}
