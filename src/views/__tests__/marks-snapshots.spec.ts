/** @jest-environment jsdom */
/** What the drawing functions write, as text: a change of a picture shows as a change of these lines. */
import { scaleLinear } from 'd3-scale';
import { select } from 'd3-selection';
import {
  drawBaseline,
  drawBottomAxis,
  drawLeftAxis,
  drawRightAxis
} from '../marks/axes';
import { drawCategoryBar } from '../marks/category-bar';
import { Clip } from '../marks/clip';
import { drawColourBar } from '../marks/colour-bar';
import { bandPath, curvePath } from '../marks/curve';
import { drawnAs } from '../marks/figure-mode';
import { addFlagHatch, addHatch } from '../marks/hatch';
import { drawLegend } from '../marks/legend';
import { drawLineLabels } from '../marks/line-labels';
import { drawNote } from '../marks/note';
import { drawPin } from '../marks/pins';
import { boxPath, crossPath, drawHaloed, ringPath } from '../marks/pointer';
import {
  drawOutside,
  drawRangeBand,
  drawRangeWords,
  drawWindowWords
} from '../marks/range-band';
import {
  drawHandles,
  drawOutline,
  drawOutlineName,
  outlinePath
} from '../marks/region-outline';
import { areaWhere, outlineOfLabel } from '../marks/regions';
import { drawScaleBar } from '../marks/scale-bar';
import type { GroupSelection, SvgSelection } from '../marks/surface';
import { dimTiles, drawImageTiles, drawSpectraTiles } from '../marks/tiles';

const SVG = 'http://www.w3.org/2000/svg';
const FRAME = { left: 40, right: 240, top: 10, bottom: 110 };
const SCREEN = { ratio: 1, colourBars: true, scaleBars: true };

/** An element a line, indented; numbers as they are. */
function linesOf(element: Element, depth = 0): string {
  const attributes = Array.from(
    element.attributes,
    ({ name, value }) => ` ${name}="${value}"`
  ).join('');
  const words = element.children.length ? '' : (element.textContent ?? '');
  const own = `${'  '.repeat(depth)}<${element.tagName}${attributes}>${words}`;
  return [
    own,
    ...Array.from(element.children, child => linesOf(child, depth + 1))
  ].join('\n');
}

function drawn(draw: (group: GroupSelection) => void): string {
  const group = document.createElementNS(SVG, 'g');
  draw(select(group) as unknown as GroupSelection);
  return linesOf(group);
}

/** The calls that a drawing on a canvas makes, with the styles that it sets. */
function painted(draw: (context: CanvasRenderingContext2D) => void): string {
  const calls: string[] = [];
  const text = (value: unknown): string =>
    typeof value === 'number'
      ? String(Math.round(100 * value) / 100)
      : typeof value === 'object'
        ? 'sheet'
        : String(value);
  const context = new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...args: unknown[]) => {
          calls.push(`${String(name)}(${args.map(text).join(', ')})`);
        },
      set: (_, name, value) => {
        calls.push(`${String(name)} = ${text(value)}`);
        return true;
      }
    }
  );
  draw(context as CanvasRenderingContext2D);
  return calls.join('\n');
}

beforeAll(() => {
  // jsdom draws nothing: no canvas.
  HTMLCanvasElement.prototype.getContext = (() => null) as never;
});

it('axes', () => {
  const x = scaleLinear().domain([0.2, 1.2]).range([40, 240]);
  const y = scaleLinear().domain([-20, 80]).range([110, 10]);
  expect(
    drawn(group => {
      drawBottomAxis(group, {
        scale: x,
        at: 110,
        ticks: 3,
        title: 'Energy loss (eV)',
        titleGap: 32
      });
      drawLeftAxis(group, {
        scale: y,
        at: 40,
        ticks: 3,
        title: 'Intensity (counts)',
        line: false,
        gridLength: 200
      });
      drawRightAxis(group, {
        scale: y,
        at: 252,
        values: [0, 50],
        format: value => `${value} %`
      });
      drawBaseline(group, 40, 240, 90);
    })
  ).toMatchSnapshot();
});

const BAR = {
  left: 250,
  top: 10,
  width: 11,
  height: 100,
  colours: 'magma',
  low: 0,
  high: 25,
  title: 'Error 2L (%)',
  format: (value: number) => String(value)
} as const;

it('a colour bar, and none where a figure goes without', () => {
  expect(drawn(group => drawColourBar(null, group, BAR))).toMatchSnapshot();
  expect(
    drawnAs({ ...SCREEN, colourBars: false }, () =>
      drawn(group => drawColourBar(null, group, BAR))
    )
  ).toBe('<g>');
  expect(
    painted(context => {
      const group = select(document.createElementNS(SVG, 'g'));
      drawColourBar(context, group as unknown as GroupSelection, {
        ...BAR,
        height: 4
      });
    })
  ).toMatchSnapshot();
});

it('a list of colours with names', () => {
  const categories = [
    { name: 'cluster 1', colour: '#0072b2' },
    { name: 'cluster 2', colour: '#d55e00' }
  ];
  expect(
    drawn(group =>
      drawCategoryBar(group, {
        left: 250,
        top: 10,
        height: 100,
        categories,
        title: 'Cluster'
      })
    )
  ).toMatchSnapshot();
});

