import { figureMode } from './figure-mode';
import type { GroupSelection } from './surface';

/** What a colour of a picture without a scale stands for. */
export interface ICategory {
  readonly name: string;
  readonly colour: string;
}

export interface ICategoryBar {
  readonly left: number;
  readonly top: number;
  readonly height: number;
  readonly categories: readonly ICategory[];
  readonly title?: string;
}

/** Largest height of an entry, px. */
const ROW = 18;
const BOX = 11;

/** Lists the colours with their names at the right of a picture, in the place of a colour bar. */
export function drawCategoryBar(
  group: GroupSelection,
  bar: ICategoryBar
): void {
  if (!figureMode().colourBars) {
    return;
  }
  const lines = bar.categories.length + (bar.title ? 1 : 0);
  const row = Math.min(ROW, bar.height / Math.max(1, lines));
  let y = bar.top;
  if (bar.title) {
    group
      .append('text')
      .attr('class', 'jp-Eelscape-axisTitle')
      .attr('x', bar.left)
      .attr('y', y + 9)
      .text(bar.title);
    y += row;
  }
  const side = Math.min(BOX, row - 2);
  for (const { name, colour } of bar.categories) {
    group
      .append('rect')
      .attr('class', 'jp-Eelscape-category')
      .attr('x', bar.left)
      .attr('y', y)
      .attr('width', side)
      .attr('height', side)
      .attr('fill', colour);
    group
      .append('text')
      .attr('class', 'jp-Eelscape-label')
      .attr('x', bar.left + side + 4)
      .attr('y', y + side / 2)
      .attr('dy', '0.35em')
      .text(name);
    y += row;
  }
}
