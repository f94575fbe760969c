/** Runs that ended with their page: shown with how far they came, to go on or to be dropped. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { IDataModel } from '../types';
import { runLabel, type IJob } from '../job-run';
import type { CheckpointKeeper } from './checkpoint-keeper';
import type { IInterruptedModel, IInterruptedRun } from './interrupted-types';
import type { IKeptRun } from './kept-run';

export interface IInterruptedOptions {
  readonly data: IDataModel;
  readonly keeper: CheckpointKeeper;
  /** Train a job, after what waits. */
  enqueue(job: Omit<IJob, 'label'>): void;
}

export class InterruptedRuns implements IInterruptedModel {
  constructor(options: IInterruptedOptions) {
    this._options = options;
    options.data.pairChanged.connect(this._look, this);
  }

  get items(): readonly IInterruptedRun[] {
    return this._found.map(kept => ({
      id: kept.run,
      label: runLabel(kept.setup),
      setup: kept.setup,
      epoch: kept.checkpoint.epoch,
      epochs: kept.setup.epochs,
      history: kept.checkpoint.history,
      savedAt: kept.savedAt
    }));
  }

  get changed(): ISignal<IInterruptedModel, void> {
    return this._changed;
  }

  resume(id: string): void {
    const kept = this._take(id);
    if (kept) {
      const { run, setup, fromPython, checkpoint } = kept;
      const { backend, batchSize } = checkpoint;
      // The same backend: its trajectory is the one that was interrupted.
      const same = { ...setup, backend, batchSize };
      this._options.enqueue({
        run,
        setup: same,
        fromPython,
        resume: checkpoint
      });
    }
  }

  discard(id: string): void {
    if (this._take(id)) {
      void this._options.keeper.discard(id);
    }
  }

  dispose(): void {
    this._turn++;
    Signal.clearData(this);
  }

  private _take(id: string): IKeptRun | null {
    const kept = this._found.find(({ run }) => run === id) ?? null;
    if (kept) {
      this._set(this._found.filter(other => other !== kept));
    }
    return kept;
  }

  private async _look(): Promise<void> {
    const turn = ++this._turn;
    const { data, keeper } = this._options;
    this._set([]);
    const { pair } = data;
    if (!pair) {
      return;
    }
    const here = await keeper.interrupted(pair);
    if (turn !== this._turn) {
      return;
    }
    this._set(here);
    const elsewhere = await keeper.interruptedElsewhere(pair, here);
    if (turn === this._turn && elsewhere.length > 0) {
      this._add(elsewhere, here);
    }
  }

  /** Those that were found later, without what was taken meanwhile. */
  private _add(later: readonly IKeptRun[], before: readonly IKeptRun[]): void {
    const among = (runs: readonly IKeptRun[], { run }: IKeptRun) =>
      runs.some(other => other.run === run);
    const added = later.filter(
      kept => !among(before, kept) || among(this._found, kept)
    );
    const others = this._found.filter(kept => !among(added, kept));
    this._set([...others, ...added].sort((a, b) => b.savedAt - a.savedAt));
  }

  private _set(found: readonly IKeptRun[]): void {
    if (found.length > 0 || this._found.length > 0) {
      this._found = found;
      this._changed.emit();
    }
  }

  private _options: IInterruptedOptions;
  private _found: readonly IKeptRun[] = [];
  /** Of looking: data that came later are looked at again. */
  private _turn = 0;
  private _changed = new Signal<IInterruptedModel, void>(this);
}
