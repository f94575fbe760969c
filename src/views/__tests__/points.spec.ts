/** @jest-environment jsdom */
import { drawDiscs, drawSquarePoints } from '../marks/points';

/** Draws discs of radius 2 with red fill onto a sheet of 20 x 20 and returns its pixels. */
function pixelsOf(
  places: readonly number[],
  outline: readonly [number, number, number, number] | null = null
): Uint8ClampedArray {
  let drawn: Uint8ClampedArray | null = null;
  jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue({
    createImageData: (width: number, height: number) => ({
      data: new Uint8ClampedArray(4 * width * height)
    }),
    putImageData: (picture: ImageData) => {
      drawn = picture.data.slice();
    }
  } as unknown as RenderingContext);
  const target = { drawImage: jest.fn() };
  drawDiscs(target as unknown as CanvasRenderingContext2D, {
    places: Float64Array.from(places),
    table: [255, 0, 0, 0, 0, 255],
    colour: i => i % 2,
    left: 10,
    top: 30,
    side: 20,
    size: 4,
    outline,
    lineWidth: 0.5
  });
  expect(target.drawImage.mock.calls[0].slice(1)).toEqual([10, 30, 20, 20]);
  return drawn!;
}

/** Sum and middle of the opacity, px. */
function cover(pixels: Uint8ClampedArray): {
  area: number;
  x: number;
  y: number;
} {
  let area = 0;
  let x = 0;
  let y = 0;
  for (let k = 0; k < 400; k++) {
    const share = pixels[4 * k + 3] / 255;
    area += share;
    x += share * ((k % 20) + 0.5);
    y += share * (Math.floor(k / 20) + 0.5);
  }
  return { area, x: x / area, y: y / area };
}

afterEach(() => jest.restoreAllMocks());

it.each([
  [20, 40],
  [20.25, 39.75],
  [17.6, 43.1]
])('covers the area of a circle at its place (%d, %d)', (x, y) => {
  const found = cover(pixelsOf([x, y]));
  expect(found.area).toBeCloseTo(Math.PI * 4, 0);
  // Places are rounded to a quarter of a pixel.
  expect(Math.abs(found.x - (x - 10))).toBeLessThan(0.15);
  expect(Math.abs(found.y - (y - 30))).toBeLessThan(0.15);
});

it('lets later points cover earlier ones, and leaves out what has no place', () => {
  const pixels = pixelsOf([20, 40, 20, 40, NaN, 40]);
  expect([...pixels.slice(4 * (10 * 20 + 10), 4 * (10 * 20 + 10) + 4)]).toEqual(
    [0, 0, 255, 255]
  );
  expect(cover(pixels).area).toBeLessThan(Math.PI * 4 * 1.6);
});

it('cuts points at the border of the square', () => {
  const inside = cover(pixelsOf([10, 40])).area;
  expect(inside).toBeCloseTo(Math.PI * 2, 0);
  expect(cover(pixelsOf([0, 40])).area).toBe(0);
});

it('draws an outline over the border', () => {
  const plain = pixelsOf([20, 40]);
  const lined = pixelsOf([20, 40], [0, 0, 0, 1]);
  // The outermost pixel of the middle row.
  const border = 4 * (9 * 20 + 8);
  expect(lined[border]).toBeLessThan(plain[border]);
  expect(cover(lined).area).toBeGreaterThan(cover(plain).area);
});

it.each([
  ['discs', drawDiscs],
  ['squares', drawSquarePoints]
])('a frame that is wider than high has %s to its right end', (_, draw) => {
  let drawn: ImageData | null = null;
  jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue({
    createImageData: (width: number, height: number) => ({
      width,
      height,
      data: new Uint8ClampedArray(4 * width * height)
    }),
    putImageData: (picture: ImageData) => (drawn = picture)
  } as unknown as RenderingContext);
  const target = { drawImage: jest.fn() };
  draw(target as unknown as CanvasRenderingContext2D, {
    places: Float64Array.from([66, 45, 200, 45, 66, 90]),
    table: [255, 0, 0],
    colour: () => 0,
    left: 10,
    top: 30,
    side: 20,
    across: 60,
    size: 4,
    outline: null,
    lineWidth: 0
  });
  expect(target.drawImage.mock.calls[0].slice(1)).toEqual([10, 30, 60, 20]);
  const { data, width } = drawn! as ImageData;
  expect(width).toBe(60);
  expect(data[4 * (15 * 60 + 56) + 3]).toBe(255);
  const covered = data.filter((value, i) => i % 4 === 3 && value > 127).length;
  expect(covered).toBeGreaterThan(8);
  expect(covered).toBeLessThan(20);
});
