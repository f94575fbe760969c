import {
  type ISpectraSpread,
  spectrumAround
} from '../analysis/spectra-spread';
import type { IEnergyScale } from './energy-scale';
import type { IPalette } from './marks/palette';
import {
  type ISignalCurve,
  modelCurve,
  predictionAround
} from './signal-curves';
import type { IViewContext } from './view';

/** The spectra of the second pointer: measured first, then predicted; empty without a second pointer. */
export function secondCurves(
  context: IViewContext,
  energy: IEnergyScale,
  palette: IPalette,
  predictions: boolean
): ISignalCurve[] {
  const { shown, workspace, trans } = context;
  const { secondPointer, pointerSize } = workspace.navigation;
  const { pair } = shown;
  if (!secondPointer || !pair) {
    return [];
  }
  const [row, column] = secondPointer;
  const measured: ISignalCurve = {
    text: shown.excludedAt(row, column)
      ? trans.__('measured at 2 (excluded)')
      : trans.__('measured at 2'),
    label: trans.__('2'),
    values: spectrumAround(pair, row, column, pointerSize),
    energy,
    className: 'jp-Eelscape-measured jp-mod-second',
    colour: palette.second,
    dash: '3 2',
    width: 1,
    band: null,
    limits: !shown.excludedAt(row, column)
  };
  const models =
    predictions && shown.kind === 'im2spec'
      ? shown.models.flatMap(model => {
          const values = predictionAround(context, model, secondPointer);
          return values
            ? [
                {
                  ...modelCurve(context, model, values, energy, palette),
                  text: trans.__('%1 at 2', shown.labelOf(model)),
                  className: 'jp-Eelscape-curve jp-mod-second',
                  width: 1
                }
              ]
            : [];
        })
      : [];
  return pair.absent ? models : [measured, ...models];
}

/** Mean of the selected windows' spectra with a band of one standard deviation. */
export function selectionCurve(
  { shown, trans }: IViewContext,
  spread: ISpectraSpread | null,
  energy: IEnergyScale,
  palette: IPalette
): ISignalCurve | null {
  if (spread?.mean.length !== shown.pair?.channels) {
    return null;
  }
  const { pixels, mean, deviation } = spread!;
  return {
    text: deviation
      ? trans.__('selection of %1, mean \u00b1 sd', pixels)
      : trans.__('selection of %1', pixels),
    label: trans.__('selection'),
    values: mean,
    energy,
    className: 'jp-Eelscape-curve',
    colour: palette.text,
    dash: '7 3',
    width: 1.75,
    band: deviation,
    limits: true
  };
}
