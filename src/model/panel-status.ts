/** What a panel as a whole is doing. */
import type { PanelStatus } from './types';

export interface IStatusSources {
  readonly training: { readonly running: boolean; readonly paused: boolean };
  readonly transfer: unknown;
  readonly question: unknown;
  readonly pair: unknown;
  readonly error: string;
  /** How many models there are. */
  readonly models: number;
}

/** Training comes first: it goes on whatever else there is. */
export function panelStatus(now: IStatusSources): PanelStatus {
  if (now.training.running) {
    return now.training.paused ? 'paused' : 'training';
  }
  if (now.transfer) {
    return 'loading';
  }
  if (now.question) {
    return 'question';
  }
  if (!now.pair) {
    return now.error ? 'error' : 'empty';
  }
  return now.models > 0 ? 'done' : 'ready';
}
