/** @jest-environment jsdom */
import { select } from 'd3-selection';
import type { CurveSheet, IRasterLine } from '../marks/curve-raster';
import { pixels } from '../marks/curve-pen';
import { onTheme } from '../marks/theme';
import type { GroupSelection } from '../marks/surface';

const BOX = { left: 0, top: 0, right: 9, bottom: 9 };

/** The rules that a theme brings. */
const sheet = document.head.appendChild(document.createElement('style'));
const group = select(
  document.body.appendChild(
    document.createElementNS('http://www.w3.org/2000/svg', 'g')
  )
) as unknown as GroupSelection;

/** A query that tells of its changes. */
const forced = Object.assign(new EventTarget(), { matches: false });
window.matchMedia = () => forced as unknown as MediaQueryList;

/** A line of the first model as it is painted now. */
function painted(): Pick<IRasterLine, 'width' | 'dash'> {
  const lines: IRasterLine[] = [];
  const kept = {
    line: (line: IRasterLine) => lines.push(line)
  } as unknown as CurveSheet;
  const stroke = {
    className: 'jp-Eelscape-curve',
    colour: '#d55e00',
    dash: '6 3',
    width: 1.5,
    count: 2,
    x: (i: number) => i,
    y: () => 0
  };
  pixels(kept).stroke(group, stroke, BOX);
  const [{ width, dash }] = lines;
  return { width, dash };
}

function style(width: string): void {
  sheet.textContent = `.jp-Eelscape-curve { stroke-width: ${width}; stroke-dasharray: 6 3; }`;
}

it('a theme that is chosen later gives its widths to the curves, and gaps that are as much wider', () => {
  document.body.dataset.jpThemeName = 'JupyterLab Light';
  style('1.5');
  expect(painted()).toEqual({ width: 1.5, dash: [6, 3] });
  document.body.dataset.jpThemeName = 'JupyterLab Dark High Contrast';
  style('3');
  expect(painted()).toEqual({ width: 3, dash: [12, 6] });
  document.body.dataset.jpThemeName = 'JupyterLab Light';
  style('1.5');
  expect(painted()).toEqual({ width: 1.5, dash: [6, 3] });
});

it('so do forced colours, and whoever draws is told of either', async () => {
  let told = 0;
  const end = onTheme(() => told++);
  expect(painted().width).toBe(1.5);
  forced.matches = true;
  style('3');
  forced.dispatchEvent(new Event('change'));
  expect(told).toBe(1);
  expect(painted().width).toBe(3);
  document.body.dataset.jpThemeLight = 'false';
  await Promise.resolve();
  expect(told).toBe(2);
  end();
  forced.dispatchEvent(new Event('change'));
  document.body.dataset.jpThemeLight = 'true';
  await Promise.resolve();
  expect(told).toBe(2);
});
