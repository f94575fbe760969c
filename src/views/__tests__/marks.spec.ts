/** @jest-environment jsdom */
import { select } from 'd3-selection';
import { colourIndex, colourOf, luminanceOf } from '../marks/colour-table';
import { curvePath, thinCurve } from '../marks/curve';
import { fitPicture } from '../marks/fit';
import { logLimits, logTicks } from '../marks/limits';
import { drawLineLabels, type ILineLabel } from '../marks/line-labels';
import { wrapText } from '../marks/note';
import { outlinePath } from '../marks/region-outline';
import { areaWhere, boxOfLabel, outlineOfLabel } from '../marks/regions';
import { chooseScaleBar } from '../marks/scale-bar';
import type { GroupSelection } from '../marks/surface';
import { tileAt, tileOrigin } from '../marks/tiles';
import { RegionStyles } from '../region-styles';

describe('fitPicture', () => {
  it('draws a pixel as a whole number of screen pixels', () => {
    expect(fitPicture(450, 373, 75, 62).pixelWidth).toBe(6);
    expect(fitPicture(449, 373, 75, 62).pixelWidth).toBe(5.5);
  });

  it('takes a half step only where that saves a tenth of the width', () => {
    expect(fitPicture(65 * 10, 1000, 100, 10).pixelWidth).toBe(6);
    expect(fitPicture(36 * 10, 1000, 100, 10).pixelWidth).toBe(3.5);
  });

  it('keeps the aspect of the axes and stays inside the area', () => {
    for (const [w, h, nx, ny, aspect] of [
      [300, 200, 75, 62, 1],
      [300, 200, 20, 90, 2.5],
      [200, 300, 1024, 512, 0.5],
      [120, 90, 3, 4, 1]
    ]) {
      const fit = fitPicture(w, h, nx, ny, aspect);
      expect(fit.width).toBeLessThanOrEqual(w + 1e-9);
      expect(fit.height).toBeLessThanOrEqual(h + 1e-9);
      expect(fit.pixelHeight / fit.pixelWidth).toBeCloseTo(aspect, 9);
    }
  });
});

describe('chooseScaleBar', () => {
  it('takes the longest round length within the share', () => {
    expect(chooseScaleBar(148, 'nm')).toEqual({ length: 40, label: '40 nm' });
    expect(chooseScaleBar(0.5, 'um')).toEqual({ length: 0.1, label: '0.1 um' });
  });

  it('gives none without units or length', () => {
    expect(chooseScaleBar(148, '')).toBeNull();
    expect(chooseScaleBar(0, 'nm')).toBeNull();
    expect(chooseScaleBar(NaN, 'nm')).toBeNull();
  });
});

describe('colours', () => {
  it('clamp to the ends of the table', () => {
    expect(colourIndex(-1, 0, 1)).toBe(0);
    expect(colourIndex(2, 0, 1)).toBe(255);
    expect(colourOf('grey', 1, 0, 1)).toBe('rgb(255, 255, 255)');
    expect(colourOf('viridis', 0, 0, 1)).toBe('rgb(68, 1, 84)');
  });

  it('tell bright from dark', () => {
    expect(luminanceOf('viridis', 1, 0, 1)).toBeGreaterThan(0.7);
    expect(luminanceOf('viridis', 0, 0, 1)).toBeLessThan(0.1);
  });
});

describe('curves', () => {
  it('break at values that are not finite', () => {
    const y = [0, 1, NaN, 3, 4];
    const path = curvePath(
      5,
      i => i,
      i => y[i]
    );
    expect(path.match(/M/g)).toHaveLength(2);
  });

  it('are thinned by means of equal groups', () => {
    expect(Array.from(thinCurve([9, 1, 3, 5, 7], 1, 4, 2))).toEqual([2, 6]);
    expect(Array.from(thinCurve([1, 2], 0, 2, 10))).toEqual([1, 2]);
  });
});

describe('regions', () => {
  // 4 x 3, the label 2 on a 2 x 2 block at (1, 1).
  const labels = Int8Array.from([0, 0, 0, 0, 0, 2, 2, 0, 0, 2, 2, 0]);
  const same = (v: number): number => v;

  it('box a label, the far ends exclusive', () => {
    expect(boxOfLabel(labels, 4, 3, 2)).toEqual({
      left: 1,
      top: 1,
      right: 3,
      bottom: 3
    });
    expect(boxOfLabel(labels, 4, 3, 1)).toBeNull();
  });

  it('outline a label along pixel edges, runs joined', () => {
    const path = outlineOfLabel(labels, 4, 3, 2, same, same);
    expect(path.split('M').filter(Boolean).sort()).toEqual(
      ['1,1H3', '1,3H3', '1,1V3', '3,1V3'].sort()
    );
  });

  it('cover the pixels of an area, a rectangle a run', () => {
    const path = areaWhere(4, 3, i => labels[i] === 2, same, same);
    expect(path).toBe('M1,1H3V2H1ZM1,2H3V3H1Z');
  });
});

describe('tiles', () => {
  it('have row 0 at the bottom, and a point finds its tile', () => {
    const frame = { left: 40, top: 6, size: 5, tile: 12 };
    expect(tileOrigin(frame, 0)).toEqual([40, 6 + 4 * 12]);
    for (let node = 0; node < 25; node++) {
      const [x, y] = tileOrigin(frame, node);
      expect(tileAt(frame, x + 1, y + 1)).toBe(node);
      expect(tileAt(frame, x + 11, y + 11)).toBe(node);
    }
    expect(tileAt(frame, 39, 10)).toBe(-1);
    expect(tileAt(frame, 45, 6 + 60)).toBe(-1);
  });
});

