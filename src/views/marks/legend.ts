import type { GroupSelection } from './surface';

/** A line of a plot with its name. */
export interface ILegendEntry {
  readonly text: string;
  readonly colour: string;
  readonly dash: string | null;
  readonly width: number;
}

/** Width that the entries take, px: letters of 12 px are about 7.6 px wide in the widest of the usual fonts. */
export function legendWidth(entries: readonly ILegendEntry[]): number {
  const longest = Math.max(0, ...entries.map(entry => entry.text.length));
  return longest ? 24 + 7.6 * longest : 0;
}

/** Draws the entries one below the other from a left and top place, px. */
export function drawLegend(
  group: GroupSelection,
  entries: readonly ILegendEntry[],
  left: number,
  top: number
): void {
  entries.forEach((entry, i) => {
    const y = top + 8 + 16 * i;
    group
      .append('line')
      .attr('x1', left)
      .attr('x2', left + 18)
      .attr('y1', y)
      .attr('y2', y)
      .attr('stroke', entry.colour)
      .attr('stroke-width', entry.width)
      .attr('stroke-dasharray', entry.dash);
    group
      .append('text')
      .attr('class', 'jp-Eelscape-legendText')
      .attr('x', left + 24)
      .attr('y', y)
      .attr('dy', '0.35em')
      .text(entry.text);
  });
}
