/** The low plot of residuals below the spectra. */
import { scaleLinear } from 'd3-scale';
import { drawBaseline, keepLeftAxis } from './marks/axes';
import { extentOf, niceBelow } from './marks/limits';
import type { IPlotFrame } from './marks/range-band';
import type { Surface } from './marks/surface';
import type { ISignalContent } from './signal-content';
import type { IViewContext } from './view';
import { significant } from './wording';

export interface IResidualTicks {
  /** The largest residual without its sign. */
  readonly most: number;
  readonly values: readonly number[];
}

/** Round numbers on either side of 0. */
export function residualTicks({ residuals }: ISignalContent): IResidualTicks {
  const [low, high] = extentOf(residuals.map(curve => curve.values));
  const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const tick = niceBelow(most * 0.75);
  return { most, values: [-tick, 0, tick] };
}

/** "+50", "\u221250". */
export function residualText(value: number): string {
  return (value > 0 ? '+' : '') + significant(value, 3);
}

/** The axis of the residuals, from one height of the frame to the other; their scale. */
export function drawResidualAxis(
  below: Surface,
  context: IViewContext,
  { most, values }: IResidualTicks,
  frame: IPlotFrame,
  titleGap: number
): (value: number) => number {
  const y = scaleLinear()
    .domain([-most, most])
    .range([frame.bottom - 4, frame.top + 4]);
  keepLeftAxis(below, 'residuals', {
    scale: y,
    at: frame.left,
    values,
    title: context.trans.__('Residual'),
    titleGap,
    line: false,
    format: residualText
  });
  drawBaseline(below.group('axes'), frame.left, frame.right, y(0));
  return y;
}
