/** What the views see of: errors against the number of latents. */
import type { ISignal } from '@lumino/signaling';

export interface IStudyModel {
  readonly changed: ISignal<IStudyModel, void>;
}
