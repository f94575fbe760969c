import {
  type ByPart,
  type ISpread,
  partSpreads
} from '../analysis/error-histogram';
import type { ITrainedModel } from '../model/types';
import type { Shown } from './shown';

const kept = new WeakMap<Float32Array, ByPart<ISpread>>();

/** Mean and spread by part of a model's errors, by the measure that is shown; kept as long as the map lives. */
export function spreadsOf(shown: Shown, model: ITrainedModel): ByPart<ISpread> {
  const map = shown.errorsOf(model);
  let spreads = kept.get(map);
  if (!spreads) {
    spreads = partSpreads(map, model.split);
    kept.set(map, spreads);
  }
  return spreads;
}
