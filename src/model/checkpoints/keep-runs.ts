/** The two sides of keeping runs: writing checkpoints, and offering those of pages that are gone. */
import { CheckpointKeeper, type IKeeperOptions } from './checkpoint-keeper';
import { KernelCopies, type IKernelCopiesOptions } from './kernel-copies';
import { NOWHERE } from './nowhere';
import { InterruptedRuns, type IInterruptedOptions } from './interrupted-runs';

export interface IKeptRuns {
  readonly keeper: CheckpointKeeper;
  readonly interrupted: InterruptedRuns;
  dispose(): void;
}

/** Without a place to keep them runs end with their page. */
export function keepRuns(
  options: Partial<IKeeperOptions> &
    IKernelCopiesOptions &
    Omit<IInterruptedOptions, 'keeper'>
): IKeptRuns {
  const copies = new KernelCopies(options);
  const keeper = new CheckpointKeeper({ ...NOWHERE, ...options, copies });
  const interrupted = new InterruptedRuns({ ...options, keeper });
  return {
    keeper,
    interrupted,
    dispose: () => {
      interrupted.dispose();
      keeper.dispose();
    }
  };
}
