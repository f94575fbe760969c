/** Models of a workspace file: shown with the errors that the file holds, predictions decoded. */
import { partMeans } from '../../analysis/error-map';
import type { IModelContents } from '../../network/model-file';
import type { IStoredModel } from '../../network/workspace-file';
import type { BackendName, IPair } from '../../signal/types';
import { windowProblem } from '../../signal/windows';
import { readSnakeSetup } from '../model-metadata';
import type { INetworkSource, Sessions } from '../sessions';
import { TrainedModel } from '../trained-model';

/** Windows that are decoded at a time, so that grid and cursor get their turns. */
const BATCH = 256;

/** A model over the data of its file, and the network it takes to decode. */
export interface IOpenedModel {
  readonly model: TrainedModel;
  readonly network: INetworkSource;
}

/** @throws Error for the user where the model is not of these data. */
export function openStored(
  stored: IStoredModel,
  { meta, parameters }: IModelContents,
  pair: IPair,
  backend: BackendName | 'auto'
): IOpenedModel {
  const { kind, latent_dims: latentDims, filters, window, channels } = meta;
  const { positions, latents, split, errors, history, skill } = stored;
  if (
    latents.length !== positions.length * latentDims ||
    channels !== pair.channels
  ) {
    throw new Error(
      `Workspace file damaged: the model ${stored.label} has ${channels} channels and ` +
        `${latentDims} latents, its data ${pair.channels} and its encodings ` +
        `${latents.length / Math.max(1, positions.length)}.`
    );
  }
  const spec = { kind, latentDims, filters, window, channels };
  const scaling = {
    image: { min: meta.scaling.image[0], max: meta.scaling.image[1] },
    spectrum: { min: meta.scaling.spectrum[0], max: meta.scaling.spectrum[1] }
  };
  const { id, label, epoch, notice } = stored;
  const setup = {
    ...readSnakeSetup(meta.setup),
    kind,
    latentDims,
    filters,
    window
  };
  const problem = windowProblem(pair.ny, pair.nx, channels, setup);
  if (problem) {
    throw new Error(problem);
  }
  const model = TrainedModel.of(
    {
      options: { id, label, setup, scaling, positions, split },
      update: {
        evaluation: { epoch, latents, predictions: new Float32Array(0) },
        history,
        backend: stored.backend,
        notice
      },
      kept: {
        measured: {
          error: errors.relative,
          meanError: partMeans(errors.relative, split),
          meanRmse: partMeans(errors.rmse, split),
          skill
        },
        maps: errors
      }
    },
    pair
  );
  return { model, network: { spec, parameters, scaling, backend } };
}

/**
 * Decode the encodings of all windows: the predictions, which no file holds.
 * @param goesOn - false ends the work.
 */
export async function decodePredictions(
  model: TrainedModel,
  sessions: Sessions,
  goesOn: () => boolean
): Promise<void> {
  const { id, positions, latents, setup, kind, pair } = model;
  const z = setup.latentDims;
  const width = kind === 'im2spec' ? pair.channels : setup.window ** 2;
  const predictions = new Float32Array(positions.length * width);
  for (let at = 0; at < positions.length; at += BATCH) {
    const n = Math.min(BATCH, positions.length - at);
    const some = latents.slice(at * z, (at + n) * z);
    const decoded = await sessions.decode(id, some, n);
    if (!goesOn()) {
      return;
    }
    predictions.set(decoded, at * width);
  }
  model.takePredictions(predictions);
}
