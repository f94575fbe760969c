/** Veracity: is near in latent also near in feature space. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { IExplorerOptions } from './options';
import type { IVeracityModel } from './veracity-types';

export class VeracityModel implements IVeracityModel {
  constructor(options: IExplorerOptions) {
    this._options = options;
  }

  get changed(): ISignal<IVeracityModel, void> {
    return this._changed;
  }

  dispose(): void {
    Signal.clearData(this);
  }

  protected _options: IExplorerOptions;
  private _changed = new Signal<IVeracityModel, void>(this);
}
