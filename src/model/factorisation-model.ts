/** Non-negative matrix factorisation in the kernel, shown over the data it belongs to. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { ILink, ITaskResult } from '../kernel/types';
import { readFactorisation } from './kernel-answers';
import { isCancelled, kernelProblem, KernelWork } from './kernel-work';
import { messageOf } from './message-of';
import type {
  IBusy,
  IDataModel,
  IFactorisation,
  IFactorisationModel,
  INavigationModel
} from './types';

export interface IFactorisationOptions {
  readonly data: IDataModel;
  readonly navigation: INavigationModel;
  link(): ILink | null;
}

/** Keeps the result of the present data; that of other data is dropped. */
export class FactorisationModel implements IFactorisationModel {
  constructor(options: IFactorisationOptions) {
    this._options = options;
    options.data.pairChanged.connect(this._onPair, this);
    this._blocked = kernelProblem(options.link());
  }

  get result(): IFactorisation | null {
    return this._result;
  }

  get busy(): IBusy | null {
    return this._busy;
  }

  get error(): string {
    return this._error;
  }

  get blocked(): string {
    return this._blocked;
  }

  get changed(): ISignal<IFactorisationModel, void> {
    return this._changed;
  }

  run(components: number): void {
    const link = this._options.link();
    this.refreshBlocked();
    if (link && !this._blocked && !this._work.running && !this._disposed) {
      void this._run(link, Math.round(components));
    }
  }

  cancel(): void {
    this._error = '';
    this._busy = null;
    this._work.cancel();
    this._changed.emit();
  }

  /** Data have come, or a cell has factorised: ask for the kernel's result. */
  refresh(): void {
    const link = this._options.link();
    if (link && !kernelProblem(link) && !this._disposed) {
      void this._fetch(link);
    }
  }

  /** Show a result that was kept with the present data; null for none. */
  restore(result: IFactorisation | null): void {
    if (result) {
      this._asking.cancel();
      this._show(result);
      this._changed.emit();
    }
  }

  /** The line has changed. */
  refreshBlocked(): void {
    const blocked = kernelProblem(this._options.link());
    if (blocked !== this._blocked) {
      this._blocked = blocked;
      this._changed.emit();
    }
  }

  dispose(): void {
    this._disposed = true;
    this._work.cancel();
    this._asking.cancel();
    Signal.clearData(this);
  }

  private async _run(link: ILink, components: number): Promise<void> {
    const { navigation } = this._options;
    const text = `Factorising into ${components} components`;
    this._error = '';
    this._busy = { text, fraction: null };
    const work = this._work.run(
      link,
      'nmf',
      { components, seed: 0 },
      ({ fraction, message }) => {
        this._busy = { text: message || text, fraction };
        this._changed.emit();
      }
    );
    this._changed.emit();
    try {
      // An answer to an earlier question would show the result before this one.
      this._asking.cancel();
      this._take(await work);
      if (this._result) {
        const last = this._result.abundances.length - 1;
        navigation.setComponent(Math.min(navigation.component, last));
        navigation.setLayer('abundance');
      }
    } catch (error) {
      if (!isCancelled(error)) {
        this._error = messageOf(error);
      }
    }
    if (!this._disposed && !this._work.running) {
      this._busy = null;
      this._changed.emit();
    }
  }

  private async _fetch(link: ILink): Promise<void> {
    try {
      this._take(await this._asking.run(link, 'factorisation', {}, () => {}));
    } catch (error) {
      if (isCancelled(error)) {
        return;
      }
      this._error = messageOf(error);
    }
    if (!this._disposed) {
      this._changed.emit();
    }
  }

  /** Show a result where it is of the present data. */
  private _take(answer: ITaskResult): void {
    const { pair } = this._options.data;
    const found = readFactorisation(answer);
    const fits =
      found !== null &&
      pair !== null &&
      found.sha256 === pair.sha256 &&
      found.factorisation.abundances[0].length === pair.ny * pair.nx &&
      found.factorisation.endmembers[0].length === pair.channels;
    this._show(fits ? found.factorisation : null);
  }

  private _onPair(): void {
    if (this._result) {
      this._show(null);
      this._changed.emit();
    }
  }

  private _show(result: IFactorisation | null): void {
    const { navigation } = this._options;
    this._result = result;
    if (!result && navigation.layer === 'abundance') {
      navigation.setLayer('haadf');
    }
  }

  private _options: IFactorisationOptions;
  private _result: IFactorisation | null = null;
  private _busy: IBusy | null = null;
  private _error = '';
  private _blocked = '';
  /** Factorising; asking for what there is. */
  private _work = new KernelWork();
  private _asking = new KernelWork();
  private _disposed = false;
  private _changed = new Signal<IFactorisationModel, void>(this);
}
