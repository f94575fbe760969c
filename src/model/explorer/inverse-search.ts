/** One search for structures whose spectrum comes near a wanted one. */
import { backProjectWindows, nearest } from '../../analysis/back-projection';
import { findLatents } from '../../analysis/inverse-design';
import { gridStep, latentRanges } from '../../analysis/latent-space';
import type { IPair, IRange } from '../../signal/types';
import type { ITrainedModel } from '../types';
import type { ICandidate, IInverseImage } from './inverse-types';
import type { INetworks } from './options';

export interface IInverseRequest {
  readonly model: ITrainedModel;
  readonly pair: IPair;
  readonly target: Float32Array;
  readonly channels: readonly [number, number];
  /** Nearest windows averaged for a candidate. */
  readonly k: number;
  /** Nodes on a side of the latent grid, whose step tells what is far. */
  readonly gridSize: number;
  readonly networks: INetworks;
  /** Told how far it is, 0 to 1; throws to give up. */
  readonly onProgress: (fraction: number) => void;
}

/** How many different structures are offered. */
export const CANDIDATES = 4;
/** Windows whose decoded spectra are compared at most. */
const MOST_KNOWN = 20000;

/** Search the decoder of an im2spec model. */
export async function searchStructures(
  request: IInverseRequest
): Promise<ICandidate[]> {
  const { model, pair, target, channels, networks } = request;
  const { latents, positions, setup, scaling } = model;
  const z = setup.latentDims;
  const n = positions.length;
  const ranges = latentRanges(latents, n, z);
  const skip = Math.ceil(n / MOST_KNOWN);
  const known = Math.floor(n / skip);
  const decode = (points: Float32Array, count: number) =>
    networks.decode(model.id, points, count);
  const answers = await findLatents({
    ranges,
    target,
    within: channels,
    scale: scaling.spectrum,
    decode,
    known: {
      n: known,
      latents:
        skip === 1
          ? latents
          : Float32Array.from(
              { length: known * z },
              (_, i) => latents[Math.floor(i / z) * skip * z + (i % z)]
            ),
      decodedAt: index => {
        const pixel = positions[index * skip];
        return model.predictionAt(Math.floor(pixel / pair.nx), pixel % pair.nx);
      }
    },
    count: CANDIDATES,
    onProgress: request.onProgress
  });
  const k = Math.min(request.k, n);
  const points = Float32Array.from(answers.flatMap(a => [...a.latents]));
  const length = target.length;
  const decoded = await decode(points.slice(), answers.length);
  return answers.map((answer, i) => {
    const { indices } = nearest(latents, n, z, answer.latents, 1, k);
    const { mean, dispersion } = backProjectWindows(
      pair.image,
      pair.nx,
      setup.window,
      positions,
      indices,
      k,
      scaling.image
    );
    return {
      latents: answer.latents,
      decoded: decoded.slice(i * length, (i + 1) * length),
      pixels: Array.from(indices)
        .filter(index => index >= 0)
        .map(index => positions[index]),
      backProjected: mean,
      spread: dispersion[0] / setup.window,
      far: !hasNear(latents, n, ranges, answer.latents, request.gridSize)
    };
  });
}

/** Whether an encoding lies within one step of the grid along every latent. */
function hasNear(
  latents: Float32Array,
  n: number,
  ranges: readonly IRange[],
  point: Float32Array,
  size: number
): boolean {
  const z = ranges.length;
  const reach = ranges.map(range => gridStep(range, size));
  for (let i = 0; i < n; i++) {
    let axis = 0;
    while (
      axis < z &&
      Math.abs(latents[i * z + axis] - point[axis]) <= reach[axis]
    ) {
      axis++;
    }
    if (axis === z) {
      return true;
    }
  }
  return false;
}

/** The image that a spec2im model predicts for a spectrum. */
export async function imageFor(
  model: ITrainedModel,
  target: Float32Array,
  networks: INetworks
): Promise<IInverseImage> {
  const image = await networks.use(model.id, async session =>
    session.decode(await session.encode(target.slice(), 1), 1)
  );
  const { id, label, setup } = model;
  return { label, window: setup.window, image, model: id };
}
