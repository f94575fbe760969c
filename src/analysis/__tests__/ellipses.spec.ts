import { gaussianEllipse } from '../ellipses';

/** Two Gaussians over three latents. */
const MIXTURE = {
  k: 2,
  means: [0, 0, 0, 1, 7, -2],
  covariances: [
    ...[1, 0, 0, 0, 1, 0, 0, 0, 1],
    ...[4, 9, 1.2, 9, 50, 3, 1.2, 3, 0.5]
  ]
};

describe('an ellipse of a Gaussian', () => {
  it('lies at one Mahalanobis distance from the mean, over the two latents shown', () => {
    for (const sigmas of [1, 2]) {
      // Over the third and the first latent: covariance [[0.5, 1.2], [1.2, 4]], mean (-2, 1).
      const points = gaussianEllipse(MIXTURE, 1, [2, 0], sigmas);
      const determinant = 0.5 * 4 - 1.2 * 1.2;
      for (let i = 0; i < points.length; i += 2) {
        const x = points[i] + 2;
        const y = points[i + 1] - 1;
        const squared =
          (4 * x * x - 2 * 1.2 * x * y + 0.5 * y * y) / determinant;
        expect(Math.sqrt(squared)).toBeCloseTo(sigmas, 10);
      }
    }
  });

  it('reaches as far along an axis as the deviation of that latent', () => {
    const points = gaussianEllipse(MIXTURE, 1, [0, 2], 2, 3600);
    const xs = points.filter((_, i) => i % 2 === 0);
    const ys = points.filter((_, i) => i % 2 === 1);
    expect(Math.max(...xs)).toBeCloseTo(1 + 2 * 2, 4);
    expect(Math.max(...ys)).toBeCloseTo(-2 + 2 * Math.sqrt(0.5), 4);
  });

  it('is a point where a component has no spread', () => {
    const flat = { k: 1, means: [3, 4], covariances: [0, 0, 0, 0] };
    expect(Array.from(gaussianEllipse(flat, 0, [0, 1], 2, 4))).toEqual([
      3, 4, 3, 4, 3, 4, 3, 4
    ]);
  });
});
