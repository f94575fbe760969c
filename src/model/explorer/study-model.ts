/** Study: errors against the number of latents. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { IExplorerOptions } from './options';
import type { IStudyModel } from './study-types';

export class StudyModel implements IStudyModel {
  constructor(options: IExplorerOptions) {
    this._options = options;
  }

  get changed(): ISignal<IStudyModel, void> {
    return this._changed;
  }

  dispose(): void {
    Signal.clearData(this);
  }

  protected _options: IExplorerOptions;
  private _changed = new Signal<IStudyModel, void>(this);
}
