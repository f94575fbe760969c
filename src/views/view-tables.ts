/** The numbers of the views as tables; each row is one place of the picture. */
import type { ILossCurve } from './loss-curves';
import type { ISignalCurve } from './signal-curves';
import type { ITable } from './table';

/** Words of the tables, translated by the caller. */
export type Translate = (
  text: string,
  ...values: (string | number)[]
) => string;

/** Losses by epoch. */
export function lossTable(
  curves: readonly ILossCurve[],
  __: Translate
): ITable | null {
  const epochs = Math.max(0, ...curves.map(curve => curve.losses.length));
  if (!epochs) {
    return null;
  }
  return {
    columns: [
      __('Epoch'),
      ...curves.map(curve => __('%1 (MSE, scaled)', curve.name))
    ],
    rows: Array.from({ length: epochs }, (_, i) => [
      i + 1,
      ...curves.map(curve => curve.losses[i] ?? NaN)
    ])
  };
}

/** Curves over their energies, with the half width of a band behind its curve. */
export function curveTable(
  curves: readonly ISignalCurve[],
  units: string,
  __: Translate
): ITable | null {
  if (!curves.length) {
    return null;
  }
  const unit = units ? ` (${units})` : '';
  const columns: string[] = [];
  const cells: ((channel: number) => number)[] = [];
  let axis: ISignalCurve['energy'] | null = null;
  for (const curve of curves) {
    if (curve.energy !== axis) {
      axis = curve.energy;
      const { position } = axis;
      columns.push(axis.title);
      cells.push(i => (i < curve.values.length ? position(i) : NaN));
    }
    columns.push(`${curve.text}${unit}`);
    cells.push(i => curve.values[i] ?? NaN);
    const { band } = curve;
    if (band) {
      columns.push(__('%1, spread%2', curve.text, unit));
      cells.push(i => band[i] ?? NaN);
    }
  }
  const length = Math.max(...curves.map(curve => curve.values.length));
  return {
    columns,
    rows: Array.from({ length }, (_, i) => cells.map(cell => cell(i)))
  };
}
