import {
  meanCurve,
  spectrumAround,
  squareAround
} from '../analysis/spectra-spread';
import type { ITrainedModel } from '../model/types';
import type { IEnergyScale } from './energy-scale';
import { type IPalette, MODEL_DASHES, MODEL_WIDTHS } from './marks/palette';
import { componentName } from './navigator-layers';
import { regionDash } from './regions-layer';
import type { IViewContext } from './view';

/** A curve of the signal plot over its own energy axis. */
export interface ISignalCurve {
  /** Name in the legend. */
  readonly text: string;
  /** Name at the line; '' for none. */
  readonly label: string;
  readonly values: Float32Array;
  readonly energy: IEnergyScale;
  readonly className: string;
  readonly colour: string;
  readonly dash: string | null;
  readonly width: number;
  /** Half the height of the band around the curve; null without one. */
  readonly band: Float32Array | null;
  /** False where the limits of the plot do not follow it. */
  readonly limits: boolean;
}

const PLAIN = {
  label: '',
  className: 'jp-Eelscape-curve',
  dash: null,
  width: 1.5,
  band: null,
  limits: true
} as const;

/**
 * The measured spectrum of the pointer, the mean over its square where it has one; the mean of
 * the scan where the spectra are absent.
 */
export function measuredCurve(
  context: IViewContext,
  energy: IEnergyScale,
  palette: IPalette
): ISignalCurve | null {
  const { shown, workspace, trans } = context;
  const { pair } = shown;
  const [row, column] = shown.pointer;
  const side = workspace.navigation.pointerSize;
  return (
    pair && {
      ...PLAIN,
      text: shown.excludedAt(row, column)
        ? trans.__('measured (excluded)')
        : pair.absent
          ? trans.__('scan mean')
          : side > 1
            ? trans.__('measured, %1 \u00d7 %1 px', side)
            : trans.__('measured'),
      values: pair.absent?.mean ?? spectrumAround(pair, row, column, side),
      energy,
      className: 'jp-Eelscape-measured',
      colour: palette.measured,
      width: 1,
      // A saturated pixel must not flatten the others.
      limits: !shown.excludedAt(row, column)
    }
  );
}

/** Predicted spectra at the pointer; none where models predict images. */
export function modelCurves(
  context: IViewContext,
  energy: IEnergyScale,
  palette: IPalette
): ISignalCurve[] {
  const { shown } = context;
  if (shown.kind !== 'im2spec') {
    return [];
  }
  return shown.models.flatMap(model => {
    const values = predictionAround(context, model, shown.pointer);
    return values ? [modelCurve(context, model, values, energy, palette)] : [];
  });
}

/**
 * The predicted spectrum of a place, the mean over the pointer's square where it has one; null
 * where no window fits around the place. Pixels of the square without a window are left out.
 */
export function predictionAround(
  { shown, workspace }: IViewContext,
  model: ITrainedModel,
  [row, column]: readonly [number, number]
): Float32Array | null {
  const own = model.predictionAt(row, column);
  const side = workspace.navigation.pointerSize;
  const { pair } = shown;
  if (!own || !pair || side === 1) {
    return own;
  }
  return meanCurve(
    squareAround(pair, row, column, side).flatMap(pixel => {
      const at = [Math.floor(pixel / pair.nx), pixel % pair.nx] as const;
      const values = model.predictionAt(...at);
      return values && !pair.mask?.[pixel] ? [values] : [];
    })
  );
}

export function modelCurve(
  { shown }: IViewContext,
  model: ITrainedModel,
  values: Float32Array,
  energy: IEnergyScale,
  palette: IPalette
): ISignalCurve {
  const style = shown.styleOf(model);
  return {
    ...PLAIN,
    text: shown.labelOf(model),
    values,
    energy,
    colour: palette.models[style],
    dash: MODEL_DASHES[style],
    width: MODEL_WIDTHS[style]
  };
}

/** Mean spectra of the regions with their standard errors. */
export function regionCurves(
  context: IViewContext,
  energy: IEnergyScale,
  palette: IPalette
): ISignalCurve[] {
  const { shown, workspace, trans } = context;
  const { items, selected } = workspace.regions;
  return items.flatMap(region => {
    // The data may have changed a moment before the regions follow.
    if (region.mean?.length !== shown.pair?.channels) {
      return [];
    }
    const style = shown.regionStyle(region.name);
    return [
      {
        ...PLAIN,
        text: trans.__('%1, %2 px', region.name, region.pixels),
        label: region.name,
        values: region.mean!,
        energy,
        colour: palette.regions[style],
        dash: regionDash(style),
        width: region.name === selected ? 2.25 : 1.5,
        band: region.standardError
      }
    ];
  });
}

/** Endmembers of the factorisation: the shown one strong, the others thin. */
export function endmemberCurves(
  context: IViewContext,
  energy: IEnergyScale,
  palette: IPalette
): ISignalCurve[] {
  const { shown, trans } = context;
  const { pair, factorisation, component } = shown;
  return (factorisation?.endmembers ?? []).flatMap((values, k) =>
    values.length === pair?.channels
      ? [
          {
            ...PLAIN,
            text: trans.__('%1, endmember', componentName(k)),
            label: componentName(k),
            values,
            energy,
            className:
              k === component
                ? 'jp-Eelscape-curve'
                : 'jp-Eelscape-curve jp-mod-thin',
            colour: k === component ? palette.chosen : palette.text2,
            width: k === component ? 2.5 : 1
          }
        ]
      : []
  );
}

/** The spectrum decoded at the latent cursor, where that is not the pointer's own encoding. */
export function cursorCurve(
  context: IViewContext,
  energy: IEnergyScale,
  palette: IPalette
): ISignalCurve | null {
  const { shown, workspace, trans } = context;
  const { active, grid } = shown;
  const cursor = workspace.navigation.latentCursor;
  const decoded = workspace.models.decodedAtCursor;
  if (!active || !grid || !cursor || !decoded || shown.kind !== 'im2spec') {
    return null;
  }
  const own = active.latentAt(...shown.pointer);
  const same =
    own !== null && grid.axes.every((axis, i) => near(own[axis], cursor[i]));
  return same
    ? null
    : {
        ...PLAIN,
        text: trans.__('latent cursor'),
        values: decoded,
        energy,
        className: 'jp-Eelscape-cursorCurve',
        colour: palette.text,
        width: 1,
        limits: false
      };
}

/** Differences of predictions from the measured spectrum. */
export function residualCurves(
  measured: ISignalCurve,
  curves: readonly ISignalCurve[]
): ISignalCurve[] {
  return curves.map(curve => ({
    ...curve,
    label: '',
    values: curve.values.map((value, i) => value - measured.values[i])
  }));
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a), Math.abs(b));
}
