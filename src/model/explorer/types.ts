/** What the views see of the explorer: what is selected, pinned, grouped, studied, transferred, designed. */
import type { ISignal } from '@lumino/signaling';
import type { Metric } from '../../signal/types';
import type { IClustersModel } from './clusters-types';
import type { IInverseModel } from './inverse-types';
import type { IPinsModel } from './pins-types';
import type { IStudyModel } from './study-types';
import type { ITransferModel } from './transfer-types';
import type { IVeracityModel } from './veracity-types';

export type {
  Covariance,
  IBicPoint,
  ICentroids,
  IClustersModel,
  IMixture
} from './clusters-types';
export type { IInverseModel } from './inverse-types';
export type { IPin, IPinsModel } from './pins-types';
export type { IStudyModel, IStudyPoint } from './study-types';
export type { ITransferModel } from './transfer-types';
export type { IVeracity, IVeracityModel, VeracityMap } from './veracity-types';

/** Windows that a lasso, a box or a list has chosen; shared by all views and by Python. */
export interface ISelectionModel {
  /** (ny, nx) 1 where the window at a pixel is selected; null for none. */
  readonly mask: Uint8Array | null;
  /** How many are selected. */
  readonly count: number;
  readonly changed: ISignal<ISelectionModel, void>;
  /** An empty mask is no selection. */
  set(mask: Uint8Array | null): void;
}

/** How errors and latents are shown, the same in every view. */
export interface IDisplayModel {
  /** Measure of the error maps and their numbers. */
  readonly metric: Metric;
  /** Latent that the layer "latent" shows, from 0. */
  readonly latent: number;
  /** Windows with errors above this percentile make the worst regions, 50 to 99.9. */
  readonly percentile: number;
  /** Whether the latent plot shows the Gaussians of the clusters as ellipses. */
  readonly ellipses: boolean;
  readonly changed: ISignal<IDisplayModel, void>;
  setMetric(metric: Metric): void;
  setLatent(latent: number): void;
  setPercentile(percentile: number): void;
  setEllipses(shown: boolean): void;
}

/** The parts of the explorer. */
export interface IExplorer {
  readonly selection: ISelectionModel;
  readonly display: IDisplayModel;
  readonly pins: IPinsModel;
  readonly clusters: IClustersModel;
  readonly veracity: IVeracityModel;
  readonly study: IStudyModel;
  readonly transfer: ITransferModel;
  readonly inverse: IInverseModel;
}
