/** What the panel knows of the variables that its data were read from. */
import type { ISignal } from '@lumino/signaling';
import type { IElsewhere } from '../kernel/types';

/** Variables that changed in Python after they were opened: reload them, or keep what is open. */
export interface ISourceChanges {
  /** Names of those that changed; empty where none did. */
  readonly names: readonly string[];
  /** True while the kernel reads them again. */
  readonly reading: boolean;
  /** What another tab does with these data that leads; null where this one does. */
  readonly elsewhere: IElsewhere | null;
  /** Why they could not be read; ''. */
  readonly error: string;
  /** Why they cannot be read now; '' where they can. */
  readonly blocked: string;
  readonly changed: ISignal<ISourceChanges, void>;
  /** Take what Python holds now, with the same steps. */
  reload(): void;
  /** Stay with what is open; asked again only after the next change. */
  keep(): void;
}
