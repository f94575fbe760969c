/** Variables that changed in Python after they were opened: reloaded, or kept as they were. */
import { Signal, type ISignal } from '@lumino/signaling';
import { hasFields, isList, isText } from '../kernel/checks';
import type { IElsewhere, ILink } from '../kernel/types';
import { isCancelled, kernelProblem, KernelWork } from './kernel-work';
import { messageOf } from './message-of';
import type { ISourceChanges } from './source-types';

export interface ISourceChangesOptions {
  link(): ILink | null;
  /** Why the data may not change now; '' where they may. */
  blocked(): string;
}

/** Asks the kernel what changed when it says so, and when data have come. */
export class SourceChanges implements ISourceChanges {
  constructor(options: ISourceChangesOptions) {
    this._options = options;
  }

  get names(): readonly string[] {
    return this._names;
  }

  get reading(): boolean {
    return this._reading;
  }

  get elsewhere(): IElsewhere | null {
    return this._options.link()?.elsewhere ?? null;
  }

  get error(): string {
    return this._error;
  }

  get blocked(): string {
    return this._options.blocked();
  }

  get changed(): ISignal<ISourceChanges, void> {
    return this._changed;
  }

  reload(): void {
    if (!this.blocked) {
      this._reloads = true;
      void this._run('source-reload').then(done => {
        this._reloads &&= done;
      });
    }
  }

  keep(): void {
    void this._run('source-keep');
  }

  /** True once where the kernel's next reload is the one that was asked for here. */
  takeReload(): boolean {
    const mine = this._reloads;
    this._reloads = false;
    return mine;
  }

  /** Data have come, or something changed: ask what. */
  async refresh(): Promise<void> {
    const link = this._options.link();
    if (!link || kernelProblem(link) || this._disposed) {
      return;
    }
    try {
      const { fields } = await this._asking.run(
        link,
        'source-changes',
        {},
        () => undefined
      );
      this._show(fields);
    } catch {
      // What changed is asked again with the next data.
    }
  }

  dispose(): void {
    this._disposed = true;
    this._asking.cancel();
    this._work.cancel();
    Signal.clearData(this);
  }

  /** @returns whether the kernel did it. */
  private async _run(kind: string): Promise<boolean> {
    const link = this._options.link();
    if (!link || this._work.running || this._disposed) {
      return false;
    }
    // An answer to an earlier question would bring the names back.
    this._asking.cancel();
    this._error = kernelProblem(link);
    this._reading = !this._error && kind === 'source-reload';
    this._changed.emit();
    let done = false;
    try {
      if (!this._error) {
        const { fields } = await this._work.run(link, kind, {}, () => {});
        done = true;
        this._show(fields);
      }
    } catch (error) {
      this._error = isCancelled(error) ? '' : messageOf(error);
    }
    this._reading = false;
    if (!this._disposed) {
      this._changed.emit();
    }
    return done;
  }

  private _show(fields: unknown): void {
    if (
      this._disposed ||
      !hasFields(fields, { names: isList(100, isText(10000)) })
    ) {
      return;
    }
    const names = fields.names as string[];
    if (`${names}` !== `${this._names}` || this._error) {
      this._names = names;
      this._error = '';
      this._changed.emit();
    }
  }

  private _options: ISourceChangesOptions;
  private _names: readonly string[] = [];
  private _reading = false;
  private _error = '';
  private _reloads = false;
  private _work = new KernelWork();
  private _asking = new KernelWork();
  private _disposed = false;
  private _changed = new Signal<ISourceChanges, void>(this);
}
