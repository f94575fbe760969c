import type { IRegionShape } from '../../signal/types';
import { boxPath } from './pointer';
import type { GroupSelection } from './surface';

type Points = IRegionShape['points'];

/** How a region's outline looks. */
export interface IOutlineStyle {
  readonly colour: string;
  readonly dash: string | null;
  readonly chosen: boolean;
}

/** Path of a region's outline; `open` leaves a polygon unclosed, while it is being drawn. */
export function outlinePath(
  kind: IRegionShape['kind'],
  points: Points,
  toX: (x: number) => number,
  toY: (y: number) => number,
  open = false
): string {
  if (kind === 'polygon') {
    const places = points.map(([x, y]) => `${toX(x)},${toY(y)}`);
    return places.length ? `M${places.join('L')}${open ? '' : 'Z'}` : '';
  }
  const [[x0, y0], [x1, y1]] = points;
  const left = toX(Math.min(x0, x1));
  const right = toX(Math.max(x0, x1));
  const top = toY(Math.min(y0, y1));
  const bottom = toY(Math.max(y0, y1));
  if (kind === 'rectangle') {
    return boxPath(left, top, right, bottom);
  }
  const a = (right - left) / 2;
  const b = (bottom - top) / 2;
  const y = (top + bottom) / 2;
  return (
    `M${left},${y}a${a},${b} 0 1 0 ${2 * a},0` + `a${a},${b} 0 1 0 ${-2 * a},0Z`
  );
}

/** Draws an outline twice: a dark halo, then the colour of the region. */
export function drawOutline(
  group: GroupSelection,
  path: string,
  style: IOutlineStyle
): void {
  const chosen = style.chosen ? ' jp-mod-chosen' : '';
  group
    .append('path')
    .attr('class', `jp-Eelscape-outline jp-mod-halo${chosen}`)
    .attr('d', path);
  group
    .append('path')
    .attr('class', `jp-Eelscape-outline${chosen}`)
    .attr('stroke', style.colour)
    .attr('stroke-dasharray', style.dash)
    .attr('d', path);
}

/** Writes a region's name over a picture. */
export function drawOutlineName(
  group: GroupSelection,
  name: string,
  x: number,
  y: number,
  colour: string
): void {
  group
    .append('text')
    .attr('class', 'jp-Eelscape-outlineName')
    .attr('fill', colour)
    .attr('x', x)
    .attr('y', y)
    .text(name);
}

/** Draws the places where an outline can be pulled. */
export function drawHandles(
  group: GroupSelection,
  places: readonly (readonly [number, number])[],
  colour: string
): void {
  for (const [x, y] of places) {
    group
      .append('rect')
      .attr('class', 'jp-Eelscape-handle')
      .attr('stroke', colour)
      .attr('x', x - 3.5)
      .attr('y', y - 3.5)
      .attr('width', 7)
      .attr('height', 7);
  }
}
