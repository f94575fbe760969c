/** @jest-environment jsdom */
import { CurveSheet, type IRasterLine } from '../marks/curve-raster';

const BOX = { left: 0, top: 0, right: 40, bottom: 30 };

interface ISheet {
  sheet: CurveSheet;
  /** Opacity of a screen pixel, 0 to 255. */
  at(column: number, row: number): number;
  /** Red, green, blue of a screen pixel. */
  colourAt(column: number, row: number): number[];
}

/** A sheet of 40 x 30 px. */
function sheetOf(ratio = 1): ISheet {
  const width = 40 * ratio;
  const height = 30 * ratio;
  let data = new Uint8ClampedArray(0);
  const context = {
    canvas: { width, height },
    createImageData: () => {
      data = new Uint8ClampedArray(4 * width * height);
      return { width, height, data };
    }
  } as unknown as CanvasRenderingContext2D;
  const sheet = new CurveSheet();
  sheet.begin(context, ratio);
  return {
    sheet,
    at: (column, row) => data[4 * (row * width + column) + 3],
    colourAt: (column, row) =>
      Array.from(data.slice(4 * (row * width + column)).slice(0, 3))
  };
}

function line(
  points: readonly (readonly [number, number])[],
  more: Partial<IRasterLine> = {}
): IRasterLine {
  return {
    count: points.length,
    x: i => points[i][0],
    y: i => points[i][1],
    colour: '#ff8000',
    opacity: 1,
    width: 1,
    dash: [],
    ...more
  };
}

describe('a line', () => {
  it('covers the pixels that it lies on, in part where it lies between', () => {
    const { sheet, at, colourAt } = sheetOf();
    sheet.line(
      line([
        [5, 10.5],
        [35, 10.5]
      ]),
      BOX
    );
    expect([at(20, 9), at(20, 10), at(20, 11)]).toEqual([0, 255, 0]);
    expect(colourAt(20, 10)).toEqual([255, 128, 0]);
    expect([at(4, 10), at(35, 10)]).toEqual([0, 0]);
    const other = sheetOf();
    other.sheet.line(
      line([
        [5, 11],
        [35, 11]
      ]),
      BOX
    );
    expect(other.at(20, 10)).toBeCloseTo(128, -1);
    expect(other.at(20, 11)).toBeCloseTo(128, -1);
  });

  it('upright is as wide as level, and has the screen pixels of its ratio', () => {
    const { sheet, at } = sheetOf(2);
    sheet.line(
      line(
        [
          [10, 5],
          [10, 25]
        ],
        { width: 2 }
      ),
      BOX
    );
    const across = [17, 18, 19, 20, 21, 22].map(column => at(column, 30));
    expect(across).toEqual([0, 255, 255, 255, 255, 0]);
  });

  it('keeps the height of a peak of one channel among many in a column', () => {
    const { sheet, at } = sheetOf();
    const values = Array.from({ length: 4000 }, (_, i) =>
      i === 2345 ? 3 : 25
    );
    sheet.line(line(values.map((y, i) => [i / 100, y] as const)), BOX);
    const column = 23;
    expect(at(column, 3)).toBeGreaterThan(0);
    expect(at(column, 10)).toBe(255);
    expect(at(column, 1)).toBe(0);
    expect(at(column - 2, 3)).toBe(0);
    expect(at(column - 2, 24)).toBeGreaterThan(100);
  });

  it('breaks where a point is not finite and stays within its box', () => {
    const { sheet, at } = sheetOf();
    sheet.line(
      line([
        [2, 10.5],
        [12, 10.5],
        [15, NaN],
        [20, 10.5],
        [39, 10.5]
      ]),
      { ...BOX, left: 5, right: 30 }
    );
    const drawn = [3, 8, 16, 25, 35].map(column => at(column, 10) > 0);
    expect(drawn).toEqual([false, true, false, true, false]);
  });

  it('is dashed along its length', () => {
    const { sheet, at } = sheetOf();
    sheet.line(
      line(
        [
          [0, 10.5],
          [7.5, 10.5],
          [40, 10.5]
        ],
        { dash: [6, 4] }
      ),
      BOX
    );
    const drawn = Array.from({ length: 40 }, (_, x) => at(x, 10) > 127);
    expect(drawn).toEqual(drawn.map((_, x) => x % 10 < 6));
  });

  it('of a steep slope is a line without gaps, whichever way it runs', () => {
    for (const points of [
      [
        [10, 2],
        [14, 28]
      ],
      [
        [14, 28],
        [10, 2]
      ]
    ] as const) {
      const { sheet, at } = sheetOf();
      sheet.line(line(points, { width: 1.5 }), BOX);
      for (let row = 4; row < 26; row++) {
        let sum = 0;
        for (let column = 0; column < 40; column++) {
          sum += at(column, row);
        }
        // Across the line: its width over the cosine of its slope.
        expect(sum / 255).toBeGreaterThan(1.2);
        expect(sum / 255).toBeLessThan(1.85);
      }
    }
  });

  it('lies over what was drawn before by its opacity', () => {
    const { sheet, at, colourAt } = sheetOf();
    const level = [
      [0, 10.5],
      [40, 10.5]
    ] as const;
    sheet.line(line(level, { colour: '#000000' }), BOX);
    sheet.line(line(level, { colour: '#ffffff', opacity: 0.5 }), BOX);
    expect(at(20, 10)).toBe(255);
    expect(colourAt(20, 10)[0]).toBeCloseTo(128, -1);
  });
});

it('an area fills what lies between two curves', () => {
  const { sheet, at } = sheetOf();
  sheet.area(
    {
      count: 2,
      x: i => 5 + 30 * i,
      low: i => 20 + 6 * i,
      high: () => 10,
      colour: '#0000ff',
      opacity: 0.2
    },
    BOX
  );
  expect([at(20, 9), at(20, 12), at(20, 21), at(20, 25)]).toEqual([
    0, 51, 51, 0
  ]);
  expect(at(34, 24)).toBe(51);
  expect(at(2, 15)).toBe(0);
});

it('a sheet that begins anew is empty', () => {
  const { sheet, at } = sheetOf();
  const level = line([
    [0, 10.5],
    [40, 10.5]
  ]);
  sheet.line(level, BOX);
  expect(at(20, 10)).toBe(255);
  const picture = { width: 0 };
  sheet.begin(
    {
      canvas: { width: 40, height: 30 },
      createImageData: () => picture
    } as unknown as CanvasRenderingContext2D,
    1
  );
  expect(at(20, 10)).toBe(0);
});
