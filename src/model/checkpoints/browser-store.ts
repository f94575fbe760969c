/** Checkpoints in the browser's database, which plain http has too; the origin-private file system has not. */
import { createStore, del, set, values, type UseStore } from 'idb-keyval';
import type { ICheckpointStore, IKeptRun } from './kept-run';

export class BrowserStore implements ICheckpointStore {
  put(run: IKeptRun): Promise<void> {
    return this._use(store => set(run.run, run, store));
  }

  list(): Promise<readonly IKeptRun[]> {
    return this._use(store => values<IKeptRun>(store));
  }

  remove(run: string): Promise<void> {
    return this._use(store => del(run, store));
  }

  /** Opened on first use: where there is no database, asking for one throws. */
  private async _use<T>(work: (store: UseStore) => Promise<T>): Promise<T> {
    this._store ??= createStore('eelscape-checkpoints', 'runs');
    return work(this._store);
  }

  private _store: UseStore | null = null;
}
