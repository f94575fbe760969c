import type { GroupSelection } from './surface';

/** Where a plot stands within its view, px. */
export interface IPlotFrame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Draws a range between two places as a band with an edge and a handle at either end. */
export function drawRangeBand(
  group: GroupSelection,
  frame: IPlotFrame,
  left: number,
  right: number
): void {
  group
    .append('rect')
    .attr('class', 'jp-Eelscape-band')
    .attr('x', left)
    .attr('y', frame.top)
    .attr('width', Math.max(1, right - left))
    .attr('height', frame.bottom - frame.top);
  for (const x of [left, right]) {
    group
      .append('line')
      .attr('class', 'jp-Eelscape-bandEdge')
      .attr('x1', x)
      .attr('x2', x)
      .attr('y1', frame.top)
      .attr('y2', frame.bottom);
    group
      .append('rect')
      .attr('class', 'jp-Eelscape-bandHandle')
      .attr('x', x - 2.5)
      .attr('y', frame.top + (frame.bottom - frame.top) * 0.4)
      .attr('width', 5)
      .attr('height', 16)
      .attr('rx', 1);
  }
}

/** Writes the name and the values of a range beside its band, where there is room. */
export function drawRangeWords(
  group: GroupSelection,
  frame: IPlotFrame,
  left: number,
  right: number,
  name: string,
  values: string
): void {
  // Bold 11 px letters are about 6.5 px wide in the widest of the usual fonts.
  const room = 8 + 6.5 * Math.max(name.length, values.length);
  const after = left - frame.left < room && frame.right - right > room;
  const at = after ? right + 6 : Math.max(left - 6, frame.left + room);
  const anchor = after ? 'start' : 'end';
  group
    .append('text')
    .attr('class', 'jp-Eelscape-bandName')
    .attr('x', at)
    .attr('y', frame.top + 11)
    .attr('text-anchor', anchor)
    .text(name);
  group
    .append('text')
    .attr('class', 'jp-Eelscape-label')
    .attr('x', at)
    .attr('y', frame.top + 25)
    .attr('text-anchor', anchor)
    .text(values);
}
