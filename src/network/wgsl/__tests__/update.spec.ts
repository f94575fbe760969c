import { adamRate } from '../update';

describe('adamRate', () => {
  it('makes the first step one of the learning rate, whatever the gradient', () => {
    for (const gradient of [1e-3, 7]) {
      const { rate, epsilon } = adamRate(0.01, 1);
      const mean = 0.1 * gradient;
      const square = 0.001 * gradient ** 2;
      expect((rate * mean) / (Math.sqrt(square) + epsilon)).toBeCloseTo(
        0.01,
        6
      );
    }
  });

  it("is PyTorch's step with the corrections drawn in", () => {
    for (const t of [1, 2, 10, 1000, 100_000]) {
      const [mean, square] = [0.3, 0.02];
      const { rate, epsilon } = adamRate(1e-3, t);
      const corrected = Math.sqrt(square / (1 - 0.999 ** t)) + 1e-8;
      const wanted = (1e-3 * mean) / (1 - 0.9 ** t) / corrected;
      expect((rate * mean) / (Math.sqrt(square) + epsilon)).toBeCloseTo(
        wanted,
        10
      );
    }
  });
});
