/**
 * Training, guard and test parts of the windows.
 *
 * Windows of side w share pixels where the Chebyshev distance of their centres
 * is below w. The region splits keep `guard` (default w) pixels between the
 * parts; a random split does not and leaks.
 */
import { permutation } from './random';
import type { ISetup } from './types';
import { GUARD, NO_WINDOW, TEST, TRAIN } from './types';
import type { IWindowGrid } from './windows';

export interface ISplit {
  /** Flat pixel indices of the windows trained on: the training part at the setup's stride. */
  readonly train: Int32Array;
  readonly guard: Int32Array;
  readonly test: Int32Array;
  /**
   * (ny, nx) labels: -1 none, 0 training part (at every stride), 1 guard, 2 test.
   */
  readonly map: Int8Array;
  /** True where test windows share pixels with training windows. */
  readonly leaking: boolean;
  /** Share (0 to 1) of the pixels of test windows that training windows hold too. */
  readonly sharedPixels: number;
  /** '' or why the split cannot be trained on, with what to change. */
  readonly problem: string;
}

export type Split = ISplit;

/** What of a setup decides the split. */
export type SplitSetup = Pick<
  ISetup,
  'split' | 'guard' | 'trainFraction' | 'seed' | 'stride'
>;

/** Side in positions of the test blocks of "blocks". */
export const BLOCK = 12;
/** Share of the positions that the test blocks hold at least. */
const BLOCK_SHARE = 0.25;
/** Layouts of blocks drawn to choose from, at most. */
const BLOCK_DRAWS = 64;
/** Positions labelled in all layouts together, which keeps large maps quick. */
const DRAWN_POSITIONS = 200_000;
/** Batch normalisation has no variance for a single sample. */
const LEAST_TRAIN = 2;

/**
 * (ny, nx) 1 where a pixel lies within the squares of rows and columns
 * i - before to i + after of the centres.
 */
function cover(
  centres: ArrayLike<number>,
  ny: number,
  nx: number,
  before: number,
  after: number
): Uint8Array {
  // Corners first, then running sums: the cost does not grow with the squares.
  const wide = nx + 1;
  const sums = new Int32Array((ny + 1) * wide);
  for (let k = 0; k < centres.length; k++) {
    const row = Math.floor(centres[k] / nx);
    const column = centres[k] % nx;
    const top = Math.max(0, row - before);
    const left = Math.max(0, column - before);
    const bottom = Math.min(ny, row + after + 1);
    const right = Math.min(nx, column + after + 1);
    sums[top * wide + left]++;
    sums[top * wide + right]--;
    sums[bottom * wide + left]--;
    sums[bottom * wide + right]++;
  }
  const covered = new Uint8Array(ny * nx);
  for (let i = 0; i < ny; i++) {
    for (let j = 0; j < nx; j++) {
      const at = i * wide + j;
      sums[at] +=
        (i > 0 ? sums[at - wide] : 0) +
        (j > 0 ? sums[at - 1] : 0) -
        (i > 0 && j > 0 ? sums[at - wide - 1] : 0);
      covered[i * nx + j] = sums[at] > 0 ? 1 : 0;
    }
  }
  return covered;
}

/** Labels of bands along one direction: training, guard, test. */
function bands(
  n: number,
  guard: number,
  fraction: number
): (offset: number) => number {
  const train = Math.max(0, Math.round(fraction * (n - guard)));
  return offset =>
    offset < train ? TRAIN : offset < train + guard ? GUARD : TEST;
}

/**
 * Labels by position of "blocks". Scattered blocks with their guard can leave
 * little or nothing to train on, so of several seeded layouts the one with the
 * most training positions is taken (the first of equals).
 */
function blocks(
  grid: IWindowGrid,
  ny: number,
  nx: number,
  guard: number,
  seed: number
): Int8Array {
  const { positions, rows, columns } = grid;
  const across = Math.ceil(columns.count / BLOCK);
  const total = across * Math.ceil(rows.count / BLOCK);
  const held = new Int32Array(total);
  const blockOf = Int32Array.from(positions, position => {
    const row = Math.floor(position / nx) - rows.first;
    const column = (position % nx) - columns.first;
    const block = Math.floor(row / BLOCK) * across + Math.floor(column / BLOCK);
    held[block]++;
    return block;
  });

  const draw = (index: number): Int8Array => {
    const chosen = new Uint8Array(total);
    let count = 0;
    for (const block of permutation(seed, 'split', index, total)) {
      if (count >= BLOCK_SHARE * positions.length) {
        break;
      }
      chosen[block] = 1;
      count += held[block];
    }
    const test = positions.filter((_, k) => chosen[blockOf[k]]);
    const near = guard > 0 ? cover(test, ny, nx, guard - 1, guard - 1) : null;
    return Int8Array.from(positions, (position, k) =>
      chosen[blockOf[k]] ? TEST : near?.[position] ? GUARD : TRAIN
    );
  };

  // Large maps average over many blocks: more layouts would cost time and
  // hardly differ.
  const draws = Math.max(
    1,
    Math.min(BLOCK_DRAWS, Math.floor(DRAWN_POSITIONS / positions.length))
  );
  let best = new Int8Array(0);
  let most = -1;
  for (let index = 0; index < draws; index++) {
    const labels = draw(index);
    let count = 0;
    for (let k = 0; k < labels.length; k++) {
      count += labels[k] === TRAIN ? 1 : 0;
    }
    if (count > most) {
      most = count;
      best = labels;
    }
  }
  return best;
}

