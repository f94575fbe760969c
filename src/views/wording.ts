/** Numbers as the screen writes them: units always, a true minus sign, no false precision. */
import type { SplitKind } from '../signal/types';

const MINUS = '\u2212';

/** A number with fixed decimals and a true minus sign. */
export function fixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) {
    return '\u2013';
  }
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** A number with `digits` significant digits, without trailing zeros after the point. */
export function significant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) {
    return '\u2013';
  }
  if (value === 0) {
    return '0';
  }
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) {
    const [mantissa, exponent] = size.toExponential(digits - 1).split('e');
    const power = Number(exponent);
    return `${value < 0 ? MINUS : ''}${Number(mantissa)}e${power < 0 ? MINUS : ''}${Math.abs(power)}`;
  }
  const text = String(Number(size.toPrecision(digits)));
  return value < 0 ? MINUS + text : text;
}

/** A fraction as a percentage: 0.099 is "9.9 %". */
export function percent(fraction: number, decimals = 1): string {
  return Number.isFinite(fraction)
    ? `${fixed(100 * fraction, decimals)} %`
    : '\u2013';
}

/** Seconds as "45 s", "2 min 27 s" or "1 h 5 min". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) {
    return '';
  }
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    const rest = whole % 60;
    return rest
      ? `${Math.floor(whole / 60)} min ${rest} s`
      : `${whole / 60} min`;
  }
  const minutes = Math.round(whole / 60);
  const rest = minutes % 60;
  return rest
    ? `${Math.floor(minutes / 60)} h ${rest} min`
    : `${minutes / 60} h`;
}

/** Mebibytes with one decimal, without the unit. */
export function megabytes(bytes: number): string {
  return (bytes / 1048576).toFixed(1);
}

/** Bytes with a binary unit: "1.2 GiB", "16.2 MiB", "512 B". */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let i = 0;
  while (value >= 1024 && i < units.length - 1) {
    value /= 1024;
    i++;
  }
  return `${significant(value, 3)} ${units[i]}`;
}

/** A whole number in groups of three digits, parted by thin spaces. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** (y, x) or (y, x, E) as the screen writes shapes: "(75, 62)", "(75, 62 | 400)". */
export function shapeText(shape: readonly number[]): string {
  const [ny, nx, channels] = shape;
  return channels === undefined
    ? `(${nx}, ${ny})`
    : `(${nx}, ${ny} | ${channels})`;
}

/** "142.1 ± 0.8 counts": decimals to the second digit of the error. */
export function valueText(
  mean: number,
  standardError: number,
  units: string
): string {
  const tail = units ? ` ${units}` : '';
  if (!(standardError > 0)) {
    return `${significant(mean, 4)}${tail}`;
  }
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(standardError)));
  return decimals > 6 || Math.abs(mean) >= 1e6
    ? `${significant(mean, 5)} ± ${significant(standardError, 2)}${tail}`
    : `${fixed(mean, decimals)} ± ${fixed(standardError, decimals)}${tail}`;
}

/** A loss: "0.0078", "1.2e-5". */
export function lossText(value: number): string {
  if (!Number.isFinite(value)) {
    return '\u2013';
  }
  return value >= 1e-4
    ? String(Number(value.toPrecision(2)))
    : significant(value, 2);
}

/** The split as the screen names it: "left | right". */
export function splitName(split: SplitKind): string {
  return split.replace('-', ' | ');
}

/** "L1", for the first latent. */
export function latentName(axis: number): string {
  return `L${axis + 1}`;
}
