import { splitWindows } from '../split';
import type { ISplit, SplitSetup } from '../split';
import type { SplitKind } from '../types';
import { DEFAULT_SETUP, GUARD, NO_WINDOW, TEST, TRAIN } from '../types';
import { validWindows } from '../windows';

/** Pixels of all windows at the positions, one by one. */
function pixelsOf(
  positions: ArrayLike<number>,
  nx: number,
  w: number
): Set<number> {
  const pixels = new Set<number>();
  for (let k = 0; k < positions.length; k++) {
    for (let r = -w / 2; r < w / 2; r++) {
      for (let c = -w / 2; c < w / 2; c++) {
        pixels.add(positions[k] + r * nx + c);
      }
    }
  }
  return pixels;
}

function sharedOf(split: ISplit, nx: number, w: number): number {
  const train = pixelsOf(split.train, nx, w);
  const test = pixelsOf(split.test, nx, w);
  const shared = Array.from(test).filter(pixel => train.has(pixel)).length;
  return test.size > 0 ? shared / test.size : 0;
}

function make(
  ny: number,
  nx: number,
  w: number,
  setup: Partial<SplitSetup>,
  mask: Uint8Array | null = null
): ISplit {
  const grid = validWindows(ny, nx, w, { mask });
  return splitWindows(grid, ny, nx, { ...DEFAULT_SETUP, ...setup });
}

/** Each position is in exactly one part, and the map says which. */
function expectParts(split: ISplit, positions: Int32Array): void {
  const all = [
    ...Array.from(split.train),
    ...Array.from(split.guard),
    ...Array.from(split.test)
  ];
  expect(all.sort((a, b) => a - b)).toEqual(Array.from(positions));
  const count = (label: number): number =>
    split.map.filter(value => value === label).length;
  expect([count(TRAIN), count(GUARD), count(TEST)]).toEqual([
    split.train.length,
    split.guard.length,
    split.test.length
  ]);
  expect(count(NO_WINDOW)).toBe(split.map.length - positions.length);
  split.train.forEach(p => expect(split.map[p]).toBe(TRAIN));
  split.test.forEach(p => expect(split.map[p]).toBe(TEST));
}

const shapes = [
  [62, 75, 16],
  [40, 51, 8],
  [51, 40, 12],
  [30, 30, 4],
  [64, 64, 16]
];

describe('region splits', () => {
  const kinds: SplitKind[] = ['left-right', 'top-bottom', 'blocks'];

  for (const kind of kinds) {
    it.each(shapes)(
      `${kind} on %i x %i, window %i, shares no pixel`,
      (ny, nx, w) => {
        for (const seed of [0, 1, 12345]) {
          const split = make(ny, nx, w, { split: kind, seed });
          expectParts(split, validWindows(ny, nx, w).positions);
          expect(split.train.length).toBeGreaterThan(1);
          expect(split.test.length).toBeGreaterThan(0);
          expect(sharedOf(split, nx, w)).toBe(0);
          expect([split.leaking, split.sharedPixels]).toEqual([false, 0]);
          expect(split.problem).toBe('');
        }
      }
    );
  }

  it('shares no pixel with a mask and a stride either', () => {
    const mask = new Uint8Array(62 * 75);
    [500, 501, 2040, 3999].forEach(pixel => (mask[pixel] = 1));
    for (const kind of kinds) {
      const split = make(62, 75, 8, { split: kind, stride: 3 }, mask);
      expect(split.train.length).toBeGreaterThan(1);
      expect(split.test.length).toBeGreaterThan(0);
      expect(sharedOf(split, 75, 8)).toBe(0);
      const used = pixelsOf(
        [...Array.from(split.train), ...Array.from(split.test)],
        75,
        8
      );
      mask.forEach((is, pixel) => expect(is && used.has(pixel)).toBeFalsy());
    }
  });
});

describe('left-right and top-bottom', () => {
  it("gives the counts of the defaults on the paper's image", () => {
    const split = make(62, 75, 16, {});
    // 60 columns: round(0.67 * 44) = 29 train, 16 guard, 15 test; 47 rows.
    expect(split.train.length).toBe(47 * 29);
    expect(split.guard.length).toBe(47 * 16);
    expect(split.test.length).toBe(47 * 15);
    const columns = (p: Int32Array): number[] =>
      Array.from(new Set(Array.from(p, i => i % 75))).sort((a, b) => a - b);
    expect([columns(split.train)[0], columns(split.train)[28]]).toEqual([
      8, 36
    ]);
    expect([columns(split.test)[0], columns(split.test)[14]]).toEqual([53, 67]);
  });

  it('cuts the rows likewise', () => {
    const split = make(62, 75, 16, { split: 'top-bottom' });
    // 47 rows: round(0.67 * 31) = 21 train, 16 guard, 10 test; 60 columns.
    expect(split.train.length).toBe(60 * 21);
    expect(split.guard.length).toBe(60 * 16);
    expect(split.test.length).toBe(60 * 10);
    expect(split.train[0]).toBe(8 * 75 + 8);
    expect(Math.floor(split.test[0] / 75)).toBe(8 + 21 + 16);
  });

  it('draws the labels of a small image', () => {
    const split = make(5, 11, 4, { guard: 2, trainFraction: 0.5 });
    const [o, t, g, e] = [NO_WINDOW, TRAIN, GUARD, TEST];
    const empty = new Array(11).fill(o);
    // 8 columns: round(0.5 * 6) = 3 train, 2 guard, 3 test.
    const row = [o, o, t, t, t, g, g, e, e, e, o];
    expect(Array.from(split.map)).toEqual(
      [empty, empty, row, row, empty].flat()
    );
  });
});

