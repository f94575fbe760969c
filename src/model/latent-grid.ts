/** The latent grid of a model: nodes, decoded targets, back-projected features. */
import {
  backProjectSpectra,
  backProjectWindows,
  farNodes,
  nearest
} from '../analysis/back-projection';
import { latentGrid, latentRanges, middleOf } from '../analysis/latent-space';
import type { ISession } from '../network/types';
import type { TrainedModel } from './trained-model';
import type { IGrid } from './types';

export interface IGridOptions {
  readonly size: number;
  /** The two latents of the grid. */
  readonly axes: readonly [number, number];
  /** Nearest windows averaged at a node. */
  readonly k: number;
  /** (latentDims) where the latents not shown are held; null: mid-range. */
  readonly at: Float32Array | null;
}

/** The grid over all evaluated windows of a model. */
export async function makeGrid(
  model: TrainedModel,
  session: ISession,
  options: IGridOptions
): Promise<IGrid> {
  const { size, axes, at } = options;
  const { latents, positions, pair, setup, scaling } = model;
  const n = positions.length;
  const z = setup.latentDims;
  const k = Math.min(options.k, n);
  const count = size * size;
  const ranges = latentRanges(latents, n, z);
  const nodes = latentGrid(ranges, size, axes, at ?? middleOf(ranges));
  // A copy: what crosses to a worker may be handed over, not lent.
  const decoded = await session.decode(nodes.slice(), count);
  const { indices } = nearest(latents, n, z, nodes, count, k);
  const back =
    setup.kind === 'im2spec'
      ? backProjectWindows(
          pair.image,
          pair.nx,
          setup.window,
          positions,
          indices,
          k,
          scaling.image
        )
      : backProjectSpectra(
          pair.spectra,
          pair.channels,
          positions,
          indices,
          k,
          scaling.spectrum
        );
  return {
    size,
    axes,
    ranges,
    nodes,
    decoded,
    backProjected: back.mean,
    neighbours: indices,
    dispersion: back.dispersion,
    far: farNodes(latents, n, ranges, nodes, size, axes)
  };
}
