import vectors from '../../../tests/fixtures/regions.json';
import type { IRegionShape } from '../../signal/types';
import {
  boundsOf,
  handlesOf,
  hitShape,
  isDrawable,
  movePoints,
  outlineOf,
  pullHandle,
  resizePoints,
  shapeAbout
} from '../region-shapes';
import { regionMask, regionStatistics } from '../regions';

const shape = (
  kind: string,
  points: readonly (readonly number[])[]
): IRegionShape => ({
  name: 'R1',
  kind: kind as IRegionShape['kind'],
  points: points as unknown as IRegionShape['points']
});

/** [row, first column, column after the last], row by row. */
function runsOf(mask: Uint8Array, nx: number): number[][] {
  const runs: number[][] = [];
  for (let row = 0; row * nx < mask.length; row++) {
    for (let column = 0; column < nx; column++) {
      if (!mask[row * nx + column]) {
        continue;
      }
      const first = column;
      while (column < nx && mask[row * nx + column]) {
        column++;
      }
      runs.push([row, first, column]);
    }
  }
  return runs;
}

describe('regionMask', () => {
  it.each(vectors.masks.map(entry => [entry.title, entry] as const))(
    'agrees with Python: %s',
    (_, entry) => {
      const [ny, nx] = entry.shape;
      const mask = regionMask(shape(entry.kind, entry.points), ny, nx);
      expect(mask).toHaveLength(ny * nx);
      expect(runsOf(mask, nx)).toEqual(entry.runs);
    }
  );

  it('without points holds nothing', () => {
    expect(runsOf(regionMask(shape('polygon', []), 3, 3), 3)).toEqual([]);
  });
});

describe('regionStatistics', () => {
  /** Mask from runs as the vectors hold them. */
  function maskOf(runs: readonly number[][], ny: number, nx: number) {
    const mask = new Uint8Array(ny * nx);
    for (const [row, first, end] of runs) {
      mask.fill(1, row * nx + first, row * nx + end);
    }
    return mask;
  }

  it.each(vectors.spectra.map(entry => [entry.title, entry] as const))(
    'agrees with Python: %s',
    (_, entry) => {
      const [ny, nx, channels] = entry.shape;
      const inside = regionMask(shape(entry.kind, entry.points), ny, nx);
      expect(runsOf(inside, nx)).toEqual(entry.runs);
      const excluded = maskOf(entry.masked, ny, nx);
      const found = regionStatistics(
        Float32Array.from(entry.spectra as number[], value => value ?? NaN),
        channels,
        inside,
        entry.masked.length ? excluded : null
      );
      expect(found.pixels).toBe(entry.pixels);
      for (const [values, expected] of [
        [found.mean, entry.mean],
        [found.standardError, entry.standard_error]
      ] as const) {
        expect(values === null).toBe(expected === null);
        expected?.forEach((value, e) =>
          expect(values![e]).toBeCloseTo(value!, 4)
        );
      }
    }
  );

  it('keeps a small spread on top of a large value', () => {
    // 2^23 + 1 and 2^23 - 1: a difference of sums of squares would lose the 2.
    const spectra = Float32Array.of(8388609, 8388607);
    const found = regionStatistics(spectra, 1, Uint8Array.of(1, 1), null);
    expect(found.mean![0]).toBe(8388608);
    expect(found.standardError![0]).toBeCloseTo(1, 6);
  });

  it('says how many pixels it has left', () => {
    const spectra = Float32Array.of(1, 2, 3, 4);
    const inside = Uint8Array.of(1, 1);
    const one = regionStatistics(spectra, 2, inside, Uint8Array.of(0, 1));
    expect(one.pixels).toBe(1);
    expect(Array.from(one.mean!)).toEqual([1, 2]);
    expect(one.standardError).toBeNull();
    const none = regionStatistics(spectra, 2, inside, Uint8Array.of(1, 1));
    expect(none).toEqual({ pixels: 0, mean: null, standardError: null });
  });
});

