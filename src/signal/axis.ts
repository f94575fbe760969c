/** Calibrated axes: values, nearest indices, units of energy, labels. */
import type { IAxis } from './types';

export type EnergyUnit = 'eV' | 'meV';

/** Value at index `i` (which may be fractional on a uniform axis), in `axis.units`. */
export function axisValue(axis: IAxis, i: number): number {
  if (!axis.values) {
    return axis.offset + axis.scale * i;
  }
  const last = axis.values.length - 1;
  const low = Math.max(0, Math.min(last, Math.floor(i)));
  const high = Math.min(last, low + 1);
  const part = Math.max(0, Math.min(1, i - low));
  // At an index itself the listed value, exactly, even beside a non-finite one.
  return part === 0
    ? axis.values[low]
    : axis.values[low] + part * (axis.values[high] - axis.values[low]);
}

/** (size) values of the axis, in `axis.units`. */
export function axisValues(axis: IAxis): Float64Array {
  const values = new Float64Array(axis.size);
  for (let i = 0; i < axis.size; i++) {
    values[i] = axisValue(axis, i);
  }
  return values;
}

/**
 * Index whose value is nearest to `value` (in `axis.units`), within 0 to
 * size - 1; the lowest of two equally near ones. 0 where `value` is NaN.
 */
export function indexOf(axis: IAxis, value: number): number {
  if (Number.isNaN(value)) {
    return 0;
  }
  if (axis.values) {
    let best = 0;
    for (let i = 1; i < axis.values.length; i++) {
      // Not a bisection: values of other quantities than energy may turn back.
      if (
        Math.abs(axis.values[i] - value) < Math.abs(axis.values[best] - value)
      ) {
        best = i;
      }
    }
    return best;
  }
  if (axis.scale === 0) {
    return 0;
  }
  const exact = (value - axis.offset) / axis.scale;
  return Math.max(0, Math.min(axis.size - 1, Math.ceil(exact - 0.5)));
}

/** Lowest and highest value on the axis, in `axis.units`; NaN where it is empty. */
export function axisExtent(axis: IAxis): [number, number] {
  if (axis.size === 0) {
    return [NaN, NaN];
  }
  if (!axis.values) {
    const first = axisValue(axis, 0);
    const last = axisValue(axis, axis.size - 1);
    return [Math.min(first, last), Math.max(first, last)];
  }
  let min = Infinity;
  let max = -Infinity;
  for (const value of axis.values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return [min, max];
}

/** One spelling a unit: micro as u, angstrom as A, no spaces. */
export function normaliseUnits(units: string): string {
  return units
    .normalize('NFC')
    .replace(/\s+/g, '')
    .replace(/[\u00b5\u03bc]/g, 'u')
    .replace(/[\u00c5\u212b]/g, 'A')
    .replace(/^(micrometer|micron)s?$/i, 'um')
    .replace(/^nanomet(er|re)s?$/i, 'nm')
    .replace(/^electronvolts?$/i, 'eV');
}

/** True where two axes (or unit strings) are given in the same units. */
export function sameUnits(a: IAxis | string, b: IAxis | string): boolean {
  const text = (value: IAxis | string): string =>
    normaliseUnits(typeof value === 'string' ? value : value.units);
  return text(a) === text(b);
}

const ELECTRON_VOLTS = new Map([
  ['meV', 1e-3],
  ['eV', 1],
  ['keV', 1e3]
]);

/** True where the units are an energy that the display can convert. */
export function isEnergy(units: string): boolean {
  return ELECTRON_VOLTS.has(normaliseUnits(units));
}

/**
 * Factor that turns a value in `from` into one in `to` (meV, eV or keV);
 * throws a RangeError for other units.
 */
export function energyFactor(from: string, to: string): number {
  const source = ELECTRON_VOLTS.get(normaliseUnits(from));
  const target = ELECTRON_VOLTS.get(normaliseUnits(to));
  if (source === undefined || target === undefined) {
    throw new RangeError(
      `Cannot convert ${from || '(no units)'} to ${to || '(no units)'}: ` +
        'energies are in meV, eV or keV.'
    );
  }
  return source / target;
}

/** An energy in eV as meV. */
export function toMeV(eV: number): number {
  return eV * 1000;
}

/** An energy in meV as eV. */
export function toEV(meV: number): number {
  return meV / 1000;
}

/** Decimals that tell neighbouring points of an axis apart; `step` in display units. */
export function decimalsFor(step: number): number {
  const size = Math.abs(step);
  if (!(size > 0) || !Number.isFinite(size)) {
    return 0;
  }
  return Math.max(0, Math.min(6, Math.ceil(-Math.log10(size) - 1e-9)));
}

/**
 * "0.2002 to 1.1317 eV": the values at two indices with the units, with as
 * many decimals as the step of the axis calls for.
 * @param axis - the axis; `first` and `last` are its ends where left out.
 * @param unit - display unit of an energy; other axes keep their own.
 */
export function formatAxisRange(
  axis: IAxis,
  first = 0,
  last = axis.size - 1,
  unit?: EnergyUnit
): string {
  const converts = unit !== undefined && isEnergy(axis.units);
  const factor = converts ? energyFactor(axis.units, unit) : 1;
  const units = converts ? unit : axis.units;
  const [min, max] = axisExtent(axis);
  const step =
    (axis.values ? (max - min) / Math.max(1, axis.size - 1) : axis.scale) *
    factor;
  const decimals = decimalsFor(step);
  const text = (i: number): string =>
    (axisValue(axis, i) * factor).toFixed(decimals);
  return `${text(first)} to ${text(last)}${units ? ` ${units}` : ''}`;
}
