/** The data of a panel and the setup that its next training takes. */
import { Signal, type ISignal } from '@lumino/signaling';
import { DEFAULT_SETUP, type IPair, type ISetup } from '../signal/types';
import { scalingProblem, splitPair } from './run-request';
import type { IDataModel, IWindowsSummary } from './types';

/** Pair and setup; windows and problem follow from the two. */
export class DataModel implements IDataModel {
  constructor(setup: ISetup = DEFAULT_SETUP) {
    this._setup = setup;
  }

  get pair(): IPair | null {
    return this._pair;
  }

  get setup(): ISetup {
    return this._setup;
  }

  get windows(): IWindowsSummary | null {
    return this._windows;
  }

  get problem(): string {
    return this._problem;
  }

  get pairChanged(): ISignal<IDataModel, void> {
    return this._pairChanged;
  }

  get setupChanged(): ISignal<IDataModel, void> {
    return this._setupChanged;
  }

  /**
   * Take new data; the same object again changes nothing.
   * @param prepare - called when pair and windows are the new ones, before
   *   anybody is told.
   */
  setPair(pair: IPair, prepare: () => void = () => undefined): void {
    if (pair === this._pair) {
      return;
    }
    this._pair = pair;
    this._summarise();
    prepare();
    this._pairChanged.emit();
  }

  change(setup: Partial<ISetup>): void {
    const keys = Object.keys(setup) as (keyof ISetup)[];
    if (!keys.some(key => setup[key] !== this._setup[key])) {
      return;
    }
    this._setup = { ...this._setup, ...setup };
    this._summarise();
    this._setupChanged.emit();
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private _summarise(): void {
    this._windows = null;
    this._problem = '';
    const pair = this._pair;
    if (!pair) {
      return;
    }
    const { split, positions, problem } = splitPair(pair, this._setup);
    this._problem = problem || scalingProblem(pair, this._setup.scaling);
    if (split) {
      this._windows = {
        total: positions.length,
        train: split.train.length,
        guard: split.guard.length,
        test: split.test.length,
        leaking: split.leaking,
        sharedPixels: split.sharedPixels,
        map: split.map
      };
    }
  }

  private _pair: IPair | null = null;
  private _setup: ISetup;
  private _windows: IWindowsSummary | null = null;
  private _problem = '';
  private _pairChanged = new Signal<IDataModel, void>(this);
  private _setupChanged = new Signal<IDataModel, void>(this);
}
