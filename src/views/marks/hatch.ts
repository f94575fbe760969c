import type { SvgSelection } from './surface';

let count = 0;

export interface IHatchOptions {
  /** Direction of the lines, degrees clockwise from vertical. */
  readonly angle?: number;
  /** Class of a wider line below, so that the hatch shows on bright and on dark. */
  readonly below?: string;
}

/** Adds a pattern of diagonal lines and returns the value for `fill`; `className` colours the lines. */
export function addHatch(
  svg: SvgSelection,
  className: string,
  { angle = 45, below }: IHatchOptions = {}
): string {
  const id = `jp-Eelscape-hatch-${++count}`;
  const pattern = svg
    .append('defs')
    .append('pattern')
    .attr('id', id)
    .attr('patternUnits', 'userSpaceOnUse')
    .attr('width', 6)
    .attr('height', 6)
    .attr('patternTransform', `rotate(${angle})`);
  for (const name of below ? [below, className] : [className]) {
    pattern
      .append('line')
      .attr('class', name)
      .attr('x1', below ? 3 : 0.5)
      .attr('x2', below ? 3 : 0.5)
      .attr('y1', 0)
      .attr('y2', 6);
  }
  return `url(#${id})`;
}

/** The hatch of single pixels that are left out: against the others, on a dark line. */
export function addFlagHatch(svg: SvgSelection, className: string): string {
  return addHatch(svg, className, {
    angle: -45,
    below: 'jp-Eelscape-hatchBelow'
  });
}
