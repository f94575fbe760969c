/** The means of a mixture, decoded and back-projected. */
import { backProjectWith, nearest } from '../../analysis/back-projection';
import type { IPair } from '../../signal/types';
import { extractWindow } from '../../signal/windows';
import type { ITrainedModel } from '../types';
import type { ICentroids, IMixture } from './clusters-types';
import type { INetworks } from './options';

/** @param most - windows that a back-projection is the mean of, where there are as many. */
export async function centroidsOf(
  active: ITrainedModel,
  pair: IPair,
  { means, k }: IMixture,
  most: number,
  networks: INetworks
): Promise<ICentroids> {
  const { latentDims: z, window } = active.setup;
  const { latents, positions } = active;
  const decoded = await networks.decode(active.id, means.slice(), k);
  const neighbours = Math.min(most, positions.length);
  const near = nearest(latents, positions.length, z, means, k, neighbours);
  const images = active.kind === 'im2spec';
  const length = images ? window * window : pair.channels;
  const { mean } = backProjectWith(
    (index, out) => {
      const pixel = positions[index];
      if (images) {
        extractWindow(pair.image, pair.nx, window, pixel, out);
      } else {
        const start = pixel * pair.channels;
        out.set(pair.spectra.subarray(start, start + length));
      }
    },
    length,
    near.indices,
    k,
    neighbours
  );
  return { decoded, backProjected: mean, neighbours };
}
