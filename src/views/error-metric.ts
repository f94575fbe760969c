/** The measures of errors as the screen names and writes them; one of them holds in every view. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Metric } from '../signal/types';
import { percent, significant } from './wording';

/** In the order of the choice; the first is the default. */
export const METRICS: readonly Metric[] = [
  'relative',
  'rmse',
  'mse',
  'mse_raw'
];

/** What a measure is called: "relative error". */
export function metricName(metric: Metric, trans: TranslationBundle): string {
  return {
    relative: trans.__('relative error'),
    rmse: trans.__('RMSE'),
    mse: trans.__('MSE'),
    mse_raw: trans.__('MSE, raw')
  }[metric];
}

/** The same in a list that says what it is a list of: "relative". */
export function metricShort(metric: Metric, trans: TranslationBundle): string {
  return metric === 'relative'
    ? trans.__('relative')
    : metricName(metric, trans);
}

/** How a measure is computed, in a sentence. */
export function metricHelp(metric: Metric, trans: TranslationBundle): string {
  return {
    relative: trans.__(
      'Square root of mean (p \u2212 t)\u00b2 over mean (p + t)\u00b2, on the [0, 1] scale of the model'
    ),
    rmse: trans.__('Square root of mean (p \u2212 t)\u00b2, of full scale'),
    mse: trans.__('Mean (p \u2212 t)\u00b2 on the [0, 1] scale of the model'),
    mse_raw: trans.__('Mean (p \u2212 t)\u00b2 in squared units of the data')
  }[metric];
}

/** Units of a measure: "%", or the squared units of the data; '' where those have none. */
export function metricUnits(metric: Metric, dataUnits: string): string {
  if (metric !== 'mse_raw') {
    return '%';
  }
  return dataUnits ? `${dataUnits}\u00b2` : '';
}

/** What values are multiplied with to stand before `metricUnits`. */
export function metricFactor(metric: Metric): number {
  return metric === 'mse_raw' ? 1 : 100;
}

/** An error with its units: "9.9 %", "0.034 %", "12.3 counts²". */
export function errorText(
  value: number,
  metric: Metric,
  dataUnits: string
): string {
  if (!Number.isFinite(value)) {
    return '\u2013';
  }
  if (metric !== 'mse_raw') {
    // Squares of small fractions need more than one decimal.
    return metric === 'mse' && Math.abs(value) < 0.01
      ? `${significant(100 * value, 2)} %`
      : percent(value);
  }
  return `${significant(value, 3)} ${metricUnits(metric, dataUnits)}`.trim();
}

/** "9.9 ± 2.1 %": mean and standard deviation of an error. */
export function spreadText(
  mean: number,
  sd: number,
  metric: Metric,
  dataUnits: string
): string {
  if (!Number.isFinite(mean) || !Number.isFinite(sd)) {
    return errorText(mean, metric, dataUnits);
  }
  const units = metricUnits(metric, dataUnits);
  const end = ` ${units}`;
  const cut = (text: string): string =>
    units && text.endsWith(end) ? text.slice(0, -end.length) : text;
  return `${cut(errorText(mean, metric, dataUnits))} \u00b1 ${errorText(sd, metric, dataUnits)}`;
}

/** What a measure is called at the beginning of a line: "Relative error". */
export function metricHeading(
  metric: Metric,
  trans: TranslationBundle
): string {
  const name = metricName(metric, trans);
  return `${name[0].toUpperCase()}${name.slice(1)}`;
}

/** Title of an axis or a colour bar: "Relative error (%)". */
export function metricTitle(
  metric: Metric,
  dataUnits: string,
  trans: TranslationBundle
): string {
  const units = metricUnits(metric, dataUnits);
  const title = metricHeading(metric, trans);
  return units ? `${title} (${units})` : title;
}
