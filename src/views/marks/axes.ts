import {
  axisBottom,
  axisLeft,
  axisRight,
  type Axis,
  type AxisScale
} from 'd3-axis';
import type { GroupSelection, Surface } from './surface';

export interface IAxisOptions {
  readonly scale: AxisScale<number>;
  /** Line position: y of a horizontal, x of a vertical axis. */
  readonly at: number;
  readonly ticks?: number;
  readonly values?: readonly number[];
  readonly format?: (value: number) => string;
  /** Horizontal title below the right end, or rotated title of a vertical axis. */
  readonly title?: string;
  /** Distance of the title from the axis line, px. */
  readonly titleGap?: number;
  readonly line?: boolean;
  /** Length of light grid lines drawn from the ticks into the plot, px. */
  readonly gridLength?: number;
}

/** Draws a horizontal axis below a plot into an empty group. */
export function drawBottomAxis(
  group: GroupSelection,
  options: IAxisOptions
): void {
  const axis = axisBottom<number>(options.scale)
    .tickSize(4)
    .tickSizeOuter(0)
    .tickPadding(3);
  applyTicks(axis, options);
  const node = group
    .append('g')
    .attr('class', 'jp-Eelscape-axis')
    .attr('transform', `translate(0, ${options.at})`);
  node.call(axis);
  finish(node as unknown as GroupSelection, options, 0, -1);
  if (options.title) {
    const [, end] = options.scale.range() as number[];
    node
      .append('text')
      .attr('class', 'jp-Eelscape-axisTitle')
      .attr('x', end)
      .attr('y', options.titleGap ?? 30)
      .attr('text-anchor', 'end')
      .text(options.title);
  }
}

/** Draws a vertical axis left of a plot into an empty group. */
export function drawLeftAxis(
  group: GroupSelection,
  options: IAxisOptions
): void {
  const node = drawVertical(group, options, axisLeft<number>(options.scale), 1);
  if (options.title) {
    rotatedTitle(node, options, -(options.titleGap ?? 34), -90);
  }
}

/**
 * Draws a vertical axis left of a plot, or moves the ticks of the one that stands there where
 * nothing but their places changed: new text would be laid out anew.
 * @param name - group that holds this axis alone.
 */
export function keepLeftAxis(
  surface: Surface,
  name: string,
  options: IAxisOptions & { readonly values: readonly number[] }
): void {
  const { values, format, scale, at, title, titleGap, gridLength } = options;
  const texts = values.map(value => format?.(value) ?? value);
  const range = scale.range() as number[];
  const key = [...texts, ...range, at, title, titleGap, gridLength].join('|');
  let drawn = false;
  surface.keep(name, key, group => {
    drawn = true;
    drawLeftAxis(group, options);
  });
  if (!drawn) {
    const offset = axisLeft<number>(scale).offset();
    surface
      .group(name)
      .selectAll<SVGGElement, number>('.tick')
      .attr(
        'transform',
        (_, i) => `translate(0,${Number(scale(values[i])) + offset})`
      );
  }
}

/** Draws a vertical axis right of a colour bar into an empty group. */
export function drawRightAxis(
  group: GroupSelection,
  options: IAxisOptions
): void {
  const node = drawVertical(
    group,
    options,
    axisRight<number>(options.scale),
    0
  );
  if (options.title) {
    rotatedTitle(node, options, options.titleGap ?? 40, 90);
  }
}

/** Draws the line where the values of a plot are 0. */
export function drawBaseline(
  group: GroupSelection,
  left: number,
  right: number,
  y: number
): void {
  group
    .append('line')
    .attr('class', 'jp-Eelscape-baseline')
    .attr('x1', left)
    .attr('x2', right)
    .attr('y1', y)
    .attr('y2', y);
}

/** @param grid - 1 where grid lines run to the right from the ticks, else 0. */
function drawVertical(
  group: GroupSelection,
  options: IAxisOptions,
  axis: Axis<number>,
  grid: 0 | 1
): GroupSelection {
  axis.tickSize(4).tickSizeOuter(0).tickPadding(4);
  applyTicks(axis, options);
  const node = group
    .append('g')
    .attr('class', 'jp-Eelscape-axis')
    .attr('transform', `translate(${options.at}, 0)`)
    .call(axis) as unknown as GroupSelection;
  finish(node, options, grid, 0);
  return node;
}

function applyTicks(
  axis: {
    ticks(count: number): unknown;
    tickValues(values: number[]): unknown;
    tickFormat(format: (value: number) => string): unknown;
  },
  options: IAxisOptions
): void {
  if (options.values) {
    axis.tickValues([...options.values]);
  } else {
    axis.ticks(options.ticks ?? 5);
  }
  if (options.format) {
    axis.tickFormat(options.format);
  } else {
    const format = ownFormat(options);
    // Thousands apart by a thin space, as in all words of the panel.
    axis.tickFormat(value => format(value).replace(/,/g, '\u202f'));
  }
}

/** The format that d3 takes for the ticks. */
function ownFormat(options: IAxisOptions): (value: number) => string {
  const { tickFormat } = options.scale as {
    tickFormat?(count?: number): (value: number) => string;
  };
  const count = options.values ? undefined : (options.ticks ?? 5);
  return tickFormat ? tickFormat(count) : String;
}

function finish(
  node: GroupSelection,
  options: IAxisOptions,
  dx: number,
  dy: number
): void {
  node
    .attr('fill', null)
    .attr('font-family', null)
    .attr('font-size', null)
    .attr('text-anchor', node.attr('text-anchor'));
  if (options.line === false) {
    node.select('.domain').remove();
  }
  if (options.gridLength) {
    node
      .selectAll('.tick')
      .insert('line', ':first-child')
      .attr('class', 'jp-Eelscape-gridline')
      .attr('x2', dx * options.gridLength)
      .attr('y2', dy * options.gridLength);
  }
}

function rotatedTitle(
  node: GroupSelection,
  options: IAxisOptions,
  x: number,
  angle: number
): void {
  const [start, end] = options.scale.range() as number[];
  const middle = (start + end) / 2;
  node
    .append('text')
    .attr('class', 'jp-Eelscape-axisTitle')
    .attr('transform', `translate(${x}, ${middle}) rotate(${angle})`)
    .attr('text-anchor', 'middle')
    .attr('dy', '0.35em')
    .text(options.title!);
}
