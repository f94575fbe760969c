/** Public tokens of the extension. */
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { IWorkspace } from './model/types';

/** The open eelscape panels, one for each `eelscape.explore` in a notebook. */
export interface IPanels {
  /** Workspaces of the open panels, oldest first. */
  readonly workspaces: readonly IWorkspace[];
  /** Workspace of the panel used last; null while none is open. */
  readonly current: IWorkspace | null;
  /** Another panel is the current one, or one opened or closed. */
  readonly currentChanged: ISignal<IPanels, IWorkspace | null>;
}

/** Gives other extensions the open panels and their workspaces. */
export const IPanels = new Token<IPanels>(
  'eelscape:IPanels',
  'The open eelscape panels: their data, navigation, models and training.'
);
