/** Histogram of the errors by part, and mean ± standard deviation of every model on the same axis. */
import { scaleLinear, type ScaleLinear } from 'd3-scale';
import {
  type ByPart,
  type IPartHistogram,
  type ISpread,
  type PartName,
  PARTS
} from '../../analysis/error-histogram';
import { drawBottomAxis, drawLeftAxis } from '../marks/axes';
import { sharesOf, stepPath } from '../marks/steps';
import type { GroupSelection, Surface } from '../marks/surface';
import { significant } from '../wording';

export interface ISpreadRow {
  readonly label: string;
  /** Index of the model's look. */
  readonly style: number;
  readonly spreads: ByPart<ISpread>;
  /** "9.9 ± 2.1 %", by part. */
  readonly texts: Readonly<Record<'train' | 'test', string>>;
}

export interface IErrorsPicture {
  readonly width: number;
  readonly height: number;
  readonly histogram: IPartHistogram;
  /** Counts of the selected windows by bin. */
  readonly selected: {
    readonly counts: Int32Array;
    readonly total: number;
  } | null;
  readonly rows: readonly ISpreadRow[];
  /** Errors above it belong to the worst regions. */
  readonly threshold: number;
  /** What the errors are multiplied with on the axis. */
  readonly factor: number;
  readonly names: Readonly<
    Record<
      | PartName
      | 'selected'
      | 'windows'
      | 'above'
      | 'threshold'
      | 'errors'
      | 'spread',
      string
    >
  >;
}

/** Where the plot stands, px, and its scale from errors to x. */
export interface IErrorsFrame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  /** Bottom of the histogram. */
  readonly middle: number;
  /** Bottom of the rows. */
  readonly bottom: number;
  readonly x: ScaleLinear<number, number>;
}

/** Height of the mean of one part, px. */
const ROW = 15;
const LEFT = 46;
const RIGHT = 116;
const SWATCH = 12;
const BELOW = 36;
const HISTOGRAM = 92;

/** How many models find room below the histogram. */
export function roomForRows(height: number): number {
  return Math.max(1, Math.floor((height - HISTOGRAM - BELOW - 14) / (2 * ROW)));
}

/** Draws into the groups "axes", "histogram" and "rows" of a cleared surface. */
export function drawErrors(
  surface: Surface,
  picture: IErrorsPicture
): IErrorsFrame {
  const { histogram, rows } = picture;
  const bottom = picture.height - BELOW;
  const middle = bottom - 2 * ROW * rows.length - 8;
  const high = histogram.edges[histogram.edges.length - 1];
  const x = scaleLinear()
    .domain([0, high])
    .range([LEFT, picture.width - RIGHT]);
  const frame = {
    left: LEFT,
    right: picture.width - RIGHT,
    top: 8,
    middle,
    bottom,
    x
  };
  const shares = PARTS.map(part =>
    sharesOf(histogram.counts[part], histogram.totals[part])
  );
  const selected = picture.selected
    ? sharesOf(picture.selected.counts, picture.selected.total)
    : null;
  const most = Math.max(
    0.01,
    ...shares.flatMap(values => [...values]),
    ...(selected ?? [])
  );
  const y = scaleLinear()
    .domain([0, 100 * most])
    .range([middle, frame.top + 4]);
  drawAxes(surface.group('axes'), picture, frame, y);
  const group = surface.group('histogram');
  if (selected) {
    group
      .append('path')
      .attr('class', 'jp-Eelscape-selectedBars')
      .attr(
        'd',
        `${stepPath(selected, histogram.edges, x, y)}V${y(0)}H${x(0)}Z`
      );
  }
  PARTS.forEach((part, i) => {
    if (histogram.counts[part].some(count => count > 0)) {
      group
        .append('path')
        .attr('class', `jp-Eelscape-partLine jp-mod-${part}`)
        .attr('d', stepPath(shares[i], histogram.edges, x, y));
    }
  });
  drawThreshold(group, picture, frame);
  drawKey(group, picture, frame);
  drawRows(surface.group('rows'), picture, frame);
  return frame;
}

function drawAxes(
  group: GroupSelection,
  { factor, names }: IErrorsPicture,
  frame: IErrorsFrame,
  y: ScaleLinear<number, number>
): void {
  const { left, right, top, middle, bottom, x } = frame;
  drawLeftAxis(group, {
    scale: y,
    at: left,
    ticks: Math.min(8, Math.max(2, Math.round((middle - top) / 36))),
    title: names.windows,
    titleGap: 36,
    line: false,
    gridLength: right - left
  });
  const [low, high] = x.domain();
  drawBottomAxis(group, {
    scale: scaleLinear()
      .domain([factor * low, factor * high])
      .range([left, right]),
    at: bottom,
    ticks: Math.min(10, Math.max(2, Math.round((right - left) / 56))),
    format: value => significant(value, 4),
    title: names.errors,
    titleGap: 31
  });
  group
    .append('line')
    .attr('class', 'jp-Eelscape-baseline')
    .attr('x1', left)
    .attr('x2', right)
    .attr('y1', middle)
    .attr('y2', middle);
}

