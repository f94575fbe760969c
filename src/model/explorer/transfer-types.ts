/** What the views see of a model over other data than its own, and of how far windows lie from what it learnt from. */
import type { ISignal } from '@lumino/signaling';
import type { IAxis, IPair, Kind } from '../../signal/types';
import type { ITransferState } from '../../kernel/types';
import type { IBusy, ITrainedModel } from '../types';

/** A model that can be applied to the present data. */
export interface ITransferSource {
  readonly id: string;
  /** "2L", or the name of its file. */
  readonly label: string;
  /** null before the file was read. */
  readonly kind: Kind | null;
  /** Put aside with its data, read from a file, or shown already. */
  readonly origin: 'kept' | 'file' | 'shown';
}

/** What was found in bringing a model to other data. */
export interface ITransferNote {
  readonly text: string;
  /** True where it makes errors hard to compare. */
  readonly warning: boolean;
}

/** Means over the windows of a part, fractions; NaN where unknown. */
export interface IOwnMeans {
  readonly train: number;
  readonly test: number;
}

export interface ITransferred {
  /** Id of the source. */
  readonly source: string;
  /** sha256 of its weights. */
  readonly weights: string;
  /** The network over the present data, on the energies that both have. */
  readonly model: ITrainedModel;
  /** The data that `model` is of: the present scan, its spectra on the network's energies. */
  readonly pair: IPair;
  /** Name of the data that it was trained on. */
  readonly trainedOn: string;
  readonly notes: readonly ITransferNote[];
  /** Errors on its own data, by measure; `mse` is the loss of the last epoch. */
  readonly own: {
    readonly relative: IOwnMeans;
    readonly rmse: IOwnMeans;
    readonly mse: IOwnMeans;
  };
  /** Of its own data; "left-right". */
  readonly ownSplit: string;
  readonly ownLeaks: boolean;
  /** null where the file holds no encodings of its own data. */
  readonly distances: ITransferDistances | null;
  /** '' or why it cannot be shown in all views. */
  readonly showProblem: string;
}

/** Distances from the nearest training encoding, in RMS spreads of those. */
export interface ITransferDistances {
  /** (n) of the windows of the present data, in the order of `model.positions`. */
  readonly here: Float64Array;
  /** Of the test windows of its own data; empty without any. */
  readonly own: Float64Array;
  /** 95 % of `own` lie below; NaN without any. */
  readonly threshold: number;
  /** Share (0 to 1) of `here` beyond the threshold; NaN without one. */
  readonly beyond: number;
}

/** On which scale images and spectra reach the network. */
export type TransferScale = 'network' | 'data';

export interface ITransferModel {
  readonly sources: readonly ITransferSource[];
  /** The source that is applied, or being applied; null for none. */
  readonly chosen: string | null;
  readonly result: ITransferred | null;
  /** The scale of the data that it was trained on, or of the present ones. */
  readonly scale: TransferScale;
  readonly busy: IBusy | null;
  /** '' or why the model cannot be applied, and what to do. */
  readonly error: string;
  /**
   * (ny, nx) distance of each window's encoding from the nearest encoding of a
   * training window, in units of `distanceUnits`; NaN where no window fits. Of the
   * model that was transferred, else of the active one. Computed when first asked
   * for: null until `changed`, and where there is none. The same array until there
   * is another.
   */
  readonly distanceMap: Float32Array | null;
  /** "spreads": RMS distances of the training encodings from their mean. */
  readonly distanceUnits: string;
  /** Model that `distanceMap` is of: "2L", "2L of ftio"; '' for none. */
  readonly distanceLabel: string;
  readonly changed: ISignal<ITransferModel, void>;
  /** A model came as a file, from a disk or from Python. */
  readonly opened: ISignal<ITransferModel, void>;
  /** Apply a model to the present data; null takes the result away. */
  choose(id: string | null): void;
  /** Apply the model in a file. */
  openFile(name: string, file: Uint8Array): void;
  setScale(scale: TransferScale): void;
  cancel(): void;
  /** For Python and recipes; null without a model. */
  readonly state: ITransferState | null;
  /** Apply the model of a state again, from Python where it is not here. */
  restore(state: ITransferState): void;
  /** Add the model that is applied to those of all views. */
  showInAll(): void;
}

/** What of a network's own data is compared with the present ones. */
export interface IOwnData {
  readonly energy: IAxis;
  readonly x: IAxis;
  readonly y: IAxis;
  readonly window: number;
}
