/** Pinned locations: the list that the galleries of predictions show. */
import { MAX_NAME } from '../../signal/limits';
import { Signal, type ISignal } from '@lumino/signaling';
import { type PlaceKind, suggestPlaces } from '../../analysis/suggested-places';
import type { IExplorerOptions } from './options';
import type { IPin, IPinsModel } from './pins-types';

/** Letters in use at most: a figure with more cannot be read. */
const MOST = 26;

/** A name as long as the protocol carries. */
function shortName(name: string): string {
  return name.trim().slice(0, MAX_NAME);
}

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

  get full(): boolean {
    return this._items.length >= MOST;
  }

  get collecting(): boolean {
    return this._collecting;
  }

  setCollecting(collecting: boolean): void {
    if (collecting !== this._collecting) {
      this._collecting = collecting;
      this._changed.emit();
    }
  }

  add(row: number, column: number, name = ''): void {
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
      {
        id: `pin-${++this._count}`,
        letter,
        name: shortName(name),
        row,
        column
      }
    ]);
  }

  suggest(nameOf: (kind: PlaceKind) => string): number {
    const { data, models } = this._options;
    const { pair } = data;
    const active = models.active;
    const split = active?.split ?? data.windows?.map;
    if (!pair || split?.length !== pair.ny * pair.nx) {
      return 0;
    }
    const before = this._items.length;
    const places = suggestPlaces({
      image: pair.image,
      ny: pair.ny,
      nx: pair.nx,
      split,
      mask: pair.mask,
      window: (active?.setup ?? data.setup).window,
      taken: this._items.map(pin => [pin.row, pin.column] as const)
    });
    for (const { kind, row, column } of places) {
      this.add(row, column, nameOf(kind));
    }
    return this._items.length - before;
  }

  restore(pins: readonly Omit<IPin, 'id'>[]): void {
    const pair = this._options.data.pair;
    const items = [...this._items];
    for (const { letter, name, row, column } of pins) {
      const inside = pair && row < pair.ny && column < pair.nx;
      const taken = items.some(
        pin =>
          pin.letter === letter || (pin.row === row && pin.column === column)
      );
      if (inside && !taken && letters().includes(letter)) {
        const id = `pin-${++this._count}`;
        items.push({ id, letter, name: name.trim(), row, column });
      }
    }
    if (items.length > this._items.length) {
      this._set(items);
    }
  }

  rename(id: string, name: string): void {
    const pin = this._items.find(item => item.id === id);
    const text = shortName(name);
    if (!pin || pin.name === text) {
      return;
    }
    this._set(
      this._items.map(pin => (pin.id === id ? { ...pin, name: text } : pin))
    );
  }

  remove(id: string): void {
    const kept = this._items.filter(pin => pin.id !== id);
    if (kept.length < this._items.length) {
      this._set(kept);
    }
  }

  clear(): void {
    if (this._items.length) {
      this._set([]);
    }
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
  private _collecting = false;
  private _changed = new Signal<IPinsModel, void>(this);
}

function letters(): string[] {
  return Array.from({ length: MOST }, (_, i) => String.fromCharCode(97 + i));
}
