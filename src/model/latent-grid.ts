/** The latent grid of a model: nodes, decoded targets, back-projected features. */
import {
  backProjectSpectra,
  backProjectWindows,
  farNodes,
  nearest
} from '../analysis/back-projection';
import { latentGrid, middleOf } from '../analysis/latent-space';
import type { IRange } from '../signal/types';
import type { Decode } from './sessions';
import { inSlices, type Slices } from '../signal/slices';
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
  /** (latentDims) range that the nodes span. */
  readonly ranges: readonly IRange[];
}

/** What of a grid needs no network. */
type Found = Pick<IGrid, 'neighbours' | 'backProjected' | 'dispersion' | 'far'>;

/** The back-projection of spectra that are absent. */
const NOTHING = { mean: new Float32Array(0), dispersion: [NaN] };

/** The grid over all evaluated windows of a model; the page stays in hand meanwhile. */
export async function makeGrid(
  model: TrainedModel,
  options: IGridOptions,
  decode: Decode
): Promise<IGrid> {
  const { size, axes, at, ranges } = options;
  const nodes = latentGrid(ranges, size, axes, at ?? middleOf(ranges));
  // A copy: what crosses to a worker may be handed over, not lent.
  const asked = decode(nodes.slice(), size * size);
  const [decoded, found] = await Promise.all([
    asked,
    inSlices(nodesOf(model, options, nodes))
  ]);
  return { size, axes, ranges, nodes, decoded, ...found };
}

/** Neighbours, back-projection and distance of the nodes, one after the other. */
function* nodesOf(
  model: TrainedModel,
  options: IGridOptions,
  nodes: Float32Array
): Slices<Found> {
  const { size, axes, ranges } = options;
  const { latents, positions, pair, setup, scaling } = model;
  const n = positions.length;
  const z = setup.latentDims;
  const k = Math.min(options.k, n);
  const count = size * size;
  const length =
    setup.kind === 'im2spec'
      ? setup.window ** 2
      : pair.absent
        ? 0
        : pair.channels;
  const found = {
    neighbours: new Int32Array(count * k),
    backProjected: new Float32Array(count * length),
    dispersion: new Float32Array(count),
    far: new Uint8Array(count)
  };
  for (let node = 0; node < count; node++) {
    const at = nodes.subarray(node * z, (node + 1) * z);
    const { indices } = nearest(latents, n, z, at, 1, k);
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
        : pair.absent
          ? NOTHING
          : backProjectSpectra(
              pair.spectra,
              pair.channels,
              positions,
              indices,
              k,
              scaling.spectrum
            );
    found.neighbours.set(indices, node * k);
    found.backProjected.set(back.mean, node * length);
    found.dispersion[node] = back.dispersion[0];
    found.far[node] = farNodes(latents, n, ranges, at, size, axes)[0];
    yield;
  }
  return found;
}
