/** What the views see of inverse design: from a wanted spectrum to structures. */
import type { ISignal } from '@lumino/signaling';
import type { IPeak } from '../../analysis/target-curve';
import type { IInverseState } from '../../kernel/types';
import type { IBusy, ITrainedModel } from '../types';

export type { IPeak } from '../../analysis/target-curve';

/** Where the wanted spectrum comes from; `pin:` is followed by the id of a pin. */
export type TargetSource =
  'pointer' | 'selection' | 'peaks' | 'drawn' | `pin:${string}`;

/** A structure whose spectrum should come near the wanted one. */
export interface ICandidate {
  /** (latentDims). */
  readonly latents: Float32Array;
  /** (channels) decoded, data units. */
  readonly decoded: Float32Array;
  /** Flat indices of the pixels of the k windows nearest to it, nearest first. */
  readonly pixels: readonly number[];
  /** (window, window) mean of those windows, data units of the image. */
  readonly backProjected: Float32Array;
  /** RMS spread of those windows a pixel, as a fraction of full scale. */
  readonly spread: number;
  /** True where no encoding lies within one step of the latent grid: an extrapolation. */
  readonly far: boolean;
}

/** The image that spec2im predicts for the wanted spectrum. */
export interface IInverseImage {
  /** "2L". */
  readonly label: string;
  readonly window: number;
  /** (window, window), data units of the image. */
  readonly image: Float32Array;
  /** Id of the model. */
  readonly model: string;
}

export interface IInverseModel {
  /** Trained im2spec models, whose decoders can be searched. */
  readonly models: readonly ITrainedModel[];
  /** The one that is searched; null without any. */
  readonly model: ITrainedModel | null;
  readonly source: TargetSource;
  /** (channels) wanted spectrum, data units; null where its source has none. */
  readonly target: Float32Array | null;
  /** Why there is no target, and what to do; '' where there is one. */
  readonly missing: string;
  readonly peaks: readonly IPeak[];
  /** What the peaks stand on, in the units of the spectra. */
  readonly base: number;
  /** Whether all channels count, or those of the energy range. */
  readonly within: 'all' | 'range';
  /** Channels that count, first and last. */
  readonly channels: readonly [number, number];
  /** Different answers of the last search, the nearest first. */
  readonly candidates: readonly ICandidate[];
  /** The spectrum that was searched for; null before the first search. */
  readonly searched: Float32Array | null;
  /** Channels that counted in the last search, first and last. */
  readonly searchedChannels: readonly [number, number];
  /** True where target, model or channels changed since the last search. */
  readonly stale: boolean;
  /** Index of the candidate that is shown in all views; -1 for none. */
  readonly chosen: number;
  readonly image: IInverseImage | null;
  readonly busy: IBusy | null;
  readonly error: string;
  /** '' or why nothing can be searched now. */
  readonly blocked: string;
  readonly changed: ISignal<IInverseModel, void>;
  /** For Python and recipes; null before a search. */
  readonly state: IInverseState | null;
  /** Make the target of a state the target, and search again. */
  restore(state: IInverseState): void;
  setModel(id: string): void;
  setSource(source: TargetSource): void;
  setPeaks(peaks: readonly IPeak[], base?: number): void;
  /** Make a curve the target. */
  draw(curve: Float32Array): void;
  setWithin(within: 'all' | 'range'): void;
  search(): void;
  cancel(): void;
  /** Choose a candidate; -1 for none. */
  choose(index: number): void;
}
