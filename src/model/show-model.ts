/** A model that came as a file, evaluated over the data of the panel. */
import { matchAxes } from '../analysis/resample';
import { SPECTRA_ABSENT } from '../signal/spectrum-image';
import { TEST, type BackendName, type IPair } from '../signal/types';
import { validWindows, windowProblem } from '../signal/windows';
import type { IModelFiles } from './model-files';
import { readSnakeSetup } from './model-metadata';
import { datasetOf } from './run-request';
import type { Sessions } from './sessions';
import { TrainedModel } from './trained-model';

export interface IShowOptions {
  readonly id: string;
  readonly file: Uint8Array;
  readonly pair: IPair;
  /** Where the network is opened, under `id`. */
  readonly sessions: Sessions;
  readonly files: IModelFiles;
  readonly backend: BackendName | 'auto';
  /** The label for a model of a direction and so many latents. */
  label(kind: TrainedModel['kind'], latentDims: number): string;
}

/** Thrown for a model that was trained on spectra along other energies. */
export class OtherEnergies extends Error {
  constructor(readonly title: string) {
    super(`${title} was trained on spectra along other energies.`);
  }
}

/**
 * Read a model file and evaluate it at every valid window of the pair.
 * @throws Error with a sentence for the user: a damaged file, or data that
 *   the network does not fit. OtherEnergies where spectra must be interpolated.
 */
export async function showModel(options: IShowOptions): Promise<TrainedModel> {
  const { id, file, pair, sessions, files, backend } = options;
  const { parameters, meta, split } = await files.read(file);
  const { kind, latent_dims: latentDims, filters, window, channels } = meta;
  const spec = { kind, latentDims, filters, window, channels };
  if (!matchAxes(meta.energy, pair.energy, kind).same) {
    throw new OtherEnergies(meta.title || `${kind} ${latentDims}L`);
  }
  const setup = {
    ...readSnakeSetup(meta.setup),
    kind,
    latentDims,
    filters,
    window
  };
  const problem =
    (pair.absent && SPECTRA_ABSENT) ||
    windowProblem(pair.ny, pair.nx, channels, setup);
  if (problem) {
    throw new Error(problem);
  }
  const scaling = {
    image: { min: meta.scaling.image[0], max: meta.scaling.image[1] },
    spectrum: { min: meta.scaling.spectrum[0], max: meta.scaling.spectrum[1] }
  };
  const { positions } = validWindows(pair.ny, pair.nx, window, {
    set: setup.windows,
    mask: pair.mask
  });
  sessions.add(id, { spec, parameters, scaling, backend });
  try {
    const dataset = datasetOf(pair, scaling);
    const { evaluation, taken } = await sessions.use(id, async session => ({
      evaluation: await session.evaluate(dataset, positions),
      taken: session.backend
    }));
    const model = new TrainedModel({
      id,
      label: options.label(kind, latentDims),
      setup,
      pair,
      scaling,
      positions,
      split: splitOver(pair, meta, split, positions)
    });
    await model.update({
      evaluation: { ...evaluation, epoch: meta.epoch },
      history: {
        train: losses(meta.history.train),
        test: losses(meta.history.test)
      },
      backend: taken,
      notice: meta.notice
    });
    return model;
  } catch (error) {
    sessions.remove(id);
    throw error;
  }
}

/**
 * Labels over the pair: the file's own over the data that it was trained on, else
 * every window is one that the network has not seen. Files that name no data are
 * told by the shape of their image.
 */
export function splitOver(
  pair: IPair,
  meta: {
    readonly y: { readonly size: number };
    readonly x: { readonly size: number };
    readonly data_sha256?: string;
  },
  split: Int8Array,
  positions: Int32Array
): Int8Array {
  const sameShape = meta.y.size === pair.ny && meta.x.size === pair.nx;
  if (sameShape && (!meta.data_sha256 || meta.data_sha256 === pair.sha256)) {
    return split;
  }
  const map = new Int8Array(pair.ny * pair.nx).fill(-1);
  positions.forEach(position => {
    map[position] = TEST;
  });
  return map;
}

function losses(values: readonly (number | null)[]): number[] {
  return values.map(value => value ?? NaN);
}