describe('outlines', () => {
  const box = shape('rectangle', [
    [6, 7],
    [2, 3]
  ]);
  const ellipse = shape('ellipse', box.points);
  const triangle = shape('polygon', [
    [0, 0],
    [4, 0],
    [0, 4]
  ]);

  it('move as a whole and stay inside the scan', () => {
    expect(movePoints(box.points, 1, -1, 20, 20)).toEqual([
      [7, 6],
      [3, 2]
    ]);
    expect(boundsOf(movePoints(box.points, 99, -99, 20, 20))).toEqual([
      16, 0, 20, 4
    ]);
  });

  it('have a handle at each corner and edge, or at each vertex', () => {
    expect(handlesOf(box).map(handle => handle.point)).toEqual([
      [2, 3],
      [4, 3],
      [6, 3],
      [6, 5],
      [6, 7],
      [4, 7],
      [2, 7],
      [2, 5]
    ]);
    expect(handlesOf(triangle).map(handle => handle.point)).toEqual(
      triangle.points
    );
  });

  it('follow the handle that is pulled, keep a pixel and stay inside the scan', () => {
    expect(boundsOf(pullHandle(box, 0, [1, 2], 20, 20))).toEqual([1, 2, 6, 7]);
    expect(boundsOf(pullHandle(box, 3, [9, 99], 20, 20))).toEqual([2, 3, 9, 7]);
    expect(boundsOf(pullHandle(box, 4, [-5, -5], 20, 20))).toEqual([
      2, 3, 3, 4
    ]);
    expect(boundsOf(pullHandle(box, 4, [99, 99], 20, 30))).toEqual([
      2, 3, 30, 20
    ]);
    expect(pullHandle(triangle, 1, [5, 1], 20, 20)).toEqual([
      [0, 0],
      [5, 1],
      [0, 4]
    ]);
  });

  it('grow and shrink from the top left corner', () => {
    expect(boundsOf(resizePoints(box, 2, -1, 20, 20))).toEqual([2, 3, 8, 6]);
    expect(boundsOf(resizePoints(box, -99, 99, 20, 20))).toEqual([2, 3, 3, 20]);
    expect(resizePoints(triangle, 4, 0, 20, 20)).toEqual([
      [0, 0],
      [8, 0],
      [0, 4]
    ]);
  });

  it('are hit at a handle, on the line and inside', () => {
    expect(hitShape(box, [2.2, 3.1], 0.5, true)).toMatchObject({ index: 0 });
    expect(hitShape(box, [2.2, 3.1], 0.5, false)).toBe('outline');
    expect(hitShape(box, [3, 3.2], 0.5, true)).toBe('outline');
    expect(hitShape(box, [4, 5], 0.5, true)).toBe('inside');
    expect(hitShape(box, [1, 1], 0.5, true)).toBeNull();
    // A corner of the box lies outside the ellipse in it.
    expect(hitShape(ellipse, [2.4, 3.4], 0.2, false)).toBeNull();
    expect(hitShape(ellipse, [2.05, 5], 0.2, false)).toBe('outline');
    expect(hitShape(triangle, [2, 2.1], 0.3, false)).toBe('outline');
    expect(hitShape(triangle, [3, 3], 0.3, false)).toBeNull();
  });

  it('of an ellipse touch its box', () => {
    const xs = outlineOf(ellipse).map(point => point[0]);
    const ys = outlineOf(ellipse).map(point => point[1]);
    expect([
      Math.min(...xs),
      Math.min(...ys),
      Math.max(...xs),
      Math.max(...ys)
    ]).toEqual([2, 3, 6, 7]);
  });

  it('made about a pixel hold it and stay inside the scan', () => {
    for (const kind of ['rectangle', 'ellipse', 'polygon'] as const) {
      for (const [row, column] of [
        [10, 10],
        [0, 0],
        [19, 29]
      ]) {
        const points = shapeAbout(kind, row, column, 8, 20, 30);
        expect(isDrawable(kind, points)).toBe(true);
        const [left, top, right, bottom] = boundsOf(points);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(right).toBeLessThanOrEqual(30);
        expect(bottom).toBeLessThanOrEqual(20);
        expect(left <= column && column < right).toBe(true);
        expect(top <= row && row < bottom).toBe(true);
      }
    }
    expect(isDrawable('rectangle', [[1, 1]])).toBe(false);
    expect(
      isDrawable('rectangle', [
        [1, 1],
        [1, 5]
      ])
    ).toBe(false);
  });
});
