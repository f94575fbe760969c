/** The data of a panel and the setup that its next training takes. */
import { Signal, type ISignal } from '@lumino/signaling';
import { constantProblem, scalingOf } from '../signal/scaling';
import { DEFAULT_SETUP, type IPair, type ISetup } from '../signal/types';
import { splitPair } from './run-request';
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

  /** Take new data; the same object again changes nothing. */
  setPair(pair: IPair): void {
    if (pair === this._pair) {
      return;
    }
    this._pair = pair;
    this._constant = constantIn(pair);
    this._summarise();
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
    this._problem = problem || this._constant;
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
  private _constant = '';
  private _pairChanged = new Signal<IDataModel, void>(this);
  private _setupChanged = new Signal<IDataModel, void>(this);
}

/** Why nothing can be learnt from a pair; '' where something can. */
function constantIn(pair: IPair): string {
  try {
    return constantProblem(scalingOf(pair));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
