/** Inverse design, against SciPy (tools/make_explorer_fixtures_transfer.py). */
import { readFileSync } from 'fs';
import { join } from 'path';
import { axisValues } from '../../signal/axis';
import {
  coarsePoints,
  findLatents,
  type IInverseProblem,
  misfit
} from '../inverse-design';
import { leastSquares } from '../least-squares';
import {
  drawnOver,
  peakSpectrum,
  raisedAt,
  strongestPeak,
  freePlace
} from '../target-curve';

const { inverse } = JSON.parse(
  readFileSync(
    join(__dirname, '../../../tests/fixtures/explorer-transfer.json'),
    'utf8'
  )
);
const RANGE = { min: -2, max: 2 };
const ENERGIES = axisValues({ name: 'E', units: 'eV', ...inverse.energy });
const L = ENERGIES.length;

/** The formula of the generator. */
function decodeOne(z: ArrayLike<number>): Float32Array {
  return Float32Array.from(
    ENERGIES,
    e =>
      (1 + 0.3 * z[0]) * Math.exp(-(((e - 0.5 - 0.04 * z[1]) / 0.1) ** 2)) +
      (0.5 + 0.2 * z[2]) * Math.exp(-(((e - 0.85 + 0.02 * z[0]) / 0.07) ** 2))
  );
}

async function decode(points: Float32Array, n: number): Promise<Float32Array> {
  const z = points.length / n;
  const out = new Float32Array(n * L);
  for (let k = 0; k < n; k++) {
    out.set(decodeOne(points.subarray(k * z, (k + 1) * z)), k * L);
  }
  return out;
}

function problem(part: Partial<IInverseProblem> = {}): IInverseProblem {
  const latents = Float32Array.of(-1, 1, 0, 1.5, 1.5, 1.5);
  return {
    ranges: [RANGE, RANGE, RANGE],
    target: Float32Array.from(inverse.target),
    within: [0, L - 1],
    scale: { min: 0, max: 1 },
    decode,
    known: {
      n: 2,
      latents,
      decodedAt: i => decodeOne(latents.subarray(3 * i, 3 * i + 3))
    },
    count: 4,
    ...part
  };
}

describe('findLatents', () => {
  it('finds what SciPy finds from forty starting points', async () => {
    const [best] = await findLatents(problem());
    expect(Math.abs(best.mse - inverse.mse)).toBeLessThan(1e-5 * inverse.mse);
    inverse.latents.forEach((value: number, axis: number) =>
      expect(best.latents[axis]).toBeCloseTo(value, 2)
    );
  });

  it('finds the latents of a spectrum that the decoder can make', async () => {
    const wanted = [0.3, -0.4, 1.2];
    const answers = await findLatents(problem({ target: decodeOne(wanted) }));
    expect(answers[0].mse).toBeLessThan(1e-10);
    wanted.forEach((value, axis) =>
      expect(answers[0].latents[axis]).toBeCloseTo(value, 4)
    );
  });

  it('offers answers that differ, the nearest first', async () => {
    const answers = await findLatents(problem());
    for (let i = 1; i < answers.length; i++) {
      expect(answers[i].mse).toBeGreaterThanOrEqual(answers[i - 1].mse);
      const far = [0, 1, 2].map(
        axis => (answers[i].latents[axis] - answers[0].latents[axis]) / 4
      );
      expect(Math.hypot(...far) / Math.sqrt(3)).toBeGreaterThanOrEqual(0.06);
    }
  });

  it('looks only at the channels that count', async () => {
    const target = decodeOne([0, 0, 1]);
    // Nothing can make this, but it lies outside.
    target.fill(9, 0, 40);
    const [best] = await findLatents(problem({ target, within: [46, L - 1] }));
    expect(best.mse).toBeLessThan(1e-8);
    expect(best.latents[2]).toBeCloseTo(1, 1);
  });

  it('stays within the ranges', async () => {
    const [best] = await findLatents(problem({ target: decodeOne([5, 0, 0]) }));
    expect(best.latents[0]).toBeCloseTo(2, 5);
  });

  it('tells how far it is, and ends where it is told to', async () => {
    const seen: number[] = [];
    await findLatents(problem({ onProgress: share => seen.push(share) }));
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBeLessThanOrEqual(1);
    await expect(
      findLatents(
        problem({
          onProgress: () => {
            throw new Error('enough');
          }
        })
      )
    ).rejects.toThrow('enough');
  });
});

