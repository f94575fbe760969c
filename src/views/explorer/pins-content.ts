import type { IPin } from '../../model/explorer/types';
import type { ITrainedModel } from '../../model/types';
import { metricFactor, metricName, metricTitle } from '../error-metric';
import { partName } from '../part-name';
import type { Part } from '../shown';
import type { Cell, ITable } from '../table';
import type { IViewContext } from '../view';

/** What a model says of a pinned location. */
export interface IPinPrediction {
  readonly model: ITrainedModel;
  readonly label: string;
  /** Index of the model's colour and dash. */
  readonly style: number;
  /** (channels) or (window, window); null where no window fits. */
  readonly values: Float32Array | null;
  /** With units; a dash without a window. */
  readonly error: string;
}

/** A pinned location with all that the gallery shows of it. */
export interface IPinEntry {
  readonly pin: IPin;
  readonly part: Part | null;
  readonly excluded: boolean;
  /** (channels). */
  readonly spectrum: Float32Array;
  /** (window, window); NaN beyond the image. */
  readonly image: Float32Array;
  readonly predictions: readonly IPinPrediction[];
}

/** The pinned locations of the data shown, in the order of the list. */
export function pinEntries({ shown, workspace }: IViewContext): IPinEntry[] {
  const { pair, models } = shown;
  if (!pair) {
    return [];
  }
  return workspace.explorer.pins.items
    .filter(({ row, column }) => row < pair.ny && column < pair.nx)
    .map(pin => {
      const at = [pin.row, pin.column] as const;
      return {
        pin,
        part: shown.partAt(...at),
        excluded: shown.excludedAt(...at),
        spectrum: shown.spectrumAt(...at)!,
        image: shown.windowAt(...at)!,
        predictions: models.map(model => ({
          model,
          label: shown.labelOf(model),
          style: shown.styleOf(model),
          // A model with another window has other images: they have no place in this row.
          values:
            model.kind === 'im2spec' || model.setup.window === shown.window
              ? model.predictionAt(...at)
              : null,
          error: shown.errorText(shown.errorAt(model, ...at))
        }))
      };
    });
}

/** "void", or the place where a pin has no name: "(59, 17)". */
export function pinTitle({ name, row, column }: IPin): string {
  return name || `(${column}, ${row})`;
}

/** "a, void, pixel 59, 17, test, relative error 2L 17.7 %, 10L 6.9 %". */
export function pinSentence(
  { shown, trans }: IViewContext,
  { pin, part, excluded, predictions }: IPinEntry
): string {
  const errors = predictions.map(({ label, error }) => `${label} ${error}`);
  if (errors.length) {
    errors[0] = `${metricName(shown.metric, trans)} ${errors[0]}`;
  }
  return [
    pin.letter,
    ...(pin.name ? [pin.name] : []),
    trans.__('pixel %1, %2', pin.column, pin.row),
    part ? partName(part, trans) : trans.__('no window'),
    ...(excluded ? [trans.__('excluded')] : []),
    ...errors
  ].join(', ');
}

/** "all in test", where the locations have one part of the split in common; else ''. */
export function commonPart(
  { trans }: IViewContext,
  entries: readonly IPinEntry[]
): string {
  const parts = new Set(entries.map(({ part }) => part));
  const [part] = parts;
  return parts.size === 1 && part
    ? trans.__('all in %1', partName(part, trans))
    : '';
}

/** Places and errors of the pinned locations. */
export function pinTable(
  { shown, trans }: IViewContext,
  entries: readonly IPinEntry[]
): ITable | null {
  if (!entries.length) {
    return null;
  }
  const measure = metricTitle(shown.metric, shown.targetUnits, trans);
  const factor = metricFactor(shown.metric);
  return {
    title: trans.__('Pinned locations'),
    columns: [
      trans.__('letter'),
      trans.__('name'),
      trans.__('x (px)'),
      trans.__('y (px)'),
      trans.__('part'),
      ...shown.models.map(model =>
        trans.__('%1, %2', shown.labelOf(model), measure)
      )
    ],
    rows: entries.map(({ pin, part, predictions }): Cell[] => [
      pin.letter,
      pin.name,
      pin.column,
      pin.row,
      part ? partName(part, trans) : '',
      ...predictions.map(
        ({ model }) => factor * shown.errorAt(model, pin.row, pin.column)
      )
    ])
  };
}
