import type { IStepPreview } from '../model/types';
import { axisValue, energyFactor, isEnergy } from '../signal/axis';
import { draftWindows, type IDraftWindow } from './draft-windows';
import { energyScale, type IEnergyScale } from './energy-scale';
import { MODEL_DASHES, type IPalette } from './marks/palette';
import type { ISignalCurve } from './signal-curves';
import type { IViewContext } from './view';

/** What the signal plot shows of the step that is being prepared. */
export interface ISignalDraft {
  /** The horizontal axis: that of the data before the step. */
  readonly energy: IEnergyScale;
  readonly curves: readonly ISignalCurve[];
  readonly residual: ISignalCurve | null;
  readonly windows: readonly IDraftWindow[];
  /** Highest intensity worth showing on a linear scale; null: that of the curves. */
  readonly high: number | null;
  readonly notes: readonly {
    readonly text: string;
    readonly warning: boolean;
  }[];
}

/** The draft's curves at the pointer, or of the scan's mean where `mean`; null without a preview. */
export function signalDraft(
  context: IViewContext,
  palette: IPalette,
  mean: boolean
): ISignalDraft | null {
  const { workspace, trans } = context;
  const { preprocessing, navigation } = workspace;
  const { draft, preview } = preprocessing;
  if (!draft || !preview) {
    return null;
  }
  const before = energyScale(preview.energyBefore, navigation.energyUnit);
  const after = energyScale(preview.energyAfter, navigation.energyUnit);
  const spectra = {
    before: mean ? preview.meanBefore : preview.before,
    background: mean ? preview.meanBackground : preview.background,
    after: mean ? preview.meanAfter : preview.after
  };
  const curve = (
    text: string,
    values: Float32Array,
    energy: IEnergyScale,
    more: Partial<ISignalCurve>
  ): ISignalCurve => ({
    text,
    label: '',
    values,
    energy,
    className: 'jp-Eelscape-curve',
    colour: palette.measured,
    dash: null,
    width: 1.5,
    band: null,
    limits: true,
    ...more
  });
  const windows = draftWindows(preprocessing, trans);
  const curves = [
    curve(trans.__('before'), spectra.before, before, {
      className: 'jp-Eelscape-curve jp-mod-before',
      colour: palette.guard,
      width: 1
    })
  ];
  if (spectra.background) {
    curves.push(
      curve(trans.__('background'), spectra.background, before, {
        colour: palette.models[0],
        dash: MODEL_DASHES[0]
      })
    );
  }
  curves.push(curve(trans.__('after'), spectra.after, after, { width: 1.75 }));
  return {
    energy: before,
    curves,
    residual: preview.residual
      ? curve(trans.__('data \u2212 fit'), preview.residual, before, {
          colour: palette.models[0]
        })
      : null,
    windows,
    high: highestShown(preview, spectra, windows),
    notes: [
      { text: preview.text, warning: false },
      ...preview.warnings.map(text => ({ text, warning: true }))
    ].filter(note => note.text)
  };
}

/**
 * A zero-loss peak is thousands of times as high as what lies under its tail: the linear scale
 * ends where the fit windows end, and above everything that is left after the step.
 */
function highestShown(
  preview: IStepPreview,
  spectra: { before: Float32Array; after: Float32Array },
  windows: readonly IDraftWindow[]
): number | null {
  const tail = windows.find(window => window.key === 'tail');
  const axis = preview.energyBefore;
  if (!tail || !isEnergy(axis.units)) {
    return null;
  }
  const factor = energyFactor(axis.units, 'eV');
  const middle = (tail.from + tail.to) / 2;
  let high = 0;
  const take = (values: Float32Array, from: number): void => {
    for (let i = 0; i < values.length; i++) {
      if (factor * axisValue(axis, i) >= from && values[i] > high) {
        high = values[i];
      }
    }
  };
  take(spectra.before, middle);
  if (spectra.after.length === spectra.before.length) {
    take(spectra.after, tail.from);
  }
  return high > 0 ? high : null;
}
