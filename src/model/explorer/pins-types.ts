/** What the views see of pinned locations. */
import type { ISignal } from '@lumino/signaling';
import type { PlaceKind } from '../../analysis/suggested-places';

/** A location that is kept in the list, for figures of predictions. */
export interface IPin {
  readonly id: string;
  /** "a", "b", ...: the letter on the pictures. */
  readonly letter: string;
  /** What a user calls it ("void"); '' without a name. */
  readonly name: string;
  readonly row: number;
  readonly column: number;
}

export interface IPinsModel {
  readonly items: readonly IPin[];
  readonly changed: ISignal<IPinsModel, void>;
  /** True where no letter is left. */
  readonly full: boolean;
  /** True while each click on the scan pins its pixel. */
  readonly collecting: boolean;
  setCollecting(collecting: boolean): void;
  /** Pin a pixel; one that is pinned already stays as it is. */
  add(row: number, column: number, name?: string): void;
  /**
   * Pin a void, a particle, a gap and an edge of the image, in test windows where there are any,
   * apart from what is pinned already. Returns how many it found.
   */
  suggest(nameOf: (kind: PlaceKind) => string): number;
  /** Add pins with their letters, those of a recipe for example; letters and pixels that are pinned already stay. */
  restore(pins: readonly Omit<IPin, 'id'>[]): void;
  rename(id: string, name: string): void;
  remove(id: string): void;
  clear(): void;
}