describe('leaks', () => {
  it.each([0, 1, 4, 7, 14, 15, 16, 20])('measures guard %i', guard => {
    for (const split of ['left-right', 'top-bottom', 'blocks'] as const) {
      const parts = make(62, 75, 16, { split, guard });
      const shared = sharedOf(parts, 75, 16);
      expect(parts.sharedPixels).toBeCloseTo(shared, 12);
      expect(parts.leaking).toBe(shared > 0);
      expect(parts.leaking).toBe(split === 'blocks' ? guard < 16 : guard < 15);
    }
  });

  it('says that a random split leaks', () => {
    const split = make(62, 75, 16, { split: 'random' });
    expect(split.train.length).toBe(Math.round(0.67 * 2820));
    expect(split.guard.length).toBe(0);
    expectParts(split, validWindows(62, 75, 16).positions);
    expect(split.leaking).toBe(true);
    expect(split.sharedPixels).toBeCloseTo(sharedOf(split, 75, 16), 12);
    expect(split.sharedPixels).toBeGreaterThan(0.99);
  });
});

describe('seeds', () => {
  it.each(['blocks', 'random'] as const)('%s follows the seed', kind => {
    const map = (seed: number): Int8Array =>
      make(62, 75, 16, { split: kind, seed }).map;
    expect(map(4)).toEqual(map(4));
    expect(map(4)).not.toEqual(map(5));
  });

  it.each(['left-right', 'top-bottom'] as const)('%s has none', kind => {
    expect(make(30, 30, 4, { split: kind, seed: 1 })).toEqual(
      make(30, 30, 4, { split: kind, seed: 2 })
    );
  });
});

describe('blocks', () => {
  it.each(shapes)('on %i x %i, window %i, hold a quarter', (ny, nx, w) => {
    const grid = validWindows(ny, nx, w);
    const split = make(ny, nx, w, { split: 'blocks', seed: 3 });
    const n = grid.positions.length;
    expect(split.test.length).toBeGreaterThanOrEqual(n / 4);
    // The last block chosen may go over by less than itself.
    expect(split.test.length).toBeLessThan(n / 4 + 144);
    // Whole blocks: a label belongs to all of a block or to none of it.
    const blocks = new Map<string, Set<boolean>>();
    grid.positions.forEach(p => {
      const row = Math.floor((Math.floor(p / nx) - w / 2) / 12);
      const key = `${row} ${Math.floor(((p % nx) - w / 2) / 12)}`;
      blocks.set(
        key,
        (blocks.get(key) ?? new Set()).add(split.map[p] === TEST)
      );
    });
    blocks.forEach(kinds => expect(kinds.size).toBe(1));
  });

  it('makes guard of exactly what is closer than the guard', () => {
    const split = make(40, 51, 8, { split: 'blocks' });
    const near = (p: number): boolean =>
      split.test.some(
        t =>
          Math.abs(Math.floor(t / 51) - Math.floor(p / 51)) < 8 &&
          Math.abs((t % 51) - (p % 51)) < 8
      );
    split.train.forEach(p => expect(near(p)).toBe(false));
    split.guard.forEach(p => expect(near(p)).toBe(true));
  });
});

describe('stride', () => {
  it('thins the training set only', () => {
    const all = make(62, 75, 16, {});
    const thin = make(62, 75, 16, { stride: 2 });
    expect(thin.map).toEqual(all.map);
    expect(thin.test).toEqual(all.test);
    expect(thin.guard).toEqual(all.guard);
    expect(Array.from(thin.train)).toEqual(
      Array.from(all.train).filter(
        p => Math.floor(p / 75) % 2 === 0 && (p % 75) % 2 === 0
      )
    );
    expect(thin.train.length).toBe(24 * 15);
  });
});

describe('problems', () => {
  it('refuses arguments with the values that work', () => {
    expect(make(30, 30, 4, { guard: -1 }).problem).toMatch(
      /Guard -1.*0 or more/
    );
    expect(make(30, 30, 4, { guard: 1.5 }).problem).toMatch(/Guard 1.5/);
    for (const trainFraction of [0, 1, -0.1, NaN]) {
      const { problem, train } = make(30, 30, 4, { trainFraction });
      expect(problem).toMatch(/between 0 and 1/);
      expect(train.length).toBe(0);
    }
    expect(make(30, 30, 4, { stride: 0 }).problem).toMatch(/Stride 0/);
  });

  it('says with the numbers which part is empty', () => {
    expect(make(30, 30, 16, {}).problem).toMatch(
      /left-right.*0 of at least 2 windows to train, of 225.*15 columns.*guard 16 pixels/
    );
    expect(
      make(34, 30, 16, { split: 'top-bottom', trainFraction: 0.9 }).problem
    ).toMatch(/top-bottom.*no window to test, 45 to train.*19 rows/);
    expect(make(32, 32, 16, { split: 'blocks' }).problem).toMatch(
      /blocks.*0 of at least 2 windows to train.*17 x 17 positions/
    );
    expect(
      make(4, 5, 4, { split: 'random', trainFraction: 0.5 }).problem
    ).toMatch(/random.*1 of at least 2/);
  });

  it('says that no window fits', () => {
    const mask = new Uint8Array(30 * 30).fill(1);
    for (const split of [
      'left-right',
      'top-bottom',
      'blocks',
      'random'
    ] as const) {
      expect(make(30, 30, 4, { split }, mask).problem).toMatch(
        /No window of 4 x 4 pixels fits/
      );
    }
  });
});
