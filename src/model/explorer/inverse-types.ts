/** What the views see of: from a wanted spectrum to structures. */
import type { ISignal } from '@lumino/signaling';

export interface IInverseModel {
  readonly changed: ISignal<IInverseModel, void>;
}
