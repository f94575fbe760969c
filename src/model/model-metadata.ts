/** The JSON of a model file: written after a run, read to show a model again. */
import type { IModelMeta } from '../network/model-file';
import type { ITrainResult } from '../network/types';
import type { ISplit } from '../signal/split';
import {
  DEFAULT_SETUP,
  type IAxis,
  type IHistory,
  type IPair,
  type IScaling,
  type ISetup
} from '../signal/types';

/** Names of a setup in camel case and, in files and Python, in snake case. */
const SNAKE: Readonly<Record<keyof ISetup, string>> = {
  kind: 'kind',
  latentDims: 'latent_dims',
  epochs: 'epochs',
  batchSize: 'batch_size',
  learningRate: 'learning_rate',
  filters: 'filters',
  window: 'window',
  stride: 'stride',
  windows: 'windows',
  split: 'split',
  guard: 'guard',
  trainFraction: 'train_fraction',
  seed: 'seed',
  backend: 'backend',
  scaling: 'scaling'
};

const KEYS = Object.keys(SNAKE) as (keyof ISetup)[];

/** The arguments of `ex.train` that make this setup. */
export function snakeSetup(setup: ISetup): Record<string, unknown> {
  return Object.fromEntries(KEYS.map(key => [SNAKE[key], setup[key]]));
}

/**
 * The setup of a file; what is absent or of another type takes its default.
 * @param given - the `setup` entry of the metadata, snake case.
 */
export function readSnakeSetup(given: unknown): ISetup {
  const record = (
    typeof given === 'object' && given !== null ? given : {}
  ) as Record<string, unknown>;
  const found = KEYS.filter(key => {
    const value = record[SNAKE[key]];
    switch (key) {
      case 'guard':
        return value === null || typeof value === 'number';
      case 'scaling':
        // Files of earlier versions name none: theirs was the range.
        return value === 'range' || value === 'robust';
      default:
        return typeof value === typeof DEFAULT_SETUP[key];
    }
  });
  const entries = found.map(key => [key, record[SNAKE[key]]]);
  return { ...DEFAULT_SETUP, ...Object.fromEntries(entries) };
}

export interface IMetadataSource {
  readonly pair: IPair;
  readonly setup: ISetup;
  readonly scaling: IScaling;
  readonly split: ISplit;
  readonly result: ITrainResult;
  readonly title: string;
  /** Versions of the software, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Mean errors of the parts, as fractions; NaN for an empty part. */
  readonly errors?: {
    readonly relative: IPartErrors;
    readonly rmse: IPartErrors;
  };
}

interface IPartErrors {
  readonly train: number;
  readonly test: number;
}

/** The metadata of a finished run, as the reader of a file expects it. */
export function metadataOf(source: IMetadataSource): IModelMeta {
  const { pair, setup, scaling, split, result, title, versions } = source;
  const { kind, latentDims, window, filters } = setup;
  const guard = setup.split === 'random' ? 0 : (setup.guard ?? window);
  return {
    format: 1,
    kind,
    latent_dims: latentDims,
    window,
    filters,
    channels: pair.channels,
    energy: plainAxis(pair.energy),
    x: plainAxis(pair.x),
    y: plainAxis(pair.y),
    scaling: {
      image: [scaling.image.min, scaling.image.max],
      spectrum: [scaling.spectrum.min, scaling.spectrum.max]
    },
    spectra_units: pair.spectraUnits,
    image_units: pair.imageUnits,
    split: {
      kind: setup.split,
      guard,
      train_fraction: setup.trainFraction,
      leaking: split.leaking,
      shared_pixels: split.sharedPixels
    },
    // What it was trained with, so that it can be trained again.
    setup: snakeSetup({ ...setup, batchSize: result.batchSize }),
    history: finiteHistory(result.history),
    epoch: result.epoch,
    backend: result.backend,
    notice: result.notice,
    recipe: {},
    versions: { ...versions },
    data_sha256: pair.sha256,
    title,
    simulated: pair.simulated,
    ...(source.errors && {
      errors: {
        relative: finiteErrors(source.errors.relative),
        rmse: finiteErrors(source.errors.rmse)
      }
    })
  };
}

/** JSON has no NaN: the mean of an empty part becomes null. */
function finiteErrors({ train, test }: IPartErrors): {
  train: number | null;
  test: number | null;
} {
  const finite = (error: number) => (Number.isFinite(error) ? error : null);
  return { train: finite(train), test: finite(test) };
}

function plainAxis(axis: IAxis): IAxis {
  const { name, units, size, scale, offset, values } = axis;
  const plain = { name, units, size, scale, offset };
  return values ? { ...plain, values: [...values] } : plain;
}

/** JSON has no NaN: losses that are not finite become null. */
function finiteHistory(history: IHistory): {
  train: (number | null)[];
  test: (number | null)[];
} {
  const finite = (loss: number) => (Number.isFinite(loss) ? loss : null);
  return { train: history.train.map(finite), test: history.test.map(finite) };
}
