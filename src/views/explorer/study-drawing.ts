/** Curves against the number of latents: error, and Pearson r and MSE between error map and HAADF (Fig. S1b). */
import { scaleLinear, scalePoint, type ScaleLinear } from 'd3-scale';
import type { IStudyPoint } from '../../model/explorer/study-types';
import type { Kind } from '../../signal/types';
import { apart } from '../loss-curves';
import { drawBaseline, drawBottomAxis, drawLeftAxis } from '../marks/axes';
import { curvePath } from '../marks/curve';
import type { GroupSelection, Surface } from '../marks/surface';
import { significant } from '../wording';

/** The curves of one direction. */
export interface IStudyCurve {
  readonly kind: Kind;
  /** The direction shown is drawn heavier. */
  readonly shown: boolean;
  readonly points: readonly IStudyPoint[];
}

/** A size that is marked over all plots: one of the models shown. */
export interface IStudyMark {
  readonly latents: number;
  readonly label: string;
  /** Index of the model's look. */
  readonly style: number;
}

export interface IStudyPicture {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Every size of the study, ascending. */
  readonly sizes: readonly number[];
  readonly curves: readonly IStudyCurve[];
  readonly marks: readonly IStudyMark[];
  /** What errors are multiplied with on the axis. */
  readonly factor: number;
  /** Whether errors of the two directions have different units. */
  readonly apart: boolean;
  /** Whether the three plots stand side by side. */
  readonly across: boolean;
  readonly names: Readonly<
    Record<'errors' | 'r' | 'mse' | 'latents' | 'train' | 'test', string>
  >;
}

/** A point on screen, px. */
export interface IStudyPlace {
  readonly x: number;
  readonly y: number;
  readonly point: IStudyPoint;
}

/** What one plot shows of a point. */
interface ISeries {
  readonly value: (point: IStudyPoint) => number;
  /** Parts of the split are told apart in the plot of the errors alone. */
  readonly part: 'train' | 'test' | null;
}

interface IPlot {
  readonly title: string;
  readonly series: readonly ISeries[];
  /** True where the directions have other units: only the one shown is drawn. */
  readonly alone: boolean;
}

const LEFT = 58;
const RIGHT = 98;
const GAP = 16;
const BELOW = 36;
const ABOVE = 18;

/** Draws into the groups "axes", "marks" and "lines" of a cleared surface; returns the places of the points. */
export function drawStudy(
  surface: Surface,
  picture: IStudyPicture
): IStudyPlace[] {
  const { names, factor, across } = picture;
  const plots: IPlot[] = [
    {
      title: names.errors,
      series: [
        { value: point => factor * point.test.mean, part: 'test' },
        { value: point => factor * point.train.mean, part: 'train' }
      ],
      alone: picture.apart
    },
    {
      title: names.r,
      series: [{ value: point => point.r, part: null }],
      alone: false
    },
    {
      title: names.mse,
      series: [{ value: point => point.mse, part: null }],
      alone: false
    }
  ];
  const count = plots.length;
  const inner = across
    ? (picture.width - 8) / count
    : (picture.height - ABOVE - BELOW - (count - 1) * GAP) / count;
  return plots.flatMap((plot, i) => {
    const left = picture.left + LEFT + (across ? i * inner : 0);
    const top = picture.top + ABOVE + (across ? 0 : i * (inner + GAP));
    const last = across || i === count - 1;
    return drawPlot(surface, picture, plot, {
      left,
      right: across
        ? left + inner - LEFT - RIGHT
        : picture.left + picture.width - RIGHT,
      top,
      bottom: across ? picture.top + picture.height - BELOW : top + inner,
      named: across || i === 0,
      ticked: last
    });
  });
}

interface IPlotFrame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Whether the marks have their names above. */
  readonly named: boolean;
  /** Whether the sizes stand below. */
  readonly ticked: boolean;
}

