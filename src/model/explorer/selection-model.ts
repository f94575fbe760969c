/** The selection of windows that all views share. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { IExplorerOptions } from './options';
import type { ISelectionModel } from './types';

export class SelectionModel implements ISelectionModel {
  constructor(options: IExplorerOptions) {
    this._options = options;
    options.data.pairChanged.connect(this._onPair, this);
  }

  get mask(): Uint8Array | null {
    return this._mask;
  }

  get count(): number {
    return this._count;
  }

  get changed(): ISignal<ISelectionModel, void> {
    return this._changed;
  }

  set(mask: Uint8Array | null): void {
    const pair = this._options.data.pair;
    const fits = pair !== null && mask?.length === pair.ny * pair.nx;
    const count = fits ? mask.reduce((sum, one) => sum + (one ? 1 : 0), 0) : 0;
    if (count === 0 && !this._mask) {
      return;
    }
    this._mask = count > 0 ? mask : null;
    this._count = count;
    this._changed.emit();
  }

  dispose(): void {
    Signal.clearData(this);
  }

  /** Windows of other data are others. */
  private _onPair(): void {
    this.set(null);
  }

  private _options: IExplorerOptions;
  private _mask: Uint8Array | null = null;
  private _count = 0;
  private _changed = new Signal<ISelectionModel, void>(this);
}
