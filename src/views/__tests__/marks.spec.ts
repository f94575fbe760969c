/** @jest-environment jsdom */
import { colourIndex, colourOf, luminanceOf } from '../marks/colour-table';
import { curvePath, thinCurve } from '../marks/curve';
import { fitPicture } from '../marks/fit';
import { areaWhere, boxOfLabel, outlineOfLabel } from '../marks/regions';
import { chooseScaleBar } from '../marks/scale-bar';
import { tileAt, tileOrigin } from '../marks/tiles';

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
