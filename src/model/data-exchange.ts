/** Other data in the place of the present ones: what stays, what is put aside. */
import type { IPair } from '../signal/types';
import { channelsIn, pixelIn } from './calibrated-moves';
import type { DataModel } from './data-model';
import { defaultEnergyRange, defaultPointer } from './default-view';
import type { ModelsModel } from './models-model';
import type { NavigationModel } from './navigation-model';
import type { RegionsModel } from './regions-model';
import type { RunResults } from './run-results';
import { dataKey, type Shelf } from './shelf';
import { TrainedModel } from './trained-model';
import type { TrainingModel } from './training-model';

export interface IDataExchangeOptions {
  readonly data: DataModel;
  readonly navigation: NavigationModel;
  readonly models: ModelsModel;
  readonly training: TrainingModel;
  readonly regions: RegionsModel;
  readonly results: RunResults;
  readonly shelf: Shelf;
}

/**
 * Models go with their data onto the shelf and come back with them. Pointer,
 * energy range and regions stay where they are on the sample, as far as the
 * new data reach.
 */
export class DataExchange {
  constructor(options: IDataExchangeOptions) {
    this._options = options;
  }

  /** @returns what a user should know of it, or ''. */
  replace(pair: IPair): string {
    const { data, navigation, training, regions } = this._options;
    training.abandon(
      'The data were replaced while this network trained: the run was ended. ' +
        'Train again.'
    );
    const old = data.pair;
    if (old) {
      this._shelve(old);
    }
    data.setPair(pair, () => this._move(old, pair));
    navigation.tellMoves();
    const loss = regions.follow(pair);
    this._bringBack(pair);
    return loss;
  }

  private _shelve(old: IPair): void {
    const { models, results, shelf } = this._options;
    results.dropLive();
    shelf.put(old, {
      models: models.items.map(model => model.snapshot),
      active: models.active?.id ?? null
    });
    models.takeAll();
  }

  private _bringBack(pair: IPair): void {
    const { models, shelf } = this._options;
    const found = shelf.of(pair);
    found?.models.forEach(snapshot =>
      models.add(TrainedModel.of(snapshot, pair))
    );
    // Only now: what is neither shown nor on the shelf loses its file.
    shelf.delete(pair);
    if (found?.active) {
      models.activate(found.active);
    }
  }

  private _move(old: IPair | null, pair: IPair): void {
    const { data, navigation } = this._options;
    const { pointer, energyRange } = navigation;
    const standard = defaultEnergyRange(pair);
    // A range that nobody chose follows the data: its peak may be gone.
    const chosen = `${energyRange}` !== `${this._standard}`;
    const range =
      old && chosen && channelsIn(old.energy, pair.energy, energyRange);
    const pixel = old && pixelIn(old, pair, pointer);
    navigation.adopt(
      [pair.ny, pair.nx, pair.channels],
      pixel ?? defaultPointer(pair, data.windows?.map ?? null),
      range || standard
    );
    this._standard = standard;
  }

  private _options: IDataExchangeOptions;
  /** The energy range that the present data came with. */
  private _standard: readonly [number, number] | null = null;
}

/** True where two pairs hold the same values, mask, axes and names. */
export function sameData(a: IPair, b: IPair): boolean {
  const names = ({ name, title, spectraUnits }: IPair) =>
    JSON.stringify([name, title, spectraUnits]);
  return dataKey(a) === dataKey(b) && names(a) === names(b);
}
