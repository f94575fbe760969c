/** The networks of docs/paper.md: what they are trained on and how. */
import * as fs from 'node:fs';
import * as path from 'node:path';

export type Sample = 'ftio' | 'ftio-low-resolution';
export type Kind = 'im2spec' | 'spec2im';

export interface INetwork {
  readonly sample: Sample;
  readonly kind: Kind;
  readonly latents: number;
  readonly epochs: number;
}

export const KINDS: readonly Kind[] = ['im2spec', 'spec2im'];

/** Sizes of Fig. S1b. */
export const SIZES: readonly number[] = [1, 2, 3, 4, 6, 8, 10, 16];

/**
 * A quarter of the paper's filters, so that a network takes one to two minutes in WebAssembly;
 * the paper's set of windows, and a split without shared pixels.
 */
const SETUP = {
  filters: 16,
  batch_size: 32,
  learning_rate: 2e-3,
  windows: 'paper',
  split: 'left-right',
  seed: 0,
  backend: 'wasm'
} as const;

/** As arguments of `ex.train`. */
export function argumentsFor({ latents, epochs }: INetwork): string {
  const setup = { latent_dims: latents, epochs, ...SETUP };
  return Object.entries(setup)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(', ');
}

const ROOT = path.resolve(__dirname, '../..');

/** Trained networks are kept here, so that figures can be drawn again without training. */
export const MODELS =
  process.env.PAPER_MODELS ?? path.join(ROOT, 'build/paper');
export const FIGURES = path.join(ROOT, 'docs/images/paper');
export const PAGE = path.join(ROOT, 'docs/paper.md');

/** Those of Figs. 3 to 6, S2 and S3. */
export function networksOf(sample: Sample): readonly INetwork[] {
  return networks(sample, [2, 10], 60);
}

/** Those of Fig. S1b: sixteen, so fewer epochs. */
export function networksOfStudy(): readonly INetwork[] {
  return networks('ftio', SIZES, 40);
}

function networks(
  sample: Sample,
  sizes: readonly number[],
  epochs: number
): INetwork[] {
  return sizes.flatMap(latents =>
    KINDS.map(kind => ({ sample, kind, latents, epochs }))
  );
}

export function fileOf(network: INetwork): string {
  const { sample, kind, latents, epochs } = network;
  fs.mkdirSync(MODELS, { recursive: true });
  const name = `${sample}-${kind}-${latents}L-${epochs}.safetensors`;
  return path.join(MODELS, name);
}
