import type { ISpectraSpread } from '../analysis/spectra-spread';
import type { IDraftWindow } from './draft-windows';
import type { IEnergyScale } from './energy-scale';
import type { IPalette } from './marks/palette';
import { shownLayer } from './navigator-layers';
import {
  cursorCurve,
  endmemberCurves,
  type ISignalCurve,
  measuredCurve,
  modelCurves,
  regionCurves,
  residualCurves
} from './signal-curves';
import { secondCurves, selectionCurve } from './signal-compare';
import { signalDraft } from './signal-draft';
import type { ISignalDisplay } from './signal-tools';
import type { IViewContext } from './view';

/** Everything that the signal plot draws. */
export interface ISignalContent {
  readonly energy: IEnergyScale;
  readonly curves: readonly ISignalCurve[];
  readonly residuals: readonly ISignalCurve[];
  /** Curves that a legend of the plot must name; the readout names the others where it stands beside. */
  readonly legend: readonly ISignalCurve[];
  /** Energy windows to drag; none: the energy range is dragged. */
  readonly windows: readonly IDraftWindow[];
  /** Highest intensity of a linear scale; null: that of the curves. */
  readonly high: number | null;
  readonly notes: readonly {
    readonly text: string;
    readonly warning: boolean;
  }[];
  /** True while a step is being prepared. */
  readonly drafting: boolean;
}

/** The step being prepared; else the spectrum at the pointer with what belongs to the layer and the regions. */
export function signalContent(
  context: IViewContext,
  palette: IPalette,
  display: ISignalDisplay,
  beside: boolean,
  selected: ISpectraSpread | null = null
): ISignalContent | null {
  const { shown } = context;
  const energy = shown.energy();
  if (!energy) {
    return null;
  }
  const draft = signalDraft(context, palette, display.mean);
  if (draft) {
    return {
      ...draft,
      residuals: draft.residual ? [draft.residual] : [],
      legend: draft.residual ? [...draft.curves, draft.residual] : draft.curves,
      drafting: true
    };
  }
  const measured = measuredCurve(context, energy, palette)!;
  const parts = shownLayer(context) === 'abundance';
  const models =
    parts || !display.models ? [] : modelCurves(context, energy, palette);
  const second = display.second
    ? secondCurves(context, energy, palette, !parts && display.models)
    : [];
  const selection = display.selection
    ? selectionCurve(context, selected, energy, palette)
    : null;
  const endmembers = parts ? endmemberCurves(context, energy, palette) : [];
  const regions = display.regions ? regionCurves(context, energy, palette) : [];
  const cursor = parts ? null : cursorCurve(context, energy, palette);
  return {
    energy,
    // What is chosen lies on top.
    curves: [
      ...second,
      measured,
      ...models,
      ...endmembers,
      ...regions,
      ...(selection ? [selection] : []),
      ...(cursor ? [cursor] : [])
    ].sort((a, b) => Number(a.width > 2.2) - Number(b.width > 2.2)),
    residuals:
      display.residual === false || shown.pair?.absent
        ? []
        : [
            ...residualCurves(measured, models),
            ...(second.length ? residualCurves(second[0], second.slice(1)) : [])
          ],
    legend: [
      ...(beside ? [] : [measured, ...models]),
      ...second,
      ...(selection ? [selection] : []),
      // The others are named at their lines.
      ...endmembers.filter(curve => curve.width > 1),
      ...regions
    ],
    windows: [],
    high: null,
    notes: shown.pair?.absent
      ? [
          {
            text: context.trans.__(
              'The spectra are not in this file: use Connect data. Until then the mean of the scan is shown for them.'
            ),
            warning: false
          }
        ]
      : [],
    drafting: false
  };
}
