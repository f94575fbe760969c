/** How the encodings of the windows are distributed along each latent. */
import { histogram } from './statistics';

/** Counts of one latent; the four lists share the edges. */
export interface ILatentDistribution {
  /** (bins + 1), from the lowest to the highest encoding. */
  readonly edges: Float64Array;
  /** (bins) windows of a part of the split. */
  readonly train: Int32Array;
  readonly guard: Int32Array;
  readonly test: Int32Array;
  /** (bins) windows of any part that are selected; null without a selection. */
  readonly selected: Int32Array | null;
  /** Mean and standard deviation (divided by n) over all windows. */
  readonly mean: number;
  readonly sd: number;
}

export interface IDistributionInput {
  /** (n, z). */
  readonly latents: ArrayLike<number>;
  readonly z: number;
  /** (n) flat pixel indices. */
  readonly positions: ArrayLike<number>;
  /** (ny, nx) labels of the split: 0 train, 1 guard, 2 test. */
  readonly split: ArrayLike<number>;
  /** (ny, nx) 1 where selected; null for none. */
  readonly selected: ArrayLike<number> | null;
}

/**
 * (size) 1 at the pixels whose encodings lie in bins `first` to `last` of a distribution.
 * @param size - pixels of the scan.
 */
export function windowsInBins(
  { latents, z, positions }: Omit<IDistributionInput, 'split' | 'selected'>,
  axis: number,
  edges: Float64Array,
  [first, last]: readonly [number, number],
  size: number
): Uint8Array {
  const mask = new Uint8Array(size);
  const bins = edges.length - 1;
  const [low, high] = [edges[0], edges[bins]];
  for (let i = 0; i < positions.length; i++) {
    // As `histogram` counts: the last bin holds its upper edge.
    const place = Math.floor(
      ((latents[i * z + axis] - low) / (high - low)) * bins
    );
    const bin = Math.min(bins - 1, place);
    if (bin >= first && bin <= last) {
      mask[positions[i]] = 1;
    }
  }
  return mask;
}

/** Distribution of one latent in equal bins, as numpy.histogram; NaN is left out. */
export function latentDistribution(
  input: IDistributionInput,
  axis: number,
  bins: number
): ILatentDistribution {
  const { latents, z, positions, split } = input;
  const n = positions.length;
  const all = Float64Array.from(
    { length: n },
    (_, i) => latents[i * z + axis]
  ).map(value => (Number.isFinite(value) ? value : NaN));
  const whole = histogram(all, bins);
  const range = [whole.edges[0], whole.edges[bins]] as const;
  const count = (holds: (pixel: number) => boolean): Int32Array =>
    histogram(
      all.filter((_, i) => holds(positions[i])),
      bins,
      range
    ).counts;
  let sum = 0;
  let finite = 0;
  for (const value of all) {
    if (!Number.isNaN(value)) {
      sum += value;
      finite++;
    }
  }
  const mean = sum / finite;
  let squares = 0;
  for (const value of all) {
    if (!Number.isNaN(value)) {
      squares += (value - mean) ** 2;
    }
  }
  const { selected } = input;
  return {
    edges: whole.edges,
    train: count(pixel => split[pixel] === 0),
    guard: count(pixel => split[pixel] === 1),
    test: count(pixel => split[pixel] === 2),
    selected: selected && count(pixel => selected[pixel] === 1),
    mean,
    sd: Math.sqrt(squares / finite)
  };
}
