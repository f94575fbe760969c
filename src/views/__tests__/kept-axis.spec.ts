/** @jest-environment jsdom */
import { scaleLinear } from 'd3-scale';
import { keepLeftAxis } from '../marks/axes';
import { Surface } from '../marks/surface';

function setUp() {
  const host = document.createElement('div');
  const surface = new Surface(host);
  const draw = (high: number, values: number[], title = 'Intensity') =>
    keepLeftAxis(surface, 'intensities', {
      scale: scaleLinear().domain([0, high]).range([100, 0]),
      at: 40,
      values,
      title,
      format: value => `${value}`
    });
  const ticks = () =>
    Array.from(host.querySelectorAll<SVGGElement>('.tick')).map(node => ({
      node,
      text: node.textContent,
      y: Number(/,([-\d.]+)\)/.exec(node.getAttribute('transform')!)![1])
    }));
  return { host, surface, draw, ticks };
}

it('moves the ticks to where a new axis has them, and keeps their text', () => {
  const kept = setUp();
  kept.draw(100, [0, 50, 100]);
  const before = kept.ticks();
  kept.surface.clear();
  kept.draw(125, [0, 50, 100]);
  const anew = setUp();
  anew.draw(125, [0, 50, 100]);
  const after = kept.ticks();
  expect(after.map(({ text, y }) => [text, y])).toEqual(
    anew.ticks().map(({ text, y }) => [text, y])
  );
  expect(after[2].y).toBeCloseTo(before[2].y + 20, 6);
  after.forEach(({ node }, i) => expect(node).toBe(before[i].node));
});

it('is drawn anew where its numbers or its title are others', () => {
  const { host, draw, ticks } = setUp();
  draw(100, [0, 50, 100]);
  draw(100, [0, 100]);
  expect(ticks().map(({ text }) => text)).toEqual(['0', '100']);
  draw(100, [0, 100], 'Counts');
  expect(host.querySelector('.jp-Eelscape-axisTitle')!.textContent).toBe(
    'Counts'
  );
  expect(host.querySelectorAll('.jp-Eelscape-axis')).toHaveLength(1);
});