describe('logarithmic axes', () => {
  it('reach from the low positive values to the highest', () => {
    const values = Float32Array.from({ length: 100 }, (_, i) => i - 10);
    const [low, high] = logLimits([values]);
    expect(high).toBe(89);
    expect(low).toBe(2);
    expect(logLimits([Float32Array.of(-1, 0, NaN)])).toEqual([1, 10]);
    // At least a decade, at most six.
    expect(logLimits([Float32Array.of(50, 100)])).toEqual([10, 100]);
    expect(logLimits([Float32Array.of(1e-3, 1e6)])[0]).toBeCloseTo(1, 9);
  });

  it('have ticks at 1, 2 and 5 where few decades show, else at powers of ten', () => {
    expect(logTicks(3, 120, 8)).toEqual([5, 10, 20, 50, 100]);
    expect(logTicks(1, 1e6, 8)).toEqual([1, 10, 100, 1e3, 1e4, 1e5, 1e6]);
    expect(logTicks(1, 1e6, 4)).toEqual([1, 100, 1e4, 1e6]);
    expect(logTicks(3.1, 3.2, 4)).toEqual([]);
  });
});

describe('wrapText', () => {
  it('breaks at words and ends in an ellipsis where text is left', () => {
    const text = 'one two three four five six seven eight nine ten';
    const lines = wrapText(text, 116, 2);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe('one two three four');
    expect(lines[1].endsWith('\u2026')).toBe(true);
    expect(wrapText(text, 1000, 2)).toEqual([text]);
    expect(wrapText('  ', 1000, 2)).toEqual([]);
  });
});

describe('outlinePath', () => {
  const double = (v: number): number => 2 * v;

  it('takes the corners in any order', () => {
    expect(
      outlinePath(
        'rectangle',
        [
          [5, 6],
          [1, 2]
        ],
        double,
        double
      )
    ).toBe('M2,4H10V12H2Z');
    expect(
      outlinePath(
        'ellipse',
        [
          [5, 6],
          [1, 2]
        ],
        double,
        double
      )
    ).toBe('M2,8a4,4 0 1 0 8,0a4,4 0 1 0 -8,0Z');
  });

  it('closes a polygon unless it is being drawn', () => {
    const points = [
      [0, 0],
      [1, 0],
      [1, 1]
    ] as const;
    expect(outlinePath('polygon', points, double, double)).toBe(
      'M0,0L2,0L2,2Z'
    );
    expect(outlinePath('polygon', points, double, double, true)).toBe(
      'M0,0L2,0L2,2'
    );
    expect(outlinePath('polygon', [], double, double)).toBe('');
  });
});

describe('drawLineLabels', () => {
  const frame = { left: 0, right: 400, top: 0, bottom: 200 };
  const label = (text: string, y: (i: number) => number): ILineLabel => ({
    text,
    colour: 'black',
    count: 100,
    x: i => 4 * i,
    y
  });
  const drawn = (labels: readonly ILineLabel[]): Element[] => {
    const group = document.createElementNS('http://www.w3.org/2000/svg', 'g');
    drawLineLabels(select(group) as unknown as GroupSelection, labels, frame);
    return Array.from(group.children);
  };

  it('puts a name where its curve stands apart', () => {
    // Together but for a bump of the first about x = 200.
    const bump = (i: number): number =>
      150 - 100 * Math.exp(-(((i - 50) / 8) ** 2));
    const [first] = drawn([label('A', bump), label('B', () => 150)]);
    expect(first.textContent).toBe('A');
    expect(Math.abs(Number(first.getAttribute('x')) - 200)).toBeLessThan(60);
    expect(Number(first.getAttribute('y'))).toBeLessThan(140);
  });

  it('writes no name where curves are the same', () => {
    expect(drawn([label('A', () => 100), label('B', () => 100)])).toEqual([]);
  });

  it('keeps names apart and inside the plot', () => {
    const names = drawn(
      [20, 60, 100, 140].map((y, k) => label(`R${k}`, () => y))
    );
    expect(names).toHaveLength(4);
    for (const name of names) {
      expect(Number(name.getAttribute('y'))).toBeGreaterThan(frame.top);
      expect(Number(name.getAttribute('y'))).toBeLessThan(frame.bottom);
    }
  });
});

describe('RegionStyles', () => {
  it('gives free colours first and keeps what is given', () => {
    const styles = new RegionStyles();
    styles.follow(['a', 'b', 'c']);
    expect(['a', 'b', 'c'].map(name => styles.of(name))).toEqual([0, 1, 2]);
    styles.follow(['b', 'c']);
    expect(styles.free()).toBe(0);
    styles.follow(['b', 'c', 'd', 'e']);
    expect(['b', 'c', 'd', 'e'].map(name => styles.of(name))).toEqual([
      1, 2, 0, 3
    ]);
    styles.follow(['b', 'x', 'd', 'e']);
    expect(styles.of('x')).toBe(2);
  });

  it('begins again after the last colour', () => {
    const styles = new RegionStyles();
    const names = Array.from({ length: 8 }, (_, i) => `R${i}`);
    styles.follow(names);
    expect(names.map(name => styles.of(name))).toEqual([
      0, 1, 2, 3, 4, 5, 0, 1
    ]);
  });
});
