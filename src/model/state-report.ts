/** Tells Python where the pointer and the energy range rest. */
import { Signal } from '@lumino/signaling';
import type { ILink } from '../kernel/types';
import { axisValue } from '../signal/axis';
import type { IDataModel, INavigationModel } from './types';

/** Milliseconds of rest before the state is told. */
const DELAY = 150;

export interface IStateReportOptions {
  readonly data: IDataModel;
  readonly navigation: INavigationModel;
  link(): ILink | null;
}

/** Sends the state for `ex.selection` once it rests, not at every step. */
export class StateReport {
  constructor(options: IStateReportOptions) {
    this._options = options;
    const { navigation } = options;
    navigation.pointerChanged.connect(this.schedule, this);
    navigation.energyRangeChanged.connect(this.schedule, this);
  }

  /** Tell the state after a rest. */
  schedule(): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._send(), DELAY);
  }

  dispose(): void {
    clearTimeout(this._timer);
    Signal.clearData(this);
  }

  private _send(): void {
    const { pair } = this._options.data;
    const link = this._options.link();
    if (pair && link && link.state !== 'gone') {
      const { pointer, energyRange } = this._options.navigation;
      const [first, last] = energyRange.map(i => axisValue(pair.energy, i));
      link.sendState({ pointer, energyRange: [first, last] });
    }
  }

  private _options: IStateReportOptions;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}
