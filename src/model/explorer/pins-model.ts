/** Pinned locations: the list that the galleries of predictions show. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { IExplorerOptions } from './options';
import type { IPin, IPinsModel } from './pins-types';

/** Letters in use at most: a figure with more cannot be read. */
const MOST = 26;

/** Keeps the pins of the present data; a pin gets the first free letter. */
export class PinsModel implements IPinsModel {
  constructor(options: IExplorerOptions) {
    this._options = options;
    options.data.pairChanged.connect(this._onPair, this);
  }

  get items(): readonly IPin[] {
    return this._items;
  }

  get changed(): ISignal<IPinsModel, void> {
    return this._changed;
  }

  add(row: number, column: number): void {
    const pair = this._options.data.pair;
    const taken = new Set(this._items.map(pin => pin.letter));
    const letter = letters().find(one => !taken.has(one));
    const known = this._items.some(
      pin => pin.row === row && pin.column === column
    );
    if (
      !pair ||
      !letter ||
      known ||
      row < 0 ||
      column < 0 ||
      row >= pair.ny ||
      column >= pair.nx
    ) {
      return;
    }
    this._set([
      ...this._items,
      { id: `pin-${++this._count}`, letter, name: '', row, column }
    ]);
  }

  rename(id: string, name: string): void {
    this._set(
      this._items.map(pin =>
        pin.id === id ? { ...pin, name: name.trim() } : pin
      )
    );
  }

  remove(id: string): void {
    this._set(this._items.filter(pin => pin.id !== id));
  }

  clear(): void {
    this._set([]);
  }

  dispose(): void {
    Signal.clearData(this);
  }

  /** What lies beyond other data goes. */
  private _onPair(): void {
    const pair = this._options.data.pair;
    const kept = this._items.filter(
      pin => pair && pin.row < pair.ny && pin.column < pair.nx
    );
    if (kept.length < this._items.length) {
      this._set(kept);
    }
  }

  private _set(items: readonly IPin[]): void {
    this._items = items;
    this._changed.emit();
  }

  private _options: IExplorerOptions;
  private _items: readonly IPin[] = [];
  private _count = 0;
  private _changed = new Signal<IPinsModel, void>(this);
}

function letters(): string[] {
  return Array.from({ length: MOST }, (_, i) => String.fromCharCode(97 + i));
}
