import {
  gridStep,
  gridValues,
  latentGrid,
  latentRanges,
  nodeAt,
  steadyRanges
} from '../latent-space';

const ranges = [
  { min: 0, max: 2 },
  { min: -1, max: 1 },
  { min: 10, max: 20 }
];

describe('latentRanges', () => {
  it('takes min and max of each latent', () => {
    expect(latentRanges([1, -5, 3, 0, 2, NaN], 3, 2)).toEqual([
      { min: 1, max: 3 },
      { min: -5, max: 0 }
    ]);
  });

  it('has a range for a latent without values', () => {
    expect(latentRanges([], 0, 2)).toEqual([
      { min: 0, max: 0 },
      { min: 0, max: 0 }
    ]);
  });
});

describe('steadyRanges', () => {
  const range = (min: number, max: number) => [{ min, max }];

  it('leaves room at both ends of ranges that are new', () => {
    expect(steadyRanges(null, range(0, 20))).toEqual(range(-1, 21));
    // Of another number of latents nothing is kept.
    expect(steadyRanges(ranges, range(0, 20))).toEqual(range(-1, 21));
  });

  it('stands still while the encodings fill most of it', () => {
    const before = range(-1, 21);
    expect(steadyRanges(before, range(1, 20.9))[0]).toBe(before[0]);
    expect(steadyRanges(before, range(-1, 19))[0]).toBe(before[0]);
  });

  it('moves where an encoding leaves it or where it is too wide', () => {
    const before = range(-1, 21);
    expect(steadyRanges(before, range(0, 40))).toEqual(range(-2, 42));
    expect(steadyRanges(before, range(5, 15))).toEqual(range(4.5, 15.5));
  });

  it('follows each latent for itself', () => {
    const before = [...range(-1, 21), ...range(0, 1)];
    const now = steadyRanges(before, [...range(0, 20), ...range(0, 2)]);
    expect(now[0]).toBe(before[0]);
    expect(now[1]).toEqual({ min: -0.1, max: 2.1 });
  });
});

describe('latentGrid', () => {
  it('starts at the lowest value of the second axis', () => {
    const nodes = latentGrid(ranges.slice(0, 2), 3, [0, 1]);
    expect(Array.from(nodes)).toEqual(
      [
        [0, -1],
        [1, -1],
        [2, -1],
        [0, 0],
        [1, 0],
        [2, 0],
        [0, 1],
        [1, 1],
        [2, 1]
      ].flat()
    );
  });

  it('holds the other latents where it is told', () => {
    const nodes = latentGrid(ranges, 2, [2, 0], [7, 0.5, 7]);
    expect(Array.from(nodes)).toEqual(
      [
        [0, 0.5, 10],
        [0, 0.5, 20],
        [2, 0.5, 10],
        [2, 0.5, 20]
      ].flat()
    );
    // In the middle of their ranges where it is not told.
    expect(latentGrid(ranges, 2, [2, 0])[1]).toBe(0);
  });

  it('ends at the maximum exactly', () => {
    const range = { min: 0.1, max: 0.7 };
    for (let size = 2; size < 40; size++) {
      const values = gridValues(range, size);
      expect([values[0], values[size - 1]]).toEqual([0.1, 0.7]);
      expect(values[1] - values[0]).toBeCloseTo(gridStep(range, size), 14);
    }
  });

  it('works for one latent, one node and a constant latent', () => {
    expect(Array.from(latentGrid([ranges[0]], 2, [0, 0]))).toEqual([
      0, 2, 0, 2
    ]);
    expect(Array.from(latentGrid(ranges.slice(0, 2), 1, [0, 1]))).toEqual([
      0, -1
    ]);
    expect(gridStep(ranges[0], 1)).toBe(0);
    const flat = [{ min: 3, max: 3 }, ranges[1]];
    expect(Array.from(latentGrid(flat, 2, [0, 1]))).toEqual([
      3, -1, 3, -1, 3, 1, 3, 1
    ]);
  });

  it('refuses axes that are not there', () => {
    expect(() => latentGrid(ranges, 2, [0, 3])).toThrow(/axis 3.*0 to 2/);
    expect(() => latentGrid(ranges, 2, [-1, 0])).toThrow(/axis -1/);
  });
});

it('nodeAt finds the nearest node', () => {
  const two = ranges.slice(0, 2);
  const size = 5;
  const nodes = latentGrid(two, size, [0, 1]);
  for (let node = 0; node < size * size; node++) {
    const [a, b] = [nodes[2 * node] + 0.1, nodes[2 * node + 1] - 0.1];
    expect(nodeAt(two, size, [0, 1], [a, b])).toBe(node);
  }
  expect(nodeAt(two, size, [0, 1], [-99, 99])).toBe(20);
  expect(nodeAt([{ min: 3, max: 3 }, two[1]], size, [0, 1], [3, -1])).toBe(0);
});
