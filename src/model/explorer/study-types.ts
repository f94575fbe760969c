/** What the views see of the latent-size study: errors against the number of latents. */
import type { ISignal } from '@lumino/signaling';
import type { ISpread } from '../../analysis/error-histogram';
import type { ISizeSuggestion } from '../../analysis/latent-size';
import type { Kind, Metric } from '../../signal/types';

/** A network of the study. */
export interface IStudyEntry {
  readonly kind: Kind;
  readonly latents: number;
  /**
   * done: a model of the setup was trained to the end; trains and waits: of this study or not;
   * failed: a run of the study ended without a complete model; missing: none of these.
   */
  readonly state: 'done' | 'trains' | 'waits' | 'failed' | 'missing';
  /** Id of the model where it is done, else ''. */
  readonly model: string;
}

/** What a model of the study came to, by one measure of errors. */
export interface IStudyPoint {
  readonly kind: Kind;
  readonly latents: number;
  readonly model: string;
  /** Over the windows of the part. */
  readonly train: ISpread;
  readonly test: ISpread;
  /** Pearson correlation of the error map with the HAADF image. */
  readonly r: number;
  /** MSE between the two, each scaled to [0, 1] on the same positions. */
  readonly mse: number;
}

export interface IStudyProgress {
  /** Runs of the study that have ended, and all of them. */
  readonly done: number;
  readonly total: number;
  /** 0 to 1. */
  readonly fraction: number;
  /** Labels of those that train: "im2spec 4L, epoch 12 of 120". */
  readonly trains: readonly string[];
  /** NaN while unknown. */
  readonly secondsLeft: number;
}

/** Trains networks of several sizes that differ in nothing else, and compares them. */
export interface IStudyModel {
  /** Numbers of latents, ascending. */
  readonly sizes: readonly number[];
  readonly kinds: readonly Kind[];
  /** Every kind with every size. */
  readonly entries: readonly IStudyEntry[];
  /** How many of them are neither done nor under way. */
  readonly missing: number;
  /** While the runs of the study train or wait, else null. */
  readonly progress: IStudyProgress | null;
  /** '' or why nothing can be trained now. */
  readonly problem: string;
  readonly changed: ISignal<IStudyModel, void>;
  setSizes(sizes: readonly number[]): void;
  /** At least one. */
  setKinds(kinds: readonly Kind[]): void;
  /** Train what is missing, with the panel's setup but for kind and latents. */
  run(): void;
  /** Take what waits out of the queue and end what trains; complete models stay. */
  cancel(): void;
  /** Of the models that are done, by size; the same array until something changes. */
  points(kind: Kind, metric: Metric): readonly IStudyPoint[];
  /** The size to take; null below three sizes with a test error. */
  suggestion(kind: Kind, metric: Metric): ISizeSuggestion | null;
}
