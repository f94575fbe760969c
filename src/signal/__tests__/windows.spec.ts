import { DEFAULT_SETUP } from '../types';
import {
  droppedChannels,
  extractSpectra,
  extractWindow,
  extractWindows,
  validWindows,
  windowProblem
} from '../windows';

describe('windowProblem', () => {
  const at = (change: object, ny = 62, nx = 75, channels = 400): string =>
    windowProblem(ny, nx, channels, { ...DEFAULT_SETUP, ...change });

  it.each([
    [{}, 62, 75, 400],
    [{ window: 62 }, 62, 75, 400],
    [{ window: 6 }, 62, 75, 2],
    [{ kind: 'spec2im', window: 60 }, 62, 75, 16],
    [{ window: 4 }, 4, 4, 2],
    [{ window: 4, windows: 'paper' }, 5, 5, 2]
  ])('accepts %j', (change, ny, nx, channels) => {
    expect(at(change, ny, nx, channels)).toBe('');
  });

  it.each([15, 2, 0, -4, 16.5, NaN])(
    'refuses window %p for im2spec',
    window => {
      expect(at({ window })).toMatch(/even number from 4 to 62 pixels/);
    }
  );

  it('names the sizes that spec2im takes', () => {
    expect(at({ kind: 'spec2im', window: 18 })).toMatch(
      /multiple of 4 from 4 to 60 pixels/
    );
  });

  it('refuses windows larger than the image', () => {
    expect(at({ window: 64 })).toMatch(
      /Window 64 is larger.*62 x 75.*4 to 62 pixels/
    );
    expect(at({ window: 62, windows: 'paper' })).toMatch(/4 to 60 pixels/);
    expect(at({ window: 4 }, 3, 75)).toMatch(/at least 4 x 4.*3 x 75/);
  });

  it('refuses short spectra and odd strides', () => {
    expect(at({}, 62, 75, 1)).toMatch(/at least 2 channels.*have 1/);
    expect(at({ kind: 'spec2im' }, 62, 75, 15)).toMatch(
      /at least 16 channels.*have 15/
    );
    expect(at({ stride: 0 })).toMatch(/Stride 0/);
    expect(at({ stride: 1.5 })).toMatch(/Stride 1.5/);
  });

  it('reports the tail that pooling drops', () => {
    expect(droppedChannels('spec2im', 1496)).toBe(8);
    expect(droppedChannels('spec2im', 400)).toBe(0);
    expect(droppedChannels('im2spec', 1496)).toBe(0);
  });
});

describe('validWindows', () => {
  it("has 47 x 60 positions on the paper's image, 46 x 59 in its set", () => {
    const all = validWindows(62, 75, 16);
    expect([all.rows, all.columns]).toEqual([
      { first: 8, count: 47 },
      { first: 8, count: 60 }
    ]);
    expect(all.positions.length).toBe(2820);
    expect(all.positions[0]).toBe(8 * 75 + 8);
    expect(all.positions[2819]).toBe(54 * 75 + 67);
    const paper = validWindows(62, 75, 16, { set: 'paper' });
    expect(paper.positions.length).toBe(2714);
    expect([paper.rows.count, paper.columns.count]).toEqual([46, 59]);
    expect(paper.positions[2713]).toBe(53 * 75 + 66);
  });

  it('agrees with a search of all pixels, masks and strides included', () => {
    for (const [ny, nx, w] of [
      [4, 4, 4],
      [9, 7, 4],
      [12, 20, 6],
      [3, 9, 4]
    ]) {
      for (const stride of [1, 2, 3]) {
        for (const masked of [[], [0], [2 * nx + 3, ny * nx - 1]]) {
          const mask = new Uint8Array(ny * nx);
          masked.forEach(pixel => (mask[pixel] = 1));
          const expected: number[] = [];
          for (let i = 0; i < ny; i++) {
            for (let j = 0; j < nx; j++) {
              let fits =
                (i - w / 2) % stride === 0 && (j - w / 2) % stride === 0;
              for (let r = i - w / 2; r < i + w / 2; r++) {
                for (let c = j - w / 2; c < j + w / 2; c++) {
                  const inside = r >= 0 && r < ny && c >= 0 && c < nx;
                  fits = fits && inside && !mask[r * nx + c];
                }
              }
              if (fits) {
                expected.push(i * nx + j);
              }
            }
          }
          const grid = validWindows(ny, nx, w, { mask, stride });
          expect(Array.from(grid.positions)).toEqual(expected);
        }
      }
    }
  });

  it('is empty where no window fits', () => {
    expect(validWindows(5, 20, 6).positions.length).toBe(0);
    expect(validWindows(2, 2, 6).rows.count).toBe(0);
  });
});

describe('extraction', () => {
  const [ny, nx] = [6, 7];
  // Value 10 * row + column shows where each pixel came from.
  const image = Float32Array.from(
    { length: ny * nx },
    (_, i) => 10 * Math.floor(i / nx) + (i % nx)
  );

  it('puts the centre pixel at [w/2, w/2]', () => {
    const window = extractWindow(image, nx, 4, 3 * nx + 4);
    expect(Array.from(window)).toEqual([
      12, 13, 14, 15, 22, 23, 24, 25, 32, 33, 34, 35, 42, 43, 44, 45
    ]);
    expect(window[2 * 4 + 2]).toBe(34);
  });

  it('cuts each valid window', () => {
    const { positions } = validWindows(ny, nx, 4);
    const windows = extractWindows(image, ny, nx, 4, positions);
    expect(windows.length).toBe(positions.length * 16);
    positions.forEach((position, k) => {
      expect(windows.slice(k * 16, k * 16 + 16)).toEqual(
        extractWindow(image, nx, 4, position)
      );
      expect(windows[k * 16 + 10]).toBe(image[position]);
    });
  });

  it('refuses windows that leave the image', () => {
    for (const position of [0, 2 * nx + 1, 2 * nx + 6, 5 * nx + 3]) {
      expect(() => extractWindows(image, ny, nx, 4, [position])).toThrow(
        /leaves the image of 6 x 7/
      );
    }
  });

  it('gathers spectra in the order asked for', () => {
    const spectra = Float32Array.from({ length: 4 * 3 }, (_, i) => i);
    expect(Array.from(extractSpectra(spectra, 3, [2, 0]))).toEqual([
      6, 7, 8, 0, 1, 2
    ]);
  });
});