function drawPlot(
  surface: Surface,
  picture: IStudyPicture,
  plot: IPlot,
  frame: IPlotFrame
): IStudyPlace[] {
  const { sizes, curves, names } = picture;
  const place = scalePoint<number>()
    .domain(sizes)
    .range([frame.left, frame.right])
    .padding(0.3);
  const x = (latents: number): number => place(latents) ?? NaN;
  const y = scaleOf(plot, curves, frame);
  const axes = surface.group('axes');
  drawLeftAxis(axes, {
    scale: y,
    at: frame.left,
    ticks: Math.min(
      6,
      Math.max(2, Math.round((frame.bottom - frame.top) / 34))
    ),
    format: value => significant(value, 4),
    title: plot.title,
    titleGap: 48,
    line: false,
    gridLength: frame.right - frame.left
  });
  drawBaseline(axes, frame.left, frame.right, frame.bottom);
  if (frame.ticked) {
    drawSizes(axes, sizes, x, frame, names.latents);
  }
  drawMarks(surface.group('marks'), picture, x, frame);
  const lines = surface.group('lines');
  const places: IStudyPlace[] = [];
  const ends: { y: number; text: string; className: string }[] = [];
  for (const { kind, shown, points } of curves) {
    if (plot.alone && !shown) {
      continue;
    }
    for (const { value, part } of plot.series) {
      const className = `jp-mod-${kind}${shown ? ' jp-mod-shown' : ''}${part ? ` jp-mod-${part}` : ''}`;
      lines
        .append('path')
        .attr('class', `jp-Eelscape-studyLine ${className}`)
        .attr(
          'd',
          curvePath(
            points.length,
            i => x(points[i].latents),
            i => y(value(points[i]))
          )
        );
      for (const point of points) {
        const at = { x: x(point.latents), y: y(value(point)), point };
        if (Number.isFinite(at.y)) {
          drawPoint(lines, kind, className, at);
          places.push(at);
        }
      }
      const end = points[points.length - 1];
      if (end && Number.isFinite(value(end))) {
        ends.push({
          y: y(value(end)),
          text: part ? `${kind} ${names[part]}` : kind,
          className
        });
      }
    }
  }
  drawEnds(lines, ends, frame);
  return places;
}

/** Limits with room around the points; an axis of errors and of MSE begins at 0. */
function scaleOf(
  plot: IPlot,
  curves: readonly IStudyCurve[],
  { top, bottom }: IPlotFrame
): ScaleLinear<number, number> {
  const values = curves
    .filter(({ shown }) => shown || !plot.alone)
    .flatMap(({ points }) =>
      plot.series.flatMap(({ value }) => points.map(value))
    )
    .filter(Number.isFinite);
  const low = Math.min(0, ...values);
  const high = Math.max(...values, low === 0 ? 0 : low);
  const span = high - low || 1;
  return scaleLinear()
    .domain([low < 0 ? low - 0.08 * span : 0, high + 0.08 * span])
    .range([bottom, top]);
}

function drawSizes(
  group: GroupSelection,
  sizes: readonly number[],
  x: (latents: number) => number,
  { left, right, bottom }: IPlotFrame,
  title: string
): void {
  // Sizes stand at equal distances: the ticks are their places.
  const scale = scaleLinear().domain([left, right]).range([left, right]);
  const names = new Map(sizes.map(size => [x(size), String(size)]));
  drawBottomAxis(group, {
    scale,
    at: bottom,
    values: sizes.map(x),
    format: at => names.get(at) ?? '',
    title,
    titleGap: 30
  });
}

/** Lines over a plot where the models shown stand. */
function drawMarks(
  group: GroupSelection,
  { sizes, marks }: IStudyPicture,
  x: (latents: number) => number,
  { top, bottom, named }: IPlotFrame
): void {
  for (const { latents, label, style } of marks) {
    if (!sizes.includes(latents)) {
      continue;
    }
    group
      .append('line')
      .attr('class', 'jp-Eelscape-studyMark')
      .attr('x1', x(latents))
      .attr('x2', x(latents))
      .attr('y1', top - (named ? 4 : 0))
      .attr('y2', bottom)
      .style('stroke', `var(--eelscape-model-${style + 1})`);
    if (named) {
      group
        .append('text')
        .attr('class', 'jp-Eelscape-mean')
        .attr('x', x(latents))
        .attr('y', top - 7)
        .attr('text-anchor', 'middle')
        .style('fill', `var(--eelscape-model-text-${style + 1})`)
        .text(label);
    }
  }
}

/** im2spec is a disc, spec2im a square; train is open. */
function drawPoint(
  group: GroupSelection,
  kind: Kind,
  className: string,
  { x, y }: IStudyPlace
): void {
  const mark =
    kind === 'im2spec'
      ? group.append('circle').attr('cx', x).attr('cy', y).attr('r', 3.5)
      : group
          .append('rect')
          .attr('x', x - 3)
          .attr('y', y - 3)
          .attr('width', 6)
          .attr('height', 6);
  mark.attr('class', `jp-Eelscape-studyPoint ${className}`);
}

/** Names behind the last points, apart from each other. */
function drawEnds(
  group: GroupSelection,
  ends: { y: number; text: string; className: string }[],
  { right, top, bottom }: IPlotFrame
): void {
  ends.sort((a, b) => a.y - b.y);
  const places = apart(
    ends.map(end => end.y),
    12,
    top + 4,
    bottom - 4
  );
  ends.forEach((end, i) => {
    group
      .append('text')
      .attr('class', `jp-Eelscape-studyName ${end.className}`)
      .attr('x', right + 6)
      .attr('y', places[i])
      .attr('dy', '0.35em')
      .text(end.text);
  });
}
