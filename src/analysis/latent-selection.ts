/** Which windows lie in a part of the latent space. */
import { holds } from './regions';

/** Encodings with the pixels that they belong to. */
export interface IEncodings {
  /** (n, z). */
  readonly latents: ArrayLike<number>;
  readonly z: number;
  /** (n) flat pixel indices. */
  readonly positions: ArrayLike<number>;
  /** Pixels of the scan. */
  readonly size: number;
}

type Axes = readonly [number, number];
type Point = readonly [number, number];

/** (ny, nx) 1 where the encoding of a pixel passes a test; NaN never does. */
export function windowsWhere(
  encodings: IEncodings,
  [a, b]: Axes,
  test: (u: number, v: number) => boolean
): Uint8Array {
  const { latents, z, positions } = encodings;
  const mask = new Uint8Array(encodings.size);
  for (let i = 0; i < positions.length; i++) {
    const u = latents[i * z + a];
    const v = latents[i * z + b];
    if (Number.isFinite(u) && Number.isFinite(v) && test(u, v)) {
      mask[positions[i]] = 1;
    }
  }
  return mask;
}

/** Windows inside a polygon over two latents, by the even-odd rule. */
export function windowsInside(
  encodings: IEncodings,
  axes: Axes,
  points: readonly Point[]
): Uint8Array {
  const shape = { name: '', kind: 'polygon', points } as const;
  return windowsWhere(encodings, axes, (u, v) => holds(shape, u, v));
}

/** Windows in the box between two corners, its edges included. */
export function windowsInBox(
  encodings: IEncodings,
  axes: Axes,
  [u0, v0]: Point,
  [u1, v1]: Point
): Uint8Array {
  return windowsWhere(
    encodings,
    axes,
    (u, v) =>
      u >= Math.min(u0, u1) &&
      u <= Math.max(u0, u1) &&
      v >= Math.min(v0, v1) &&
      v <= Math.max(v0, v1)
  );
}

/** Windows within half axes `reach` of a point: an ellipse, its rim included. */
export function windowsNear(
  encodings: IEncodings,
  axes: Axes,
  [u0, v0]: Point,
  [ru, rv]: Point
): Uint8Array {
  // A latent that does not vary has no grid step: there every window is near.
  const part = (difference: number, reach: number): number =>
    reach > 0 ? (difference / reach) ** 2 : difference === 0 ? 0 : Infinity;
  return windowsWhere(
    encodings,
    axes,
    (u, v) => part(u - u0, ru) + part(v - v0, rv) <= 1 + 1e-9
  );
}
