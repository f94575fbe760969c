/** What the views see of clusters: a Gaussian mixture of the encodings. */
import type { ISignal } from '@lumino/signaling';
import type { IBusy } from '../types';

/** Shapes that the components of a mixture may have; scikit-learn's names. */
export const COVARIANCES = ['full', 'tied', 'diag', 'spherical'] as const;
export type Covariance = (typeof COVARIANCES)[number];

/** Most components that a mixture may have here. */
export const MOST_CLUSTERS = 16;

/** The mixture of the encodings of one evaluation; component 0 has most windows. */
export interface IMixture {
  /** Id of the model whose encodings these are. */
  readonly model: string;
  readonly k: number;
  readonly covariance: Covariance;
  readonly seed: number;
  /** (n) flat pixel indices of the windows. */
  readonly positions: Int32Array;
  /** (n) component that a window belongs to most. */
  readonly labels: Int32Array;
  /** (n, k) share of a window that each component has; a row sums to 1. */
  readonly responsibilities: Float32Array;
  /** (ny, nx) the labels; NaN where no window fits. */
  readonly map: Float32Array;
  /** (k, latentDims). */
  readonly means: Float32Array;
  /** (k, latentDims, latentDims). */
  readonly covariances: Float32Array;
  /** (k) share of the mixture. */
  readonly weights: Float32Array;
  /** (k) windows of each label. */
  readonly sizes: Int32Array;
  /** Bayesian information criterion: the lower, the better. */
  readonly bic: number;
  /** False where the iterations ended before the fit did. */
  readonly converged: boolean;
}

/** The mean of a component, decoded and back-projected. */
export interface ICentroids {
  /** (k, channels) or (k, window, window), data units. */
  readonly decoded: Float32Array;
  /** Mean feature of the windows nearest to it: (k, window, window) or (k, channels), data units. */
  readonly backProjected: Float32Array;
  /** How many windows that mean is of. */
  readonly neighbours: number;
}

export interface IBicPoint {
  readonly k: number;
  readonly bic: number;
}

export interface IClustersModel {
  /** Number of components; 1 to `MOST_CLUSTERS`. */
  readonly k: number;
  readonly covariance: Covariance;
  readonly seed: number;
  /** Of the active model's present encodings with these settings; null where there is none yet. */
  readonly result: IMixture | null;
  /** Of `result`; null before they are decoded. */
  readonly centroids: ICentroids | null;
  /** BIC of 1 to `MOST_CLUSTERS` components of the same encodings, as far as they are known. */
  readonly curve: readonly IBicPoint[];
  readonly busy: IBusy | null;
  readonly error: string;
  /** '' or why nothing can be computed now (no kernel, training runs). */
  readonly blocked: string;
  readonly changed: ISignal<IClustersModel, void>;
  setK(k: number): void;
  setCovariance(covariance: Covariance): void;
  setSeed(seed: number): void;
  /** Whoever draws asks for the result: it is computed where there is none and nothing went wrong. */
  want(): void;
  /** Also ask for the curve of BIC, once there is a result. */
  wantCurve(): void;
  /** Compute after an error or a cancel. */
  run(): void;
  cancel(): void;
  /** (ny, nx) 1 on the windows of a component; the same array as long as the result stays. */
  maskOf(cluster: number): Uint8Array | null;
}