function labelPositions(
  grid: IWindowGrid,
  ny: number,
  nx: number,
  guard: number,
  setup: SplitSetup
): Int8Array {
  const { positions, rows, columns } = grid;
  switch (setup.split) {
    case 'left-right': {
      const label = bands(columns.count, guard, setup.trainFraction);
      return Int8Array.from(positions, p => label((p % nx) - columns.first));
    }
    case 'top-bottom': {
      const label = bands(rows.count, guard, setup.trainFraction);
      return Int8Array.from(positions, p =>
        label(Math.floor(p / nx) - rows.first)
      );
    }
    case 'blocks':
      return blocks(grid, ny, nx, guard, setup.seed);
    case 'random': {
      const labels = new Int8Array(positions.length).fill(TEST);
      const count = Math.round(setup.trainFraction * positions.length);
      permutation(setup.seed, 'split', 0, positions.length)
        .subarray(0, count)
        .forEach(k => {
          labels[k] = TRAIN;
        });
      return labels;
    }
  }
}

function argumentProblem(setup: SplitSetup): string {
  const { guard, trainFraction, stride } = setup;
  if (guard !== null && (!Number.isInteger(guard) || guard < 0)) {
    return `Guard ${guard} is not possible: give a whole number of pixels, 0 or more.`;
  }
  if (!(trainFraction > 0 && trainFraction < 1)) {
    return (
      `Train share ${trainFraction} is not possible: ` +
      'give a fraction between 0 and 1, such as 0.67.'
    );
  }
  if (!Number.isInteger(stride) || stride < 1) {
    return `Stride ${stride} is not possible: give a whole number of pixels, 1 or more.`;
  }
  return '';
}

function partProblem(
  grid: IWindowGrid,
  train: number,
  test: number,
  guard: number,
  setup: SplitSetup
): string {
  if (grid.positions.length === 0) {
    return (
      `No window of ${grid.window} x ${grid.window} pixels fits between the ` +
      'masked pixels and the border: choose a smaller window or mask less.'
    );
  }
  if (train >= LEAST_TRAIN && test > 0) {
    return '';
  }
  const { rows, columns } = grid;
  const lines =
    setup.split === 'left-right'
      ? `${columns.count} columns of positions`
      : setup.split === 'top-bottom'
        ? `${rows.count} rows of positions`
        : `${rows.count} x ${columns.count} positions`;
  const part =
    train >= LEAST_TRAIN
      ? `no window to test, ${train} to train`
      : `${train} of at least ${LEAST_TRAIN} windows to train`;
  return (
    `The ${setup.split} split leaves ${part}, of ${grid.positions.length} ` +
    `windows (${lines}` +
    (setup.split === 'random' ? '' : `, guard ${guard} pixels`) +
    '): choose a smaller window or guard, another train share or another split.'
  );
}

/**
 * Divide the windows of a grid into training, guard and test.
 *
 * - left-right: of n columns of positions round(fraction * (n - guard)), half
 *   up, train from the left; `guard` columns follow; the rest is test.
 * - top-bottom: the same by rows, from the top.
 * - blocks: 12 x 12 test blocks in seeded order until they hold a quarter of
 *   the positions; what is closer than `guard` to a test position is guard.
 * - random: a seeded fraction trains, the rest is test.
 * @param grid - all positions at stride 1.
 */
export function splitWindows(
  grid: IWindowGrid,
  ny: number,
  nx: number,
  setup: SplitSetup
): ISplit {
  const { positions, rows, columns, window } = grid;
  const problem = argumentProblem(setup);
  const map = new Int8Array(ny * nx).fill(NO_WINDOW);
  if (problem) {
    const none = new Int32Array(0);
    return {
      train: none,
      guard: none,
      test: none,
      map,
      leaking: false,
      sharedPixels: 0,
      problem
    };
  }
  const width = setup.guard ?? window;
  const labels = labelPositions(grid, ny, nx, width, setup);
  positions.forEach((position, k) => {
    map[position] = labels[k];
  });
  const onStride = (position: number): boolean =>
    (Math.floor(position / nx) - rows.first) % setup.stride === 0 &&
    ((position % nx) - columns.first) % setup.stride === 0;
  const part = (label: number): Int32Array =>
    positions.filter(position => map[position] === label);
  const train = part(TRAIN).filter(onStride);
  const guard = part(GUARD);
  const test = part(TEST);

  const half = window / 2;
  const seen = cover(train, ny, nx, half, half - 1);
  let tested = 0;
  let shared = 0;
  cover(test, ny, nx, half, half - 1).forEach((is, pixel) => {
    tested += is;
    shared += is & seen[pixel];
  });
  const sharedPixels = tested > 0 ? shared / tested : 0;
  return {
    train,
    guard,
    test,
    map,
    leaking: shared > 0,
    sharedPixels,
    problem: partProblem(grid, train.length, test.length, width, setup)
  };
}
