/** Tells Python what rests in the panel: pointer, regions, pins, selection, settings. */
import { Signal } from '@lumino/signaling';
import type { ILink, IPanelState } from '../kernel/types';
import { axisValue } from '../signal/axis';
import { runsOf } from '../signal/mask-runs';
import type { IAxis } from '../signal/types';
import { messageOf } from './message-of';
import { placeState, type IPlaces } from './state-placing';

/** Milliseconds of rest before the state is told. */
const DELAY = 150;

export interface IStateReportOptions extends IPlaces {
  link(): ILink | null;
  /** Show a message in the strip. */
  report(message: string): void;
}

/**
 * Sends the state for `ex.selection` and the recipe once it rests, not at every
 * step; and puts a state there that Python has kept or made.
 */
export class StateReport {
  constructor(options: IStateReportOptions) {
    this._options = options;
    const { data, navigation, regions, models, explorer } = options;
    const { pins, selection, display, clusters } = explorer;
    for (const signal of [
      navigation.pointerChanged,
      navigation.secondPointerChanged,
      navigation.energyRangeChanged,
      regions.changed,
      pins.changed,
      selection.changed,
      display.changed,
      clusters.changed,
      explorer.transfer.changed,
      explorer.inverse.changed,
      models.gridChanged
    ]) {
      (signal as typeof navigation.pointerChanged).connect(this._rest, this);
    }
    data.pairChanged.connect(this._onPair, this);
  }

  /** Tell the state after a rest, whatever was told before. */
  schedule(): void {
    this._told = '';
    this._rest();
  }

  /** Take over a state, at once or when there are data; null is none. */
  place(state: IPanelState | null): void {
    if (!state) {
      return;
    }
    const there = this._options.data.pair !== null;
    this._waiting = there ? null : state;
    if (there) {
      placeState(this._options, state);
      this.schedule();
    }
  }

  dispose(): void {
    clearTimeout(this._timer);
    Signal.clearData(this);
  }

  private _rest(): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._send(), DELAY);
  }

  /** The places follow the data first. */
  private _onPair(): void {
    if (this._waiting) {
      void Promise.resolve().then(() => this.place(this._waiting));
    }
  }

  private _send(): void {
    const { pair } = this._options.data;
    const link = this._options.link();
    if (!pair || !link || link.state === 'gone') {
      return;
    }
    const state = stateOf(this._options, pair.energy);
    // While a model trains, its grid is another every few seconds; where it is not.
    const text = JSON.stringify(state);
    if (text !== this._told) {
      this._told = text;
      try {
        link.sendState(state);
      } catch (error) {
        this._options.report(
          'Python was not told of the selection, regions, pins and settings of the panel: ' +
            messageOf(error)
        );
      }
    }
  }

  private _options: IStateReportOptions;
  /** What was told last, as JSON. */
  private _told = '';
  /** What comes into the panel with its data. */
  private _waiting: IPanelState | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

/** What rests in the panel now, over data along these energies. */
export function stateOf(parts: IPlaces, energy: IAxis): IPanelState {
  const { navigation, regions, models, explorer } = parts;
  const [first, last] = navigation.energyRange.map(i => axisValue(energy, i));
  const { mask } = explorer.selection;
  const { grid } = models;
  const { k, covariance, seed } = explorer.clusters;
  const transfer = explorer.transfer.state;
  const inverse = explorer.inverse.state;
  return {
    pointer: navigation.pointer,
    secondPointer: navigation.secondPointer,
    energyRange: [first, last],
    regions: regions.items.map(({ name, kind, points }) => ({
      name,
      kind,
      points
    })),
    region: regions.selected,
    pins: explorer.pins.items.map(({ letter, name, row, column }) => ({
      letter,
      name,
      row,
      column
    })),
    selection: mask ? runsOf(mask) : [],
    metric: explorer.display.metric,
    analysis: {
      gridSize: grid?.size ?? null,
      axes: grid?.axes ?? null,
      k: models.k,
      clusters: { k, covariance, seed },
      ...(transfer && { transfer }),
      ...(inverse && { inverse })
    }
  };
}
