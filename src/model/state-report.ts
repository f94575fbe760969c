/** Tells Python where pointer, energy range and regions rest. */
import { Signal } from '@lumino/signaling';
import type { ILink } from '../kernel/types';
import { axisValue } from '../signal/axis';
import type { IDataModel, INavigationModel, IRegionsModel } from './types';

/** Milliseconds of rest before the state is told. */
const DELAY = 150;

export interface IStateReportOptions {
  readonly data: IDataModel;
  readonly navigation: INavigationModel;
  readonly regions: IRegionsModel;
  link(): ILink | null;
}

/** Sends the state for `ex.selection` once it rests, not at every step. */
export class StateReport {
  constructor(options: IStateReportOptions) {
    this._options = options;
    const { navigation, regions } = options;
    navigation.pointerChanged.connect(this.schedule, this);
    navigation.energyRangeChanged.connect(this.schedule, this);
    regions.changed.connect(this.schedule, this);
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
      const regions = this._options.regions.items.map(
        ({ name, kind, points }) => ({ name, kind, points })
      );
      link.sendState({ pointer, energyRange: [first, last], regions });
    }
  }

  private _options: IStateReportOptions;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}
