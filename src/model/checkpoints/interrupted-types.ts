/** What the views see of runs that ended with their page. */
import type { ISignal } from '@lumino/signaling';
import type { IHistory, ISetup } from '../../signal/types';

export interface IInterruptedRun {
  readonly id: string;
  /** "im2spec 2L". */
  readonly label: string;
  readonly setup: ISetup;
  /** Complete epochs, of `epochs`. */
  readonly epoch: number;
  readonly epochs: number;
  readonly history: IHistory;
  /** When the checkpoint was made, milliseconds since 1970. */
  readonly savedAt: number;
}

export interface IInterruptedModel {
  readonly items: readonly IInterruptedRun[];
  readonly changed: ISignal<IInterruptedModel, void>;
  /** Go on where the run was interrupted. */
  resume(id: string): void;
  /** Forget the run. */
  discard(id: string): void;
}
