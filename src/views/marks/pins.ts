import type { GroupSelection } from './surface';

/** Draws the letter of a pinned location in a disc around a place, px. */
export function drawPin(
  group: GroupSelection,
  letter: string,
  [x, y]: readonly [number, number]
): void {
  group
    .append('circle')
    .attr('class', 'jp-Eelscape-pin')
    .attr('cx', x)
    .attr('cy', y)
    .attr('r', 7.5);
  group
    .append('text')
    .attr('class', 'jp-Eelscape-pinText')
    .attr('x', x)
    .attr('y', y)
    .attr('dy', '0.33em')
    .attr('text-anchor', 'middle')
    .text(letter);
}
