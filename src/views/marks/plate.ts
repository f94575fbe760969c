import type { GroupSelection } from './surface';

/** Lines of text at the bottom right of a picture, on a dark plate. */
export function drawPlate(
  group: GroupSelection,
  {
    left,
    top,
    width,
    height
  }: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  },
  lines: readonly string[]
): void {
  // Letters of 11 px are about 6.2 px wide.
  const longest = Math.max(...lines.map(line => line.length));
  const across = Math.min(width - 8, 6.2 * longest + 12);
  const down = 14 * lines.length + 6;
  const x = left + width - 4 - across;
  const y = top + height - 4 - down;
  group
    .append('rect')
    .attr('class', 'jp-Eelscape-plate')
    .attr('x', x)
    .attr('y', y)
    .attr('width', across)
    .attr('height', down);
  lines.forEach((line, i) =>
    group
      .append('text')
      .attr('class', 'jp-Eelscape-plateText')
      .attr('x', x + 6)
      .attr('y', y + 14 * (i + 1))
      .text(line)
  );
}
