/** A finished search as it travels to Python, and back. */
import type { IInverseState } from '../../kernel/types';
import type { ITrainedModel } from '../types';
import type { ICandidate, IInverseImage, IInverseModel } from './inverse-types';
import { weightsOf } from './known-models';
import type { IModelLibrary } from './model-library';

/** A search that has ended. */
export interface ISearched {
  /** Id of the model. */
  readonly model: string;
  readonly target: Float32Array;
  readonly channels: readonly [number, number];
  readonly of: Pick<IInverseModel, 'source' | 'peaks' | 'base'>;
  readonly k: number;
}

/** Digits that tell every float32 from its neighbours. */
const DIGITS = 9;

/** null where the file of its model is not there. */
export async function inverseState(
  library: IModelLibrary,
  { model, target, channels, of, k }: ISearched,
  candidates: readonly ICandidate[],
  image: IInverseImage | null
): Promise<IInverseState | null> {
  const weights = await weightsOf(library, library.file(model));
  const maker = image
    ? await weightsOf(library, library.file(image.model))
    : '';
  const numbers = (values: Float32Array) =>
    Array.from(values, value => Number(value.toPrecision(DIGITS)));
  const source = of.source.startsWith('pin:') ? 'pin' : of.source;
  return weights && target.every(Number.isFinite)
    ? {
        weights,
        image: maker || null,
        source: source as IInverseState['source'],
        target: numbers(target),
        channels,
        peaks: of.source === 'peaks' ? of.peaks : [],
        base: of.base,
        latents: candidates.map(({ latents }) => numbers(latents)),
        k
      }
    : null;
}

/** The one of some models that has these weights; null where none has. */
export async function modelWith(
  weights: string,
  models: readonly ITrainedModel[],
  library: IModelLibrary
): Promise<ITrainedModel | null> {
  const known = await Promise.all(
    models.map(({ id }) => weightsOf(library, library.file(id)))
  );
  return models[known.indexOf(weights)] ?? null;
}

/** Sets target and channels of a state where the data have as many; false where not. */
export function placeTarget(
  inverse: IInverseModel,
  { source, target, channels, peaks, base }: IInverseState,
  size: number
): boolean {
  if (target.length !== size) {
    return false;
  }
  const curve = Float32Array.from(target);
  if (source === 'peaks' && peaks.length > 0) {
    inverse.setPeaks(peaks, base);
  } else {
    if (source === 'pointer' || source === 'selection') {
      inverse.setSource(source);
    }
    if (!inverse.target || inverse.target.some((v, i) => v !== curve[i])) {
      inverse.draw(curve);
    }
  }
  const [first, last] = channels;
  inverse.setWithin(first === 0 && last === size - 1 ? 'all' : 'range');
  return true;
}
