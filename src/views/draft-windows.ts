/** Energy windows of the step that is being prepared, and the step with one of them changed. */
import type { JSONValue } from '@lumino/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { axisExtent, energyFactor, isEnergy } from '../signal/axis';
import type { IPreprocessingModel, StepParams } from '../model/types';
import type { IAxis } from '../signal/types';

/** A window of energies that can be dragged. */
export interface IDraftWindow {
  readonly key: 'tail' | 'rise' | 'kept';
  readonly name: string;
  /** eV. */
  readonly from: number;
  /** eV. */
  readonly to: number;
}

/** The windows of a draft: what the person set, else what the kernel chose. */
export function draftWindows(
  { draft, preview }: IPreprocessingModel,
  trans: TranslationBundle
): IDraftWindow[] {
  if (!draft) {
    return [];
  }
  const chosen = preview?.params;
  if (draft.step === 'remove_zero_loss') {
    const found: IDraftWindow[] = [];
    for (const [key, name] of [
      ['tail', trans.__('fit: tail')],
      ['rise', trans.__('fit: rise')]
    ] as const) {
      const pair = ends(draft[key]) ?? ends(chosen?.[key]);
      if (pair) {
        found.push({ key, name, from: pair[0], to: pair[1] });
      }
    }
    return found;
  }
  const axis = preview?.energyBefore;
  if (draft.step === 'crop_energy' && axis && isEnergy(axis.units)) {
    const [low, high] = extentOf(axis);
    const from = numberOr(draft.start, numberOr(chosen?.start, low));
    const to = numberOr(draft.stop, numberOr(chosen?.stop, high));
    return [
      {
        key: 'kept',
        name: trans.__('kept'),
        from: Math.max(low, from),
        to: Math.min(high, to)
      }
    ];
  }
  return [];
}

/** The draft with a window set; eV, rounded to a tenth of a meV. */
export function withWindow(
  draft: StepParams,
  key: IDraftWindow['key'],
  from: number,
  to: number
): StepParams {
  const [low, high] = [round(from), round(to)];
  return key === 'kept'
    ? { ...draft, start: low, stop: high }
    : { ...draft, [key]: [low, high] };
}

/** Lowest energy and the end of the highest channel, eV. */
function extentOf(axis: IAxis): [number, number] {
  const factor = energyFactor(axis.units, 'eV');
  const [low, high] = axisExtent(axis);
  const step = axis.size > 1 ? (high - low) / (axis.size - 1) : 0;
  return [factor * low, factor * (high + step)];
}

function ends(value: JSONValue | undefined): [number, number] | null {
  return Array.isArray(value) &&
    typeof value[0] === 'number' &&
    typeof value[1] === 'number'
    ? [value[0], value[1]]
    : null;
}

function numberOr(value: JSONValue | undefined, other: number): number {
  return typeof value === 'number' ? value : other;
}

function round(energy: number): number {
  return Math.round(1e4 * energy) / 1e4;
}
