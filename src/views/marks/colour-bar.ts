import { scaleLinear } from 'd3-scale';
import { drawRightAxis } from './axes';
import { type ColourName, colourTable } from './colour-table';
import { figureMode } from './figure-mode';
import type { GroupSelection } from './surface';

export interface IColourBar {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly colours: ColourName;
  readonly low: number;
  readonly high: number;
  readonly title?: string;
  readonly titleGap?: number;
  readonly format?: (value: number) => string;
}

/** Paints the bar on the canvas and its ticks, title and frame into an empty group. */
export function drawColourBar(
  context: CanvasRenderingContext2D | null,
  group: GroupSelection,
  bar: IColourBar
): void {
  if (!figureMode().colourBars) {
    return;
  }
  const table = colourTable(bar.colours);
  const rows = Math.max(1, Math.round(bar.height));
  for (let row = 0; row < rows && context; row++) {
    const i = 3 * Math.round(255 * (1 - row / Math.max(1, rows - 1)));
    context.fillStyle = `rgb(${table[i]}, ${table[i + 1]}, ${table[i + 2]})`;
    // A little of the next row too: rows that end between two pixels of a print would leave gaps.
    context.fillRect(
      bar.left,
      bar.top + row,
      bar.width,
      Math.min(1.5, rows - row)
    );
  }
  group
    .append('rect')
    .attr('class', 'jp-Eelscape-frame')
    .attr('x', bar.left + 0.5)
    .attr('y', bar.top + 0.5)
    .attr('width', bar.width - 1)
    .attr('height', bar.height - 1);
  drawRightAxis(group, {
    scale: scaleLinear()
      .domain([bar.low, bar.high])
      .range([bar.top + bar.height, bar.top]),
    at: bar.left + bar.width,
    ticks: Math.max(2, Math.round(bar.height / 60)),
    format: bar.format,
    title: bar.title,
    titleGap: bar.titleGap,
    line: false
  });
}

/** CSS gradient of a table, for a small horizontal bar in a header. */
export function colourGradient(name: ColourName): string {
  const table = colourTable(name);
  const stops: string[] = [];
  for (let i = 0; i <= 8; i++) {
    const c = 3 * Math.min(255, i * 32);
    stops.push(`rgb(${table[c]}, ${table[c + 1]}, ${table[c + 2]})`);
  }
  return `linear-gradient(to right, ${stops.join(', ')})`;
}
