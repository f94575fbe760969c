/** Damped least squares (Levenberg and Marquardt) where a function is evaluated many points at a time. */
import { spanOf } from '../signal/scaling';
import type { IRange } from '../signal/types';

export interface ILeastSquares {
  /** Range of each of the z variables; points stay within. */
  readonly ranges: readonly IRange[];
  /** (n, z) points to (n, length) residuals. */
  readonly residuals: (
    points: Float32Array,
    n: number
  ) => Promise<Float64Array>;
  readonly length: number;
  /** Told after each round; throws to give up. */
  readonly onRound?: (done: number, of: number) => void;
}

/** A point with half its sum of squares over the number of residuals. */
export interface IMinimum {
  readonly point: Float64Array;
  /** Mean of the squared residuals. */
  readonly mse: number;
}

interface IState {
  /** On the [0, 1] scale of the ranges. */
  u: Float64Array;
  mse: number;
  damping: number;
  failures: number;
}

/** Step of the differences, as a share of a range: single precision allows no smaller one. */
const STEP = 1 / 512;
/** Dampings that are tried at once, as factors of the present one. */
const FACTORS = [0.1, 1, 10];
const FAILURES = 3;
/** Relative gain below which a minimum counts as found. */
const GAIN = 1e-9;

/**
 * Local minima from several starting points, which are refined side by side so
 * that each round takes two calls of `residuals`.
 * @param starts - points within the ranges.
 * @returns a minimum for each start, in their order.
 */
export async function leastSquares(
  problem: ILeastSquares,
  starts: readonly ArrayLike<number>[],
  rounds = 12
): Promise<IMinimum[]> {
  const { ranges, length, residuals } = problem;
  const z = ranges.length;
  const toPoint = (u: ArrayLike<number>): number[] =>
    ranges.map(({ min, max }, axis) => min + (max - min) * u[axis]);
  const evaluate = (us: readonly ArrayLike<number>[]): Promise<Float64Array> =>
    residuals(Float32Array.from(us.flatMap(toPoint)), us.length);
  const states: IState[] = starts.map(start => ({
    u: Float64Array.from(ranges, (range, axis) =>
      clamp((start[axis] - range.min) / spanOf(range))
    ),
    mse: Infinity,
    damping: 1e-2,
    failures: 0
  }));
  for (let round = 0; round < rounds; round++) {
    const active = states.filter(({ failures }) => failures < FAILURES);
    if (active.length === 0) {
      break;
    }
    const around = active.flatMap(({ u }) => [
      u,
      ...Array.from({ length: z }, (_, axis) => shifted(u, axis))
    ]);
    const values = await evaluate(around);
    const trials = active.flatMap((state, i) => {
      const base = values.subarray(
        i * (z + 1) * length,
        (i * (z + 1) + 1) * length
      );
      state.mse = meanSquare(base);
      const jacobian = Array.from({ length: z }, (_, axis) => {
        const start = (i * (z + 1) + 1 + axis) * length;
        const step = stepOf(state.u[axis]);
        return Float64Array.from(
          { length },
          (_, e) => (values[start + e] - base[e]) / step
        );
      });
      return FACTORS.map(factor =>
        stepFrom(state.u, base, jacobian, state.damping * factor)
      );
    });
    const tried = await evaluate(trials);
    active.forEach((state, i) => {
      let best = -1;
      let least = state.mse;
      FACTORS.forEach((_, f) => {
        const at = (i * FACTORS.length + f) * length;
        const mse = meanSquare(tried.subarray(at, at + length));
        if (mse < least) {
          least = mse;
          best = f;
        }
      });
      if (best < 0) {
        state.damping *= 100;
        state.failures++;
        return;
      }
      state.failures = state.mse - least > GAIN * state.mse ? 0 : FAILURES;
      state.damping = Math.max(1e-9, state.damping * FACTORS[best]);
      state.u = trials[i * FACTORS.length + best];
      state.mse = least;
    });
    problem.onRound?.(round + 1, rounds);
  }
  return states.map(({ u, mse }) => ({
    point: Float64Array.from(toPoint(u)),
    mse
  }));
}

/** Differences are taken inwards at the upper end of a range. */
function stepOf(value: number): number {
  return value + STEP <= 1 ? STEP : -STEP;
}

function shifted(u: Float64Array, axis: number): Float64Array {
  const out = u.slice();
  out[axis] += stepOf(u[axis]);
  return out;
}

function stepFrom(
  u: Float64Array,
  residual: ArrayLike<number>,
  jacobian: readonly Float64Array[],
  damping: number
): Float64Array {
  const z = u.length;
  const matrix = Array.from({ length: z }, (_, a) =>
    Float64Array.from({ length: z }, (_, b) => dot(jacobian[a], jacobian[b]))
  );
  const trace = matrix.reduce((sum, row, axis) => sum + row[axis], 0);
  const right = Float64Array.from(jacobian, row => -dot(row, residual));
  matrix.forEach((row, axis) => {
    row[axis] += damping * (row[axis] + (1e-6 * trace) / z) + 1e-300;
  });
  const step = solve(matrix, right);
  return u.map((value, axis) => clamp(value + step[axis]));
}

/** Solves a symmetric, positive system in place by Cholesky's factors. */
function solve(
  matrix: readonly Float64Array[],
  right: Float64Array
): Float64Array {
  const z = right.length;
  for (let i = 0; i < z; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i][j];
      for (let k = 0; k < j; k++) {
        sum -= matrix[i][k] * matrix[j][k];
      }
      matrix[i][j] =
        i === j ? Math.sqrt(Math.max(sum, 1e-300)) : sum / matrix[j][j];
    }
  }
  const out = right.slice();
  for (let i = 0; i < z; i++) {
    for (let k = 0; k < i; k++) {
      out[i] -= matrix[i][k] * out[k];
    }
    out[i] /= matrix[i][i];
  }
  for (let i = z - 1; i >= 0; i--) {
    for (let k = i + 1; k < z; k++) {
      out[i] -= matrix[k][i] * out[k];
    }
    out[i] /= matrix[i][i];
  }
  return out.map(value => (Number.isFinite(value) ? value : 0));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += a[i] * b[i];
  }
  return sum;
}

function meanSquare(values: ArrayLike<number>): number {
  const mse = dot(values, values) / values.length;
  return Number.isFinite(mse) ? mse : Infinity;
}

function clamp(value: number): number {
  return Math.max(0, Math.min(1, value));
}
