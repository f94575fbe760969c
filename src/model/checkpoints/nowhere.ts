/** A place that keeps nothing, for panels that are given none. */
import type { ICheckpointStore, IRunLocks } from './kept-run';

export const NOWHERE: {
  readonly store: ICheckpointStore;
  readonly locks: IRunLocks;
} = {
  store: {
    put: async () => undefined,
    list: async () => [],
    remove: async () => undefined
  },
  locks: {
    hold: () => () => undefined,
    held: async () => new Set()
  }
};
