/** What the views see of: Gaussian mixture of the encodings. */
import type { ISignal } from '@lumino/signaling';

export interface IClustersModel {
  readonly changed: ISignal<IClustersModel, void>;
}
