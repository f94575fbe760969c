/** Keeps the last checkpoint of every run, and finds those of pages that are gone. */
import type { ICheckpoint } from '../../network/types';
import type { IPair, ISetup } from '../../signal/types';
import { messageOf } from '../message-of';
import { dataKey } from '../shelf';
import type { ICheckpointStore, IKeptRun, IRunLocks } from './kept-run';
import type { KernelCopies } from './kernel-copies';

export interface IKeeperOptions {
  readonly store: ICheckpointStore;
  readonly locks: IRunLocks;
  /** What the kernel keeps beside the browser; nothing by default. */
  readonly copies?: KernelCopies;
  /** Told once why checkpoints cannot be kept, and what that means. */
  report(message: string): void;
  /** Milliseconds since 1970; the clock by default. */
  now?(): number;
}

/** What is kept of a run beside its checkpoints. */
export interface IKeptJob {
  readonly run: string;
  readonly setup: ISetup;
  readonly fromPython: boolean;
  readonly pair: IPair;
}

const DAY = 86_400_000;
/** Days after which a run that nobody went on with is forgotten. */
const KEPT_DAYS = 14;
/** Where a browser does not tell which runs train, one without a checkpoint for so long does not. */
const SILENT = 60_000;

export class CheckpointKeeper {
  constructor(options: IKeeperOptions) {
    this._options = options;
  }

  /** A run trains here from now on. */
  begin(run: string): void {
    this._ended.delete(run);
    if (!this._held.has(run)) {
      this._held.set(run, this._options.locks.hold(run));
    }
  }

  /** Keep a checkpoint; never rejects: training goes on without. */
  async keep(job: IKeptJob, checkpoint: ICheckpoint): Promise<void> {
    const { run, setup, fromPython, pair } = job;
    if (!this._held.has(run)) {
      // It has ended meanwhile.
      return;
    }
    const data = dataKey(pair);
    const savedAt = this._now();
    const kept = { run, data, setup, fromPython, savedAt, checkpoint };
    this._options.copies?.keep(kept, pair);
    await this._try(store => store.put(kept));
    // Not where it was only let go: what was on its way is the last of it.
    if (this._ended.has(run)) {
      await this._forget(run);
    }
  }

  /** A run was given up, or no model comes of it. */
  async discard(run: string): Promise<void> {
    this._options.copies?.discard(run);
    await this.end(run);
  }

  /** A run has ended with a result: there is nothing to go on with. */
  async end(run: string): Promise<void> {
    this._ended.add(run);
    this._options.copies?.end(run);
    this.letGo(run);
    await this._forget(run);
  }

  /** A run trains here no more, and may go on later from its last checkpoint: it failed, or its data went. */
  letGo(run: string): void {
    this._held.get(run)?.();
    this._held.delete(run);
  }

  /** Runs over these data that were interrupted with their page, the newest first. */
  async interrupted(pair: IPair): Promise<readonly IKeptRun[]> {
    const { store, locks } = this._options;
    try {
      const [all, held] = await Promise.all([store.list(), locks.held()]);
      const now = this._now();
      for (const { run, savedAt } of all) {
        if (now - savedAt > KEPT_DAYS * DAY) {
          void this._forget(run);
        }
      }
      const key = dataKey(pair);
      return this._free(
        all.filter(
          ({ data, savedAt }) =>
            data === key && now - savedAt <= KEPT_DAYS * DAY
        ),
        held
      );
    } catch {
      // Without storage nothing was kept; a run that begins says so.
      return [];
    }
  }

  /** Those that the kernel knows and this browser does not, or not as far; the newest first. */
  async interruptedElsewhere(
    pair: IPair,
    here: readonly IKeptRun[]
  ): Promise<readonly IKeptRun[]> {
    const { copies, locks } = this._options;
    const found = (await copies?.found(pair, here)) ?? [];
    if (found.length === 0) {
      return [];
    }
    return this._free(found, await locks.held().catch(() => null));
  }

  /** Runs that train go with the page; their checkpoints stay. */
  dispose(): void {
    this._held.forEach(release => release());
    this._held.clear();
  }

  /** Those of the runs that train in no page, the newest first. */
  private _free(
    runs: readonly IKeptRun[],
    held: ReadonlySet<string> | null
  ): readonly IKeptRun[] {
    const now = this._now();
    return runs
      .filter(
        ({ run, savedAt }) =>
          !this._held.has(run) &&
          !this._ended.has(run) &&
          (held ? !held.has(run) : now - savedAt > SILENT)
      )
      .sort((a, b) => b.savedAt - a.savedAt);
  }

  private _forget(run: string): Promise<void> {
    return this._try(store => store.remove(run));
  }

  private async _try(
    work: (store: ICheckpointStore) => Promise<void>
  ): Promise<void> {
    try {
      await work(this._options.store);
    } catch (error) {
      if (!this._told) {
        this._told = true;
        this._options.report(
          `Checkpoints cannot be kept in this browser (${messageOf(error)}): ` +
            'training goes on, but would be lost with the page. Free some space, or leave the page open until it is done.'
        );
      }
    }
  }

  private _now(): number {
    return this._options.now?.() ?? Date.now();
  }

  private _options: IKeeperOptions;
  /** Runs that train here, with what lets go of their locks. */
  private _held = new Map<string, () => void>();
  /** Runs of which nothing is to be kept. */
  private _ended = new Set<string>();
  private _told = false;
}
