import type { GroupSelection } from './marks/surface';
import type { ISignalContent } from './signal-content';
import type { ISignalCurve } from './signal-curves';
import type { ISignalPlace } from './signal-drawing';
import { fixed } from './wording';

/** Draws the energy under the mouse: a line, and a dot on each curve. */
export function drawCursor(
  group: GroupSelection,
  { frame, x, y, bottom }: ISignalPlace,
  curves: readonly ISignalCurve[],
  at: number
): void {
  group
    .append('line')
    .attr('class', 'jp-Eelscape-energyCursor')
    .attr('x1', x(at))
    .attr('x2', x(at))
    .attr('y1', frame.top)
    .attr('y2', frame.bottom);
  for (const { values, energy, colour } of curves) {
    const height = y(values[energy.channelAt(at)]);
    if (height >= frame.top - 4 && height <= bottom + 2) {
      group
        .append('circle')
        .attr('class', 'jp-Eelscape-energyDot')
        .attr('cx', x(at))
        .attr('cy', height)
        .attr('r', 2.5)
        .attr('fill', colour);
    }
  }
}

/** Curves that the tooltip lists at most. */
const MOST = 10;

/** What the tooltip says at a place of the energy axis: each curve's value, and what it leaves over. */
export function cursorLines(
  content: ISignalContent,
  at: number,
  units: string
): string[] {
  const { energy, curves, residuals, drafting } = content;
  const named = drafting || curves.length > 1;
  const text = ({ values, energy: own }: ISignalCurve): string =>
    fixed(values[own.channelAt(at)], 2);
  return [
    `${energy.label(at)} ${energy.units}`.trim(),
    ...curves.slice(0, MOST).map(curve => {
      const residual = residuals.find(other => other.text === curve.text);
      const left =
        residual && !drafting && residual !== curve
          ? ` (${signed(text(residual))})`
          : '';
      const value = `${text(curve)} ${units}`.trim() + left;
      return named ? `${curve.text}: ${value}` : value;
    })
  ];
}

function signed(text: string): string {
  return /^[\d]/.test(text) && Number(text) !== 0 ? `+${text}` : text;
}
