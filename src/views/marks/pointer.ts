import type { GroupSelection } from './surface';

/** Draws a path twice: a dark halo, then the pointer's colour. */
export function drawHaloed(
  group: GroupSelection,
  path: string,
  className = 'jp-Eelscape-pointer'
): void {
  group
    .append('path')
    .attr('class', `${className} jp-mod-halo`)
    .attr('d', path);
  group.append('path').attr('class', className).attr('d', path);
}

/** Path of a cross with an open middle, around (x, y). */
export function crossPath(
  x: number,
  y: number,
  arm: number,
  gap: number
): string {
  return (
    `M${x - arm},${y}H${x - gap}M${x + gap},${y}H${x + arm}` +
    `M${x},${y - arm}V${y - gap}M${x},${y + gap}V${y + arm}`
  );
}

/** Path of a rectangle. */
export function boxPath(
  left: number,
  top: number,
  right: number,
  bottom: number
): string {
  return `M${left},${top}H${right}V${bottom}H${left}Z`;
}

/** Path of a circle. */
export function ringPath(x: number, y: number, radius: number): string {
  return (
    `M${x - radius},${y}a${radius},${radius} 0 1 0 ${2 * radius},0` +
    `a${radius},${radius} 0 1 0 ${-2 * radius},0`
  );
}
