/** Networks that were never trained: they answer with what the nearest window has. */
import type { INetworks } from '../../src/model/explorer/options';
import type { IModelsModel, ITrainedModel } from '../../src/model/types';
import type { IEvaluation, ISession } from '../../src/network/types';

/** Index of the window whose encoding is nearest to (latentDims) values. */
function nearestWindow(model: ITrainedModel, point: Float32Array): number {
  const z = model.setup.latentDims;
  let best = 0;
  let least = Infinity;
  for (let i = 0; i < model.positions.length; i++) {
    let sum = 0;
    for (let axis = 0; axis < z; axis++) {
      sum += (model.latents[i * z + axis] - point[axis]) ** 2;
    }
    if (sum < least) {
      least = sum;
      best = i;
    }
  }
  return best;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(
    parts.reduce((sum, part) => sum + part.length, 0)
  );
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** @param aliases - ids under which a model's network is known too. */
export function mockNetworks(
  models: IModelsModel,
  nx: number,
  aliases: ReadonlyMap<string, string> = new Map()
): INetworks {
  const find = (id: string): ITrainedModel => {
    const model = models.items.find(
      item => item.id === (aliases.get(id) ?? id)
    );
    if (!model) {
      throw new Error('The network of this model is not open. Train it again.');
    }
    return model;
  };
  const predictionOf = (model: ITrainedModel, index: number): Float32Array => {
    const pixel = model.positions[index];
    return model.predictionAt(Math.floor(pixel / nx), pixel % nx)!;
  };
  const decode = async (
    id: string,
    latents: Float32Array,
    n: number
  ): Promise<Float32Array> => {
    const model = find(id);
    const z = model.setup.latentDims;
    return joined(
      Array.from({ length: n }, (_, i) =>
        predictionOf(
          model,
          nearestWindow(model, latents.subarray(i * z, (i + 1) * z))
        )
      )
    );
  };
  const session = (model: ITrainedModel): ISession => ({
    spec: { ...model.setup, channels: 0 },
    backend: 'cpu',
    // The same place for all: which it is does not matter for a look at the panel.
    encode: async (_, n) =>
      joined(
        Array.from({ length: n }, () =>
          model.latents.slice(0, model.setup.latentDims)
        )
      ),
    decode: (latents, n) => decode(model.id, latents, n),
    evaluate: async (_, positions): Promise<IEvaluation> => {
      const at = Array.from(positions, pixel =>
        Math.max(0, model.positions.indexOf(pixel))
      );
      const z = model.setup.latentDims;
      return {
        epoch: model.epoch,
        latents: joined(at.map(i => model.latents.slice(i * z, (i + 1) * z))),
        predictions: joined(at.map(i => predictionOf(model, i)))
      };
    },
    dispose: () => undefined
  });
  return {
    has: id => models.items.some(item => item.id === id),
    trains: () => false,
    decode,
    use: async (id, task) => task(session(find(id)))
  };
}
