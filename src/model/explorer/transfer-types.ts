/** What the views see of: a model over other data. */
import type { ISignal } from '@lumino/signaling';

export interface ITransferModel {
  readonly changed: ISignal<ITransferModel, void>;
}
