/** What the views see of veracity: is near in latent also near in feature space. */
import type { ISignal } from '@lumino/signaling';

/** Neighbours that the dispersions are of, where nothing else is set. */
export const NEIGHBOURS = 10;
/** Most neighbours that can be asked for. */
export const MOST_NEIGHBOURS = 100;

/** Maps that the layer "veracity" may show. */
export const VERACITY_MAPS = ['feature', 'latent', 'ratio'] as const;
export type VeracityMap = (typeof VERACITY_MAPS)[number];

/**
 * Dispersions of each window's k nearest others (by their encodings), as shares of the dispersion of
 * all windows: 0 where neighbours are equal, 1 where they differ as any windows do.
 */
export interface IVeracity {
  /** Id of the model whose encodings these are. */
  readonly model: string;
  readonly k: number;
  /** (n) flat pixel indices of the windows. */
  readonly positions: Int32Array;
  /** (n). */
  readonly feature: Float32Array;
  readonly latent: Float32Array;
  /** RMS distance of all features from their mean, on the [0, 1] scale; that of all encodings. */
  readonly wholeFeature: number;
  readonly wholeLatent: number;
  /** Spearman's rank correlation of the two, -1 to 1; NaN where either is constant. */
  readonly correlation: number;
  /** (ny, nx) NaN where no window fits: feature, latent, feature / latent. */
  readonly maps: Readonly<Record<VeracityMap, Float32Array>>;
}

export interface IVeracityModel {
  readonly k: number;
  /** What the layer "veracity" shows. */
  readonly shown: VeracityMap;
  /** Of the active model's present encodings; null where there is none yet. */
  readonly result: IVeracity | null;
  /** 0 to 1 while it is computed, else null. */
  readonly progress: number | null;
  /** '' or why nothing can be computed. */
  readonly blocked: string;
  readonly changed: ISignal<IVeracityModel, void>;
  setK(k: number): void;
  show(map: VeracityMap): void;
  /** Whoever draws asks for the result: it is computed where there is none. */
  want(): void;
}
