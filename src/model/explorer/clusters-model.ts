/** Clusters: Gaussian mixture of the encodings. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { IExplorerOptions } from './options';
import type { IClustersModel } from './clusters-types';

export class ClustersModel implements IClustersModel {
  constructor(options: IExplorerOptions) {
    this._options = options;
  }

  get changed(): ISignal<IClustersModel, void> {
    return this._changed;
  }

  dispose(): void {
    Signal.clearData(this);
  }

  protected _options: IExplorerOptions;
  private _changed = new Signal<IClustersModel, void>(this);
}
