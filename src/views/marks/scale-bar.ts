import { figureMode } from './figure-mode';
import type { GroupSelection } from './surface';

export interface IScaleBar {
  /** Length in units of the axis. */
  readonly length: number;
  readonly label: string;
}

/** A round length (1, 2, 4 or 5 times a power of ten) of at most `share` of the picture's width. */
export function chooseScaleBar(
  fullLength: number,
  units: string,
  share = 0.3
): IScaleBar | null {
  const longest = Math.abs(fullLength) * share;
  if (!Number.isFinite(longest) || longest <= 0 || !units) {
    return null;
  }
  const decade = Math.pow(10, Math.floor(Math.log10(longest)));
  const factor = [5, 4, 2, 1].find(step => step * decade <= longest) ?? 1;
  const length = factor * decade;
  return { length, label: `${Number(length.toPrecision(3))} ${units}` };
}

/** Draws the bar with its length at the bottom left of a picture, on a dark plate. */
export function drawScaleBar(
  group: GroupSelection,
  bar: IScaleBar,
  left: number,
  bottom: number,
  pixelsPerUnit: number
): void {
  if (!figureMode().scaleBars) {
    return;
  }
  const width = bar.length * pixelsPerUnit;
  const plate = Math.max(width + 16, 8 * bar.label.length);
  group
    .append('rect')
    .attr('class', 'jp-Eelscape-plate')
    .attr('x', left + 4)
    .attr('y', bottom - 30)
    .attr('width', plate)
    .attr('height', 26);
  group
    .append('text')
    .attr('class', 'jp-Eelscape-scaleText')
    .attr('x', left + 4 + plate / 2)
    .attr('y', bottom - 17)
    .attr('text-anchor', 'middle')
    .text(bar.label);
  group
    .append('rect')
    .attr('class', 'jp-Eelscape-scaleBar')
    .attr('x', left + 4 + (plate - width) / 2)
    .attr('y', bottom - 11)
    .attr('width', width)
    .attr('height', 3);
}
