import { scaleLinear, type ScaleLinear } from 'd3-scale';
import { gridStep } from '../analysis/latent-space';
import type { IGrid } from '../model/types';
import { SQUARE } from './layout';
import { drawBottomAxis, drawLeftAxis } from './marks/axes';
import type { GroupSelection } from './marks/surface';
import type { ITileFrame } from './marks/tiles';
import { latentName } from './wording';

/** The square that Latent, Decoded grid and Back-projection share, with its two scales; Latent alone is as wide as its view. */
export interface ILatentFrame extends ITileFrame {
  /** Height, px. */
  readonly side: number;
  /** Width, px. */
  readonly across: number;
  readonly x: ScaleLinear<number, number>;
  readonly y: ScaleLinear<number, number>;
}

/**
 * The square of a grid with tiles of `tile` px; a node stands in the middle of its tile.
 * @param width - of a frame that is wider, px.
 */
export function latentFrame(
  grid: IGrid,
  tile: number,
  width = 0
): ILatentFrame {
  const side = tile * grid.size;
  const across = Math.max(side, width);
  const scale = (
    axis: number,
    from: number,
    to: number
  ): ScaleLinear<number, number> => {
    const { min, max } = grid.ranges[axis];
    const step = gridStep(grid.ranges[axis], grid.size) || 1;
    return scaleLinear()
      .domain([min - step / 2, max + step / 2])
      .range([from, to]);
  };
  return {
    left: SQUARE.left,
    top: SQUARE.top,
    size: grid.size,
    tile,
    side,
    across,
    x: scale(grid.axes[0], SQUARE.left, SQUARE.left + across),
    y: scale(grid.axes[1], SQUARE.top + side, SQUARE.top)
  };
}

/** Draws light lines at the ticks on the canvas, below what is drawn next. */
export function drawLatentGridLines(
  context: CanvasRenderingContext2D,
  frame: ILatentFrame,
  colour: string
): void {
  const { left, top, side, across } = frame;
  const count = (length: number): number =>
    Math.max(4, Math.round(length / 35));
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (const value of frame.x.ticks(count(across))) {
    const x = Math.round(frame.x(value)) + 0.5;
    context.moveTo(x, top);
    context.lineTo(x, top + side);
  }
  for (const value of frame.y.ticks(count(side))) {
    const y = Math.round(frame.y(value)) + 0.5;
    context.moveTo(left, y);
    context.lineTo(left + across, y);
  }
  context.stroke();
}

/** Draws the frame, the ticks and the two axis names. */
export function drawLatentAxes(
  group: GroupSelection,
  frame: ILatentFrame,
  grid: IGrid
): void {
  const { left, top, side, across } = frame;
  group
    .append('rect')
    .attr('class', 'jp-Eelscape-frame')
    .attr('x', left - 0.5)
    .attr('y', top - 0.5)
    .attr('width', across)
    .attr('height', side);
  drawBottomAxis(group, {
    scale: frame.x,
    at: top + side,
    ticks: Math.max(2, Math.round(across / 70)),
    line: false
  });
  drawLeftAxis(group, {
    scale: frame.y,
    at: left,
    ticks: Math.max(2, Math.round(side / 70)),
    line: false
  });
  group
    .append('text')
    .attr('class', 'jp-Eelscape-latentName')
    .attr('x', left + 4)
    .attr('y', top + side + 30)
    .text(latentName(grid.axes[0]));
  group
    .append('text')
    .attr('class', 'jp-Eelscape-latentName')
    .attr('x', 4)
    .attr('y', besideTicks(frame))
    .attr('dy', '0.35em')
    .text(latentName(grid.axes[1]));
}

/** Place of the name of the vertical axis: in the middle, or between ticks where their numbers are wide. */
function besideTicks({ top, side, y }: ILatentFrame): number {
  const count = Math.max(2, Math.round(side / 70));
  const middle = top + side / 2;
  const format = y.tickFormat(count);
  const ticks = y.ticks(count);
  const near = ticks.filter(
    value => format(value).length > 1 && Math.abs(y(value) - middle) < 14
  );
  const step = ticks.length > 1 ? Math.abs(y(ticks[1]) - y(ticks[0])) : 40;
  return near.length ? y(near[0]) - step / 2 : middle;
}

/** Draws a note at the lower right. */
export function drawLatentNote(
  group: GroupSelection,
  { left, top, side, across }: ILatentFrame,
  note: string
): void {
  group
    .append('text')
    .attr('class', 'jp-Eelscape-label')
    .attr('x', left + across)
    .attr('y', top + side + 30)
    .attr('text-anchor', 'end')
    .text(note);
}
