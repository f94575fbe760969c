/** The data of a panel and the setup that its next training takes. */
import { Signal, type ISignal } from '@lumino/signaling';
import { DEFAULT_SETUP, type IPair, type ISetup } from '../signal/types';
import { argumentProblem, scalingProblem, splitPair } from './run-request';
import type { IDataModel, ISetupLists, IWindowsSummary } from './types';

/** Most runs that one training may start. */
const MOST_RUNS = 64;

/** Pair and setup; windows and problem follow from the two. */
export class DataModel implements IDataModel {
  constructor(setup: ISetup = DEFAULT_SETUP) {
    this._setup = setup;
    this._setups = [setup];
    this._lists = { latentDims: [setup.latentDims], seed: [setup.seed] };
  }

  get pair(): IPair | null {
    return this._pair;
  }

  get setup(): ISetup {
    return this._setup;
  }

  get setups(): readonly ISetup[] {
    return this._setups;
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
    const lists: ISetupLists = {
      ...(keys.includes('latentDims') && { latentDims: [setup.latentDims!] }),
      ...(keys.includes('seed') && { seed: [setup.seed!] })
    };
    this._take({ ...this._setup, ...setup }, { ...this._lists, ...lists });
  }

  vary(lists: ISetupLists): void {
    const { latentDims, seed } = { ...this._lists, ...lists };
    if (latentDims.length > 0 && seed.length > 0) {
      this._take(
        { ...this._setup, latentDims: latentDims[0], seed: seed[0] },
        { latentDims: [...latentDims], seed: [...seed] }
      );
    }
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private _take(setup: ISetup, lists: Required<ISetupLists>): void {
    const keys = Object.keys(setup) as (keyof ISetup)[];
    const same =
      keys.every(key => setup[key] === this._setup[key]) &&
      `${lists.latentDims};${lists.seed}` ===
        `${this._lists.latentDims};${this._lists.seed}`;
    if (same) {
      return;
    }
    this._setup = setup;
    this._lists = lists;
    this._setups = lists.seed.flatMap(seed =>
      lists.latentDims.map(latentDims => ({ ...setup, latentDims, seed }))
    );
    this._summarise();
    this._setupChanged.emit();
  }

  private _summarise(): void {
    this._windows = null;
    this._problem = '';
    const pair = this._pair;
    if (!pair) {
      return;
    }
    const { split, positions, problem } = splitPair(pair, this._setup);
    this._problem =
      problem ||
      this._setups.map(argumentProblem).find(Boolean) ||
      (this._setups.length > MOST_RUNS
        ? `Latents and seeds make ${this._setups.length} runs: give lists that make ${MOST_RUNS} or fewer.`
        : scalingProblem(pair, this._setup.scaling));
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
  private _setups: readonly ISetup[];
  private _lists: Required<ISetupLists>;
  private _windows: IWindowsSummary | null = null;
  private _problem = '';
  private _pairChanged = new Signal<IDataModel, void>(this);
  private _setupChanged = new Signal<IDataModel, void>(this);
}
