/** Ranges of the encodings and the grid of nodes over two of the latents. */
import type { IRange } from '../signal/types';

/**
 * (z) range of each latent over the n encodings, non-finite values left out;
 * 0 to 0 where a latent has no finite value.
 * @param latents - (n, z).
 */
export function latentRanges(
  latents: ArrayLike<number>,
  n: number,
  z: number
): IRange[] {
  return Array.from({ length: z }, (_, axis) => {
    let min = Infinity;
    let max = -Infinity;
    for (let k = 0; k < n; k++) {
      const value = latents[k * z + axis];
      if (Number.isFinite(value)) {
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
    }
    return min <= max ? { min, max } : { min: 0, max: 0 };
  });
}

/** Share of a range that encodings may leave empty before it is drawn closer. */
const SLACK = 0.25;
/** Room left at each end where a range moves, as a share of it. */
const MARGIN = 0.05;

/**
 * Ranges for encodings that still move: the ones before as long as they hold the
 * present ones and are not much wider, else the present ones with a margin, so
 * that axes stand still between most evaluations.
 */
export function steadyRanges(
  before: readonly IRange[] | null,
  present: readonly IRange[]
): IRange[] {
  return present.map((range, axis) => {
    const old = before?.length === present.length ? before[axis] : null;
    const span = range.max - range.min;
    if (
      old &&
      old.min <= range.min &&
      old.max >= range.max &&
      old.max - old.min <= (1 + SLACK) * span
    ) {
      return old;
    }
    return {
      min: range.min - MARGIN * span,
      max: range.max + MARGIN * span
    };
  });
}

/** The middle of each range: where latents that are not shown are held by default. */
export function middleOf(ranges: readonly IRange[]): Float32Array {
  return Float32Array.from(ranges, range => (range.min + range.max) / 2);
}

/** Distance of neighbouring nodes along an axis of the grid. */
export function gridStep(range: IRange, size: number): number {
  return size > 1 ? (range.max - range.min) / (size - 1) : 0;
}

/** (size) values of the nodes along one axis, min to max, both included. */
export function gridValues(range: IRange, size: number): Float64Array {
  const step = gridStep(range, size);
  return Float64Array.from({ length: size }, (_, i) =>
    i > 0 && i === size - 1 ? range.max : range.min + i * step
  );
}

/**
 * (size * size, z) nodes: row 0 at the lowest value of the second axis,
 * columns along the first; the other latents as in `at`.
 * @param ranges - (z) range of each latent.
 * @param axes - the two latents of the grid; with z = 1 both are 0, and the
 * rows are then equal.
 * @param at - (z) where the other latents are held; their middles by default.
 */
export function latentGrid(
  ranges: readonly IRange[],
  size: number,
  axes: readonly [number, number],
  at: ArrayLike<number> = middleOf(ranges)
): Float32Array {
  const z = ranges.length;
  const [first, second] = axes;
  for (const axis of axes) {
    if (!Number.isInteger(axis) || axis < 0 || axis >= z) {
      throw new RangeError(
        `Latent axis ${axis} does not exist: choose from 0 to ${z - 1}.`
      );
    }
  }
  const along = gridValues(ranges[first], size);
  const up = gridValues(ranges[second], size);
  const nodes = new Float32Array(size * size * z);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const start = (row * size + column) * z;
      for (let axis = 0; axis < z; axis++) {
        nodes[start + axis] = at[axis];
      }
      nodes[start + second] = up[row];
      // Last, so that the columns move where both axes are the same.
      nodes[start + first] = along[column];
    }
  }
  return nodes;
}

/**
 * Index (row * size + column) of the node nearest to a point on the two shown
 * axes; a point outside the ranges belongs to the nearest node of the border.
 */
export function nodeAt(
  ranges: readonly IRange[],
  size: number,
  axes: readonly [number, number],
  point: readonly [number, number]
): number {
  const place = (axis: number, value: number): number => {
    const step = gridStep(ranges[axis], size);
    const i = step > 0 ? Math.round((value - ranges[axis].min) / step) : 0;
    return Math.max(0, Math.min(size - 1, i));
  };
  return place(axes[1], point[1]) * size + place(axes[0], point[0]);
}