it('a scale bar, and none where a figure goes without', () => {
  const draw = (group: GroupSelection): void =>
    drawScaleBar(group, { length: 40, label: '40 nm' }, 40, 110, 2.5);
  expect(drawn(draw)).toMatchSnapshot();
  expect(drawnAs({ ...SCREEN, scaleBars: false }, () => drawn(draw))).toBe(
    '<g>'
  );
});

it('curves and bands break where there is no value', () => {
  const values = [3, 4, NaN, 6, 7];
  expect(
    curvePath(
      5,
      i => 10 * i,
      i => values[i]
    )
  ).toMatchSnapshot();
  expect(
    bandPath(
      5,
      i => 10 * i,
      i => values[i] - 1,
      i => values[i] + 1
    )
  ).toMatchSnapshot();
});

it('a legend', () => {
  expect(
    drawn(group =>
      drawLegend(
        group,
        [
          { text: 'measured', colour: '#212121', dash: null, width: 1 },
          { text: '2L', colour: '#d55e00', dash: '6 3', width: 1.5 }
        ],
        150,
        12
      )
    )
  ).toMatchSnapshot();
});

it('names at lines', () => {
  const line = (text: string, y: number) => ({
    text,
    colour: 'black',
    count: 50,
    x: (i: number) => 40 + 4 * i,
    y: () => y
  });
  expect(
    drawn(group =>
      drawLineLabels(group, [line('R1', 30), line('R2', 80)], FRAME)
    )
  ).toMatchSnapshot();
});

it('notes', () => {
  expect(
    drawn(group => {
      drawNote(
        group,
        [
          { text: 'mean of the scan', warning: false },
          { text: 'the fit leaves a residual', warning: true }
        ],
        40,
        10
      );
    })
  ).toMatchSnapshot();
});

it('the pointer with its window, a ring, a pin', () => {
  expect(
    drawn(group => {
      drawHaloed(group, boxPath(60, 20, 156, 116));
      drawHaloed(group, crossPath(108.5, 68.5, 10, 3));
      drawHaloed(group, ringPath(30, 40, 5), 'jp-Eelscape-pointer jp-mod-thin');
      drawPin(group, 'a', [90, 30]);
    })
  ).toMatchSnapshot();
});

it('ranges of energy', () => {
  expect(
    drawn(group => {
      drawRangeBand(group, FRAME, 90, 120);
      drawRangeWords(group, FRAME, 90, 120, 'energy range', '0.45–0.60 eV');
      drawWindowWords(group, FRAME, [130, 160], ['tail', '50–90 meV'], 240, 0);
      drawOutside(group, FRAME, 60, 220);
    })
  ).toMatchSnapshot();
});

it('regions', () => {
  const same = (value: number): number => value;
  const labels = Int8Array.from([0, 0, 0, 0, 0, 2, 2, 0, 0, 2, 2, 0]);
  expect(
    drawn(group => {
      const box = [
        [10, 10],
        [50, 40]
      ] as const;
      const style = { colour: '#b9a2ff', dash: '10 3', chosen: true };
      drawOutline(group, outlinePath('ellipse', box, same, same), style);
      drawOutlineName(group, 'hole', 12, 8, '#b9a2ff');
      drawHandles(group, box, '#b9a2ff');
    })
  ).toMatchSnapshot();
  expect(outlineOfLabel(labels, 4, 3, 2, same, same)).toMatchSnapshot();
  expect(areaWhere(4, 3, i => labels[i] === 2, same, same)).toMatchSnapshot();
});

it('hatches and clips', () => {
  const svg = document.createElementNS(SVG, 'svg');
  const selection = select(svg) as unknown as SvgSelection;
  addHatch(selection, 'jp-Eelscape-guardHatch');
  addFlagHatch(selection, 'jp-Eelscape-maskHatch');
  new Clip(selection).apply(
    selection.append('g') as unknown as GroupSelection,
    40,
    10,
    240,
    110
  );
  // Counters make the names.
  expect(linesOf(svg).replace(/-(hatch|clip)-\d+/g, '-$1-n')).toMatchSnapshot();
});

describe('tiles', () => {
  const frame = { left: 42, top: 6, size: 2, tile: 20 };

  it('of spectra', () => {
    expect(
      painted(context =>
        drawSpectraTiles(context, frame, {
          values: Float32Array.from({ length: 12 }, (_, i) => i % 3),
          channels: 3,
          intensities: Float64Array.of(0, 1, 2, 3),
          low: 0,
          high: 3,
          bottom: 0,
          peak: 2,
          colours: 'viridis'
        })
      )
    ).toMatchSnapshot();
  });

  it('of images, those without a window near dimmed', () => {
    expect(
      painted(context => {
        drawImageTiles(context, frame, {
          values: new Float32Array(16),
          window: 2,
          low: 0,
          high: 1
        });
        dimTiles(context, frame, Uint8Array.of(0, 1, 0, 0), '#fff');
      })
    ).toMatchSnapshot();
  });
});
