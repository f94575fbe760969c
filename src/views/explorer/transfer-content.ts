import { histogram, type IHistogram, mean } from '../../analysis/statistics';
import type { ITransferred } from '../../model/explorer/transfer-types';
import type { ITrainedModel } from '../../model/types';
import { TEST, type Metric } from '../../signal/types';
import { errorText } from '../error-metric';
import type { IViewContext } from '../view';

/** A number with what it is of. */
export interface ITransferFact {
  readonly name: string;
  readonly text: string;
}

/** Bins of the histograms of distances. */
const BINS = 40;

/** Errors on its own data, on these, and of the model that was trained on these. */
export function transferFacts(
  context: IViewContext,
  result: ITransferred
): ITransferFact[] {
  const { shown, trans } = context;
  const { metric } = shown;
  const units =
    result.model.kind === 'im2spec'
      ? (shown.pair?.spectraUnits ?? '')
      : (shown.pair?.imageUnits ?? '');
  const text = (value: number): string => errorText(value, metric, units);
  const own = ownMeans(result, metric);
  const facts = [
    { name: trans.__('own train'), text: text(own.train) },
    { name: trans.__('own test'), text: text(own.test) },
    {
      name: trans.__('these data'),
      text: text(mean(result.model.errorBy(metric)))
    }
  ];
  const trained = trainedHere(context, result);
  if (trained) {
    facts.push({
      name: trans.__('%1 here, test', shown.labelOf(trained)),
      text: text(testMean(trained, metric))
    });
  }
  return facts;
}

/** The model shown where it was trained on the present data and is of the same direction. */
export function trainedHere(
  { workspace }: IViewContext,
  result: ITransferred
): ITrainedModel | null {
  const { active } = workspace.models;
  return active && active.kind === result.model.kind && active.split.includes(0)
    ? active
    : null;
}

function ownMeans(
  { own }: ITransferred,
  metric: Metric
): { readonly train: number; readonly test: number } {
  return metric === 'mse_raw' ? { train: NaN, test: NaN } : own[metric];
}

function testMean(model: ITrainedModel, metric: Metric): number {
  const values = model
    .errorBy(metric)
    .filter((_, pixel) => model.split[pixel] === TEST);
  return mean(values);
}

/** Histograms of the distances on one range, as shares of the windows. */
export interface IDistanceHistograms {
  readonly here: IHistogram;
  readonly own: IHistogram;
  /** Highest share of a bin. */
  readonly top: number;
}

export function distanceHistograms({
  distances
}: ITransferred): IDistanceHistograms | null {
  if (!distances) {
    return null;
  }
  const { here, own } = distances;
  let high = 0;
  for (const values of [here, own]) {
    for (const value of values) {
      high = Number.isFinite(value) ? Math.max(high, value) : high;
    }
  }
  const range = [0, high > 0 ? high : 1] as const;
  const [a, b] = [histogram(here, BINS, range), histogram(own, BINS, range)];
  const share = (counts: Int32Array, of: number): number =>
    of > 0 ? Math.max(...counts) / of : 0;
  return {
    here: a,
    own: b,
    top: Math.max(share(a.counts, here.length), share(b.counts, own.length))
  };
}
