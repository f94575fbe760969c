/** What the training plot draws: lines with their looks and names, places of labels and ticks. */
import type { IHistory } from '../signal/types';
import { lossText } from './wording';

/** A line of the plot. */
export interface ILossCurve {
  readonly part: 'train' | 'test';
  readonly name: string;
  readonly losses: readonly number[];
  /** Index of the model's look where several train; null: that of the part. */
  readonly look: number | null;
  readonly className: string;
  /** True where its last value is written beside it. */
  readonly labelled: boolean;
}

export interface ILineEnd extends ILossCurve {
  readonly text: string;
  /** Height of the line's end, px. */
  readonly at: number;
}

export function lossCurve(
  part: 'train' | 'test',
  name: string,
  history: IHistory,
  common: Pick<ILossCurve, 'look' | 'labelled'>
): ILossCurve {
  const kind = common.look === null ? '' : ' jp-mod-model';
  const className = `jp-mod-${part}${kind}`;
  return { part, name, losses: history[part], className, ...common };
}

/** "2L test 0.0078". */
export function endText({ name, losses }: ILossCurve): string {
  return `${name} ${lossText(losses[losses.length - 1])}`;
}

/** Places in order, moved as little as keeps them `gap` apart and within the limits. */
export function apart(
  wanted: readonly number[],
  gap: number,
  least: number,
  most: number
): number[] {
  const places = [...wanted];
  for (let i = 1; i < places.length; i++) {
    const short = gap - (places[i] - places[i - 1]);
    if (short > 0) {
      places[i - 1] -= short / 2;
      places[i] += short / 2;
    }
  }
  for (let i = places.length - 1, limit = most; i >= 0; i--, limit -= gap) {
    places[i] = Math.min(places[i], limit);
  }
  for (let i = 0, limit = least; i < places.length; i++) {
    places[i] = Math.max(places[i], limit);
    limit = places[i] + gap;
  }
  return places;
}

/** Powers of ten from `low` to `high`, as many as fit. */
export function decades(low: number, high: number, height: number): number[] {
  const first = Math.round(Math.log10(low));
  const last = Math.round(Math.log10(high));
  const step = Math.max(
    1,
    Math.ceil((last - first) / Math.max(1, height / 18))
  );
  const values: number[] = [];
  for (let exponent = first; exponent <= last; exponent += step) {
    values.push(Math.pow(10, exponent));
  }
  return values;
}

const RAISED = '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079';

/** "10⁻³". */
export function power(value: number): string {
  const exponent = Math.round(Math.log10(value));
  const digits = String(Math.abs(exponent))
    .split('')
    .map(digit => RAISED[Number(digit)])
    .join('');
  return `10${exponent < 0 ? '\u207b' : ''}${digits}`;
}
