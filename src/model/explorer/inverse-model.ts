/** Inverse: from a wanted spectrum to structures. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { IExplorerOptions } from './options';
import type { IInverseModel } from './inverse-types';

export class InverseModel implements IInverseModel {
  constructor(options: IExplorerOptions) {
    this._options = options;
  }

  get changed(): ISignal<IInverseModel, void> {
    return this._changed;
  }

  dispose(): void {
    Signal.clearData(this);
  }

  protected _options: IExplorerOptions;
  private _changed = new Signal<IInverseModel, void>(this);
}
