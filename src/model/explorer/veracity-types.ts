/** What the views see of: is near in latent also near in feature space. */
import type { ISignal } from '@lumino/signaling';

export interface IVeracityModel {
  readonly changed: ISignal<IVeracityModel, void>;
}
