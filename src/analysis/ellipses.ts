/** Ellipses of Gaussians: points at a given Mahalanobis distance from the mean, over two of their dimensions. */

export interface IGaussians {
  /** (k, z). */
  readonly means: ArrayLike<number>;
  /** (k, z, z). */
  readonly covariances: ArrayLike<number>;
  readonly k: number;
}

/**
 * Outline of the marginal of one Gaussian over two dimensions.
 * @param axes - which two; their order is that of the coordinates.
 * @param sigmas - distance from the mean in standard deviations.
 * @returns (count, 2) points that begin at the mean plus `sigmas` deviations along the first axis.
 */
export function gaussianEllipse(
  { means, covariances, k }: IGaussians,
  component: number,
  [a, b]: readonly [number, number],
  sigmas: number,
  count = 64
): Float64Array {
  const z = means.length / k;
  const at = (i: number, j: number): number =>
    covariances[(component * z + i) * z + j];
  // Cholesky factor of the 2 x 2 marginal: it maps the unit circle to the ellipse.
  const l11 = Math.sqrt(Math.max(0, at(a, a)));
  const l21 = l11 > 0 ? at(b, a) / l11 : 0;
  const l22 = Math.sqrt(Math.max(0, at(b, b) - l21 * l21));
  const points = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    const angle = (2 * Math.PI * i) / count;
    const x = sigmas * Math.cos(angle);
    const y = sigmas * Math.sin(angle);
    points[2 * i] = means[component * z + a] + l11 * x;
    points[2 * i + 1] = means[component * z + b] + l21 * x + l22 * y;
  }
  return points;
}
