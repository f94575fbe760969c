/** What a setup asks of a pair: windows, split, scaling and the request to train. */
import type { IDataset, INetworkSpec, ITrainRequest } from '../network/types';
import { constantProblem, scalingOf } from '../signal/scaling';
import { SPECTRA_ABSENT } from '../signal/spectrum-image';
import { splitWindows, type ISplit } from '../signal/split';
import type { IPair, IScaling, ISetup, ScalingKind } from '../signal/types';
import { validWindows, windowProblem } from '../signal/windows';

/** A run ready to start. */
export interface IPreparedRun {
  readonly split: ISplit;
  readonly scaling: IScaling;
  /** (n) flat pixel indices of the windows that are evaluated. */
  readonly positions: Int32Array;
  readonly request: ITrainRequest;
  /** What of the setup was adjusted to the data, or ''. */
  readonly notice: string;
}

/** A split with the windows it divides, or why there is none. */
interface IFoundSplit {
  readonly split: ISplit | null;
  readonly positions: Int32Array;
  readonly problem: string;
}

/** The split made last of each pair: the setup asks for it, then the run. */
const SPLITS = new WeakMap<IPair, { key: string; found: IFoundSplit }>();
const SCALINGS = new WeakMap<IPair, Map<ScalingKind, IScaling>>();

/**
 * The [0, 1] scale of a pair, computed once a kind.
 * @throws RangeError where image or spectra hold no finite value.
 */
export function scalingFor(pair: IPair, kind: ScalingKind): IScaling {
  const known = SCALINGS.get(pair) ?? new Map<ScalingKind, IScaling>();
  SCALINGS.set(pair, known);
  const scaling = known.get(kind) ?? scalingOf(pair, kind === 'robust');
  known.set(kind, scaling);
  return scaling;
}

/** Why nothing can be learnt on the scale of a setup; '' where something can. */
export function scalingProblem(pair: IPair, kind: ScalingKind): string {
  if (pair.absent) {
    return SPECTRA_ABSENT;
  }
  try {
    return (
      constantProblem(scalingFor(pair, 'range')) ||
      (kind === 'robust'
        ? constantProblem(scalingFor(pair, 'robust'), true)
        : '')
    );
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The split of a pair as a setup asks, or the reason why there is none. */
export function splitPair(pair: IPair, setup: ISetup): IFoundSplit {
  const { ny, nx, channels, mask } = pair;
  const none = new Int32Array(0);
  const problem =
    windowProblem(ny, nx, channels, setup) || argumentProblem(setup);
  if (problem) {
    return { split: null, positions: none, problem };
  }
  const key = JSON.stringify([
    ...[setup.window, setup.stride, setup.windows, setup.split],
    ...[setup.guard, setup.trainFraction, setup.seed]
  ]);
  const known = SPLITS.get(pair);
  if (known?.key === key) {
    return known.found;
  }
  const grid = validWindows(ny, nx, setup.window, {
    set: setup.windows,
    mask
  });
  const split = splitWindows(grid, ny, nx, setup);
  const found: IFoundSplit = split.problem
    ? { split: null, positions: none, problem: split.problem }
    : { split, positions: grid.positions, problem: '' };
  SPLITS.set(pair, { key, found });
  return found;
}

/** Why numbers of the setup that windows and split do not look at cannot be; '' where they can. */
export function argumentProblem(setup: ISetup): string {
  const whole: readonly [string, number, number][] = [
    ['Latents', setup.latentDims, 1],
    ['Epochs', setup.epochs, 1],
    ['Batch', setup.batchSize, 2],
    ['Filters', setup.filters, 1],
    ['Seed', setup.seed, 0]
  ];
  for (const [name, value, least] of whole) {
    if (!Number.isInteger(value) || value < least) {
      return `${name} ${value} is not possible: give a whole number, ${least} or more.`;
    }
  }
  return setup.learningRate > 0 && Number.isFinite(setup.learningRate)
    ? ''
    : `Learning rate ${setup.learningRate} is not possible: give a number above 0, such as 0.001.`;
}

/** The architecture that a setup means for spectra of so many channels. */
export function specOf(setup: ISetup, channels: number): INetworkSpec {
  const { kind, latentDims, filters, window } = setup;
  return { kind, latentDims, filters, window, channels };
}

/** The arrays of a pair as the network room takes them. */
export function datasetOf(pair: IPair, scaling: IScaling): IDataset {
  const { ny, nx, channels, image, spectra } = pair;
  return { ny, nx, channels, image, spectra, scaling };
}

/**
 * Everything that a run of this setup on this pair takes.
 * @throws Error with the reason, for the user, where it cannot be trained.
 */
export function prepareRun(
  pair: IPair,
  setup: ISetup,
  pace: Pick<
    ITrainRequest,
    'evaluateEvery' | 'threads' | 'resume' | 'checkpointEvery'
  >
): IPreparedRun {
  const { split, positions, problem } = splitPair(pair, setup);
  const reason = problem || scalingProblem(pair, setup.scaling);
  if (!split || reason) {
    throw new Error(reason);
  }
  const scaling = scalingFor(pair, setup.scaling);
  const { epochs, batchSize, learningRate, seed, backend } = setup;
  return {
    split,
    scaling,
    positions,
    notice: batchNotice(split.train.length, batchSize),
    request: {
      spec: specOf(setup, pair.channels),
      dataset: datasetOf(pair, scaling),
      train: split.train,
      test: split.test,
      evaluate: positions,
      epochs,
      batchSize,
      learningRate,
      seed,
      backend,
      ...pace
    }
  };
}

/** What a batch of more windows than there are comes to. */
function batchNotice(windows: number, batchSize: number): string {
  return windows < batchSize
    ? `Batch ${batchSize} is more than the ${windows} training windows: ` +
        `each epoch is one batch of ${windows}.`
    : '';
}