describe('coarsePoints', () => {
  it.each([1, 2, 3, 10])('covers the ranges of %i latents', z => {
    const ranges = Array.from({ length: z }, (_, i) => ({
      min: i,
      max: i + 2
    }));
    const points = coarsePoints(ranges);
    ranges.forEach(({ min, max }, axis) => {
      const values = Array.from(points).filter((_, i) => i % z === axis);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(min);
      expect(Math.max(...values)).toBeLessThanOrEqual(max);
      expect(Math.min(...values)).toBeLessThan(min + 0.15);
      expect(Math.max(...values)).toBeGreaterThan(max - 0.2);
    });
  });
});

describe('leastSquares', () => {
  it('keeps a start where nothing is finite', async () => {
    const [found] = await leastSquares(
      {
        ranges: [RANGE],
        length: 1,
        residuals: async (_, n) => new Float64Array(n).fill(NaN)
      },
      [[0.5]]
    );
    expect(found.point[0]).toBe(0.5);
    expect(found.mse).toBe(Infinity);
  });
});

describe('misfit', () => {
  it('is the mean squared difference on the scale', () => {
    expect(misfit([0, 4, 8], 0, [2, 2, 2], [1, 2], 2)).toBeCloseTo(5, 12);
  });
});

describe('curves', () => {
  it('adds Gaussians of a full width at half maximum to a base', () => {
    const peaks = [{ position: 0.5, width: 0.2, height: 4 }];
    const [left, top, right] = peakSpectrum([0.4, 0.5, 0.6], peaks, 1);
    expect(top).toBeCloseTo(5, 6);
    expect(left).toBeCloseTo(3, 6);
    expect(right).toBeCloseTo(3, 6);
  });

  it('finds the peak that it made', () => {
    const made = { position: 0.6, width: 0.15, height: 7 };
    const spectrum = peakSpectrum(ENERGIES, [made], 2);
    const { peak, base } = strongestPeak(ENERGIES, spectrum);
    expect(base).toBeCloseTo(2, 3);
    expect(peak.position).toBeCloseTo(0.6, 1);
    expect(peak.width).toBeCloseTo(0.15, 1);
    expect(peak.height).toBeCloseTo(7, 0);
  });

  it('draws a line over a curve, in either direction', () => {
    const curve = new Float32Array(6);
    const expected = [0, 1, 2, 3, 0, 0];
    expect([...drawnOver(curve, [1, 1], [3, 3])]).toEqual(expected);
    expect([...drawnOver(curve, [3, 3], [1, 1])]).toEqual(expected);
    expect([...drawnOver(curve, [2, 1], [2, 5])]).toEqual([0, 0, 5, 0, 0, 0]);
    expect([...curve]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('raises a curve around a channel', () => {
    const raised = raisedAt(new Float32Array(9), 4, 2, 4);
    expect(raised[4]).toBe(2);
    expect(raised[2]).toBeCloseTo(1, 6);
    expect(raised[6]).toBeCloseTo(1, 6);
  });
});

describe('the place of a further peak', () => {
  it('is where it is wished for, unless a peak is there', () => {
    expect(freePlace([], 0.5, 0.1, [0, 2])).toBe(0.5);
    expect(freePlace([0.2], 0.5, 0.1, [0, 2])).toBe(0.5);
    expect(freePlace([0.45], 0.5, 0.1, [0, 2])).toBeCloseTo(1.225, 12);
  });

  it('is the middle of the widest gap, on a descending axis too', () => {
    expect(freePlace([1.2, 0.5], 0.5, 0.1, [2, 0])).toBeCloseTo(1.6, 12);
    expect(freePlace([0.5, 1.9], 0.5, 0.1, [0, 2])).toBeCloseTo(1.2, 12);
  });
});
