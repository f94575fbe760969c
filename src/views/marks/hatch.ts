import type { SvgSelection } from './surface';

let count = 0;

/** Adds a pattern of diagonal lines and returns the value for `fill`; `className` colours the lines. */
export function addHatch(svg: SvgSelection, className: string): string {
  const id = `jp-Eelscape-hatch-${++count}`;
  const pattern = svg
    .append('defs')
    .append('pattern')
    .attr('id', id)
    .attr('patternUnits', 'userSpaceOnUse')
    .attr('width', 6)
    .attr('height', 6)
    .attr('patternTransform', 'rotate(45)');
  pattern
    .append('line')
    .attr('class', className)
    .attr('x1', 0.5)
    .attr('x2', 0.5)
    .attr('y1', 0)
    .attr('y2', 6);
  return `url(#${id})`;
}
