/** Models of data that are not shown now: they come back with their data. */
import type { IPair } from '../signal/types';
import type { IModelSnapshot } from './trained-model';

/** Models that belong to the same data. */
export interface IShelvedModels {
  readonly models: readonly IModelSnapshot[];
  /** Id of the one that was active; null for none. */
  readonly active: string | null;
}

/**
 * Names data by what a model takes from them. The sha256 covers spectra and
 * image; mask and axes are compared beside it.
 */
export function dataKey(pair: IPair): string {
  const { sha256, ny, nx, channels, y, x, energy, mask } = pair;
  return JSON.stringify([
    sha256,
    [ny, nx, channels],
    [y, x, energy],
    mask ? mask.join('') : ''
  ]);
}

/** Models by data. Predictions and parameters stay, the spectra do not. */
export class Shelf {
  /** How many models it holds. */
  get count(): number {
    return this.models.length;
  }

  get models(): readonly IModelSnapshot[] {
    return [...this._byData.values()].flatMap(({ models }) => models);
  }

  put(pair: IPair, shelved: IShelvedModels): void {
    if (shelved.models.length > 0) {
      this._byData.set(dataKey(pair), shelved);
    }
  }

  /** The models of these data; null where there are none. */
  of(pair: IPair): IShelvedModels | null {
    return this._byData.get(dataKey(pair)) ?? null;
  }

  /** The models of these data stand elsewhere. */
  delete(pair: IPair): void {
    this._byData.delete(dataKey(pair));
  }

  clear(): void {
    this._byData.clear();
  }

  private _byData = new Map<string, IShelvedModels>();
}
