/** A model of other data, put aside: it answers as the first im2spec model does. */
import type { IModelLibrary } from '../../src/model/explorer/model-library';
import type { IModelsModel } from '../../src/model/types';
import type { IModelContents } from '../../src/network/model-file';
import { DEFAULT_SETUP, type IPair } from '../../src/signal/types';

/** @param aliases - ids under which a model's network is known too; filled in here. */
export function mockLibrary(
  pair: IPair | null,
  models: IModelsModel,
  aliases: Map<string, string>
): IModelLibrary {
  const first = models.items.find(({ kind }) => kind === 'im2spec');
  const read = async (): Promise<IModelContents> => {
    if (!pair || !first) {
      throw new Error('Model file damaged: out.bias is missing.');
    }
    const { setup, positions, latents, split } = first;
    const z = setup.latentDims;
    const map = new Float32Array(pair.ny * pair.nx * z).fill(NaN);
    positions.forEach((pixel, k) => {
      for (let axis = 0; axis < z; axis++) {
        map[pixel * z + axis] = latents[k * z + axis];
      }
    });
    return {
      parameters: new Map(),
      split,
      mask: null,
      latents: map,
      meta: {
        format: 1,
        kind: 'im2spec',
        latent_dims: z,
        window: setup.window,
        filters: DEFAULT_SETUP.filters,
        channels: pair.channels,
        energy: { ...pair.energy, offset: 0.21, scale: 0.0024 },
        x: { ...pair.x, scale: 2.5 },
        y: { ...pair.y, scale: 2.5 },
        scaling: {
          image: [first.scaling.image.min, first.scaling.image.max],
          spectrum: [first.scaling.spectrum.min, first.scaling.spectrum.max]
        },
        spectra_units: 'counts',
        image_units: '',
        split: {
          kind: 'left-right',
          guard: 16,
          train_fraction: 0.67,
          leaking: false,
          shared_pixels: 0
        },
        setup: {},
        history: { train: [0.0019], test: [0.0078] },
        epoch: 120,
        backend: 'wasm',
        notice: '',
        recipe: {},
        versions: {},
        data_sha256: 'other',
        title: 'FT:IO monolayer, another place',
        simulated: true,
        errors: {
          relative: { train: 0.031, test: 0.088 },
          rmse: { train: 0.012, test: 0.035 }
        }
      }
    };
  };
  return {
    kept: pair && first ? [{ id: 'kept', label: '2L', kind: 'im2spec' }] : [],
    file: id => (id === 'kept' ? new Uint8Array(8) : null),
    read,
    open: id => {
      aliases.set(id, first?.id ?? '');
    },
    close: id => {
      aliases.delete(id);
    },
    show: async () => undefined,
    setApply: () => undefined
  };
}
