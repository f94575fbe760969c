/** What a workspace file holds of a panel. */
import type {
  IStoredModel,
  IWorkspaceContents
} from '../../network/workspace-file';
import { pairMap, pairMean } from '../../signal/spectrum-image';
import type { IPair, Metric } from '../../signal/types';
import { snakeSetup } from '../model-metadata';
import { stateOf } from '../state-report';
import type { IPlaces } from '../state-placing';
import type { IFactorisationModel, ITrainedModel } from '../types';

export interface ICollected extends IPlaces {
  readonly factorisation: IFactorisationModel;
  readonly versions: Readonly<Record<string, string>>;
  /** Bytes of a model's file; null while it trains. */
  file(id: string): Uint8Array | null;
}

/**
 * The contents of a file. Models that still train are not in it.
 * @param recipe - what the kernel did to the data; null where it gave none.
 */
export function collect(
  parts: ICollected,
  pair: IPair,
  withSpectra: boolean,
  recipe: Record<string, unknown> | null
): IWorkspaceContents {
  const { data, navigation, models, factorisation } = parts;
  const { absent, ...rest } = pair;
  const range = navigation.energyRange;
  const map = pairMap(pair, range);
  const summary =
    absent && !map ? absent : { range, map: map!, mean: pairMean(pair) };
  const hasSpectra = withSpectra && !absent;
  const { abundances, endmembers, explained, report } =
    factorisation.result ?? {};
  return {
    pair: {
      ...rest,
      spectra: hasSpectra ? pair.spectra : new Float32Array(0),
      ...(!hasSpectra && { absent: summary })
    },
    summary,
    models: models.items.flatMap(model => {
      const file = parts.file(model.id);
      return file ? [stored(model, file)] : [];
    }),
    active: models.active?.id ?? null,
    layer: navigation.layer,
    factorisation: abundances
      ? {
          abundances,
          endmembers: endmembers!,
          explained: explained!,
          report: report!
        }
      : null,
    setup: snakeSetup(data.setup),
    state: stateOf(parts, pair.energy),
    recipe,
    versions: parts.versions
  };
}

function stored(model: ITrainedModel, file: Uint8Array): IStoredModel {
  const { id, label, epoch, backend, notice, positions, latents } = model;
  const errors: Record<Metric, Float32Array> = {
    relative: model.errorBy('relative'),
    rmse: model.errorBy('rmse'),
    mse: model.errorBy('mse'),
    mse_raw: model.errorBy('mse_raw')
  };
  const { split, history, skill } = model;
  return {
    ...{ id, label, file, epoch, backend, notice },
    ...{ positions, latents, split, errors, history, skill }
  };
}
