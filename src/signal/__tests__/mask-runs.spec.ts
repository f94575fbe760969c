import { maskOf, runsOf } from '../mask-runs';

describe('runs of a mask', () => {
  it('count from the first pixel, row after row', () => {
    const mask = Uint8Array.from([1, 1, 0, 0, 1, 0, 1, 1, 1]);
    expect(runsOf(mask)).toEqual([0, 2, 4, 1, 6, 3]);
    expect(maskOf([0, 2, 4, 1, 6, 3], 9)).toEqual(mask);
  });

  it('are none where nothing is set', () => {
    expect(runsOf(new Uint8Array(4))).toEqual([]);
    expect(maskOf([], 3)).toEqual(new Uint8Array(3));
  });

  it('are cut off where the mask ends', () => {
    expect(maskOf([2, 9, 12, 1], 4)).toEqual(Uint8Array.from([0, 0, 1, 1]));
  });
});
