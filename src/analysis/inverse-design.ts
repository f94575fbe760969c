/** Latents whose decoded spectrum comes nearest to a wanted one. */
import { spanOf } from '../signal/scaling';
import type { IRange } from '../signal/types';
import { latentGrid } from './latent-space';
import { leastSquares } from './least-squares';

export interface IInverseProblem {
  /** (latentDims) ranges of the encodings, which are searched. */
  readonly ranges: readonly IRange[];
  /** (channels) wanted spectrum, data units. */
  readonly target: Float32Array;
  /** Channels that count, first and last. */
  readonly within: readonly [number, number];
  /** Scale of the spectra. */
  readonly scale: IRange;
  /** (n, latentDims) to (n, channels), data units. */
  readonly decode: (latents: Float32Array, n: number) => Promise<Float32Array>;
  /** Points whose decoded spectra are known already: the encodings of the windows. */
  readonly known: {
    readonly n: number;
    /** (n, latentDims). */
    readonly latents: Float32Array;
    /** Decoded spectrum of one. */
    readonly decodedAt: (index: number) => Float32Array | null;
  };
  /** How many different answers are wanted. */
  readonly count: number;
  /** Told how far it is, 0 to 1; throws to give up. */
  readonly onProgress?: (fraction: number) => void;
}

export interface IInverseAnswer {
  /** (latentDims). */
  readonly latents: Float32Array;
  /** Mean squared difference on the [0, 1] scale, over the channels that count. */
  readonly mse: number;
}

/** Starting points for each answer that is wanted. */
const STARTS = 2;
/** Answers nearer than this are one: RMS over the latents, as a share of their ranges. */
const APART = 0.06;
/** Points of the coarse search. */
const COARSE = 256;
/** Points decoded in one call. */
const BATCH = 64;

/**
 * A coarse search over all latents' ranges and over the encodings themselves,
 * then least squares from the best different points.
 * @returns different answers, the nearest first; none where nothing decoded is finite.
 */
export async function findLatents(
  problem: IInverseProblem
): Promise<IInverseAnswer[]> {
  const { ranges, target, within, scale, decode, known } = problem;
  const z = ranges.length;
  const [first, last] = within;
  const length = last - first + 1;
  const span = spanOf(scale);
  const channels = target.length;
  const residuals = async (
    points: Float32Array,
    n: number
  ): Promise<Float64Array> => {
    const decoded = await decode(points, n);
    const out = new Float64Array(n * length);
    for (let k = 0; k < n; k++) {
      for (let e = 0; e < length; e++) {
        out[k * length + e] =
          (decoded[k * channels + first + e] - target[first + e]) / span;
      }
    }
    return out;
  };
  const starts: IInverseAnswer[] = [];
  for (let i = 0; i < known.n; i++) {
    const decoded = known.decodedAt(i);
    if (decoded) {
      starts.push({
        latents: known.latents.slice(i * z, (i + 1) * z),
        mse: misfit(decoded, 0, target, within, span)
      });
    }
  }
  const coarse = coarsePoints(ranges);
  const points = coarse.length / z;
  for (let at = 0; at < points; at += BATCH) {
    const n = Math.min(BATCH, points - at);
    const part = coarse.slice(at * z, (at + n) * z);
    const decoded = await decode(part.slice(), n);
    for (let k = 0; k < n; k++) {
      starts.push({
        latents: part.slice(k * z, (k + 1) * z),
        mse: misfit(decoded, k * channels, target, within, span)
      });
    }
    problem.onProgress?.((0.4 * (at + n)) / points);
  }
  const seeds = different(starts, ranges, STARTS * problem.count);
  const found = await leastSquares(
    {
      ranges,
      length,
      residuals,
      onRound: (done, of) => problem.onProgress?.(0.4 + (0.6 * done) / of)
    },
    seeds.map(({ latents }) => latents)
  );
  const refined = found.map(({ point, mse }) => ({
    latents: Float32Array.from(point),
    mse
  }));
  // Where all end in one place, what was found on the way there is offered beside it.
  return different([...refined, ...seeds], ranges, problem.count);
}

/** Mean squared difference on the scale of `span`, over channels `within`. */
export function misfit(
  decoded: ArrayLike<number>,
  start: number,
  target: ArrayLike<number>,
  [first, last]: readonly [number, number],
  span: number
): number {
  let sum = 0;
  for (let e = first; e <= last; e++) {
    const d = (decoded[start + e] - target[e]) / span;
    sum += d * d;
  }
  return sum / (last - first + 1);
}

/**
 * (n, z) points all over the ranges: a grid for one or two latents, points of
 * Halton's sequence for more, which fill a space of many dimensions evenly.
 */
export function coarsePoints(ranges: readonly IRange[]): Float32Array {
  const z = ranges.length;
  if (z === 1) {
    return latentGrid(ranges, 32, [0, 0]).slice(0, 32);
  }
  if (z === 2) {
    return latentGrid(ranges, Math.sqrt(COARSE), [0, 1]);
  }
  const bases = primes(z);
  return Float32Array.from({ length: COARSE * z }, (_, i) => {
    const { min, max } = ranges[i % z];
    const share = halton(Math.floor(i / z) + 1, bases[i % z]);
    return min + (max - min) * share;
  });
}

/** The best points of which no two are near each other, best first. */
function different(
  points: readonly IInverseAnswer[],
  ranges: readonly IRange[],
  count: number
): IInverseAnswer[] {
  const sorted = points
    .filter(({ mse }) => Number.isFinite(mse))
    .sort((a, b) => a.mse - b.mse);
  const kept: IInverseAnswer[] = [];
  for (const point of sorted) {
    if (kept.length === count) {
      break;
    }
    if (kept.every(other => apart(point, other, ranges) >= APART)) {
      kept.push(point);
    }
  }
  return kept;
}

function apart(
  a: IInverseAnswer,
  b: IInverseAnswer,
  ranges: readonly IRange[]
): number {
  let sum = 0;
  ranges.forEach((range, axis) => {
    sum += ((a.latents[axis] - b.latents[axis]) / spanOf(range)) ** 2;
  });
  return Math.sqrt(sum / ranges.length);
}

/** The `index`-th number of Halton's sequence in a base, between 0 and 1. */
function halton(index: number, base: number): number {
  let share = 1;
  let out = 0;
  for (let i = index; i > 0; i = Math.floor(i / base)) {
    share /= base;
    out += share * (i % base);
  }
  return out;
}

function primes(count: number): number[] {
  const out: number[] = [];
  for (let n = 2; out.length < count; n++) {
    if (out.every(prime => n % prime !== 0)) {
      out.push(n);
    }
  }
  return out;
}
