/** What the views see of pinned locations. */
import type { ISignal } from '@lumino/signaling';

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
  /** Pin a pixel; one that is pinned already stays as it is. */
  add(row: number, column: number): void;
  rename(id: string, name: string): void;
  remove(id: string): void;
  clear(): void;
}