function drawThreshold(
  group: GroupSelection,
  { threshold, names }: IErrorsPicture,
  { x, top, middle, right }: IErrorsFrame
): void {
  const at = x(threshold);
  if (!Number.isFinite(at) || at > right) {
    return;
  }
  group
    .append('line')
    .attr('class', 'jp-Eelscape-now')
    .attr('x1', at)
    .attr('x2', at)
    .attr('y1', top)
    .attr('y2', middle);
  const before = at > right - 80;
  group
    .append('text')
    .attr('class', 'jp-Eelscape-label jp-mod-over')
    .attr('x', before ? at - 4 : at + 4)
    .attr('y', top + 10)
    .attr('text-anchor', before ? 'end' : 'start')
    .text(names.threshold);
}

/** Names of the lines with the numbers of windows, at the right of the histogram. */
function drawKey(
  group: GroupSelection,
  { histogram, selected, names }: IErrorsPicture,
  { right, top }: IErrorsFrame
): void {
  const left = right + 14;
  const sum = (counts: Int32Array): number => counts.reduce((a, b) => a + b, 0);
  const parts = PARTS.filter(part => sum(histogram.counts[part]) > 0);
  parts.forEach((part, i) => {
    group
      .append('path')
      .attr('class', `jp-Eelscape-partLine jp-mod-${part}`)
      .attr('d', `M${left},${top + 8 + 16 * i}h${SWATCH}`);
    keyText(group, names[part], left, top + 8 + 16 * i);
  });
  if (selected) {
    const y = top + 8 + 16 * parts.length;
    group
      .append('rect')
      .attr('class', 'jp-Eelscape-selectedBars')
      .attr('x', left)
      .attr('y', y - 5)
      .attr('width', SWATCH)
      .attr('height', 10);
    keyText(group, names.selected, left, y);
  }
  if (histogram.above > 0) {
    const y = top + 8 + 16 * (parts.length + (selected ? 1 : 0));
    keyText(group, names.above, left - SWATCH - 5, y);
  }
}

function keyText(
  group: GroupSelection,
  text: string,
  left: number,
  y: number
): void {
  group
    .append('text')
    .attr('class', 'jp-Eelscape-label')
    .attr('x', left + SWATCH + 5)
    .attr('y', y)
    .attr('dy', '0.35em')
    .text(text);
}

/** A dot at the mean and a whisker of one standard deviation to both sides, for train and test. */
function drawRows(
  group: GroupSelection,
  { rows, names }: IErrorsPicture,
  { left, right, middle, x }: IErrorsFrame
): void {
  const [low, high] = x.domain();
  const held = (value: number): number =>
    x(Math.max(low, Math.min(high, value)));
  rows.forEach((row, i) => {
    const top = middle + 8 + 2 * ROW * i;
    group
      .append('text')
      .attr('class', 'jp-Eelscape-mean')
      .attr('x', left - 6)
      .attr('y', top + ROW)
      .attr('dy', '0.35em')
      .attr('text-anchor', 'end')
      .style('fill', `var(--eelscape-model-text-${row.style + 1})`)
      .text(row.label)
      .append('title')
      .text(names.spread);
    (['train', 'test'] as const).forEach((part, k) => {
      const { mean, sd } = row.spreads[part];
      const y = top + ROW * (k + 0.5);
      if (!Number.isFinite(mean)) {
        return;
      }
      const spread = Number.isFinite(sd) ? sd : 0;
      group
        .append('path')
        .attr('class', `jp-Eelscape-partLine jp-mod-whisker jp-mod-${part}`)
        .attr(
          'd',
          `M${held(mean - spread)},${y}H${held(mean + spread)}` +
            `M${held(mean - spread)},${y - 3}v6M${held(mean + spread)},${y - 3}v6`
        );
      // Train is a disc and test an open square, so that colour is not needed.
      if (part === 'train') {
        group
          .append('circle')
          .attr('class', 'jp-Eelscape-partDot jp-mod-train')
          .attr('cx', held(mean))
          .attr('cy', y)
          .attr('r', 3.5);
      } else {
        group
          .append('rect')
          .attr('class', 'jp-Eelscape-partDot jp-mod-test')
          .attr('x', held(mean) - 3)
          .attr('y', y - 3)
          .attr('width', 6)
          .attr('height', 6);
      }
      group
        .append('text')
        .attr('class', `jp-Eelscape-partText jp-mod-${part}`)
        .attr('x', right + 14)
        .attr('y', y)
        .attr('dy', '0.35em')
        .text(row.texts[part]);
    });
  });
}
