/** Transfer: a model over other data. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { IExplorerOptions } from './options';
import type { ITransferModel } from './transfer-types';

export class TransferModel implements ITransferModel {
  constructor(options: IExplorerOptions) {
    this._options = options;
  }

  get changed(): ISignal<ITransferModel, void> {
    return this._changed;
  }

  dispose(): void {
    Signal.clearData(this);
  }

  protected _options: IExplorerOptions;
  private _changed = new Signal<ITransferModel, void>(this);
}
