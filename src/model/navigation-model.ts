/** The hub every view shares: pointer, energy range, latent cursor, layer. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { ILayerLook, INavigationModel, Layer } from './navigation-types';

const PLAIN: ILayerLook = { colours: null, limits: null };

/** Largest side of the square around the pointer, pixels. */
const LARGEST_POINTER = 15;

/** What the hub asks of the active model to keep pointer and cursor together. */
export interface ILatentLookup {
  /** Coordinates of a pixel's window on the two shown axes; null without one. */
  cursorAt(row: number, column: number): readonly [number, number] | null;
  /** Pixel (row, column) of the window nearest to a cursor; null without one. */
  nearestPixel(a: number, b: number): readonly [number, number] | null;
}

/** Pointer, energy range, latent cursor and layer, held inside the data. */
export class NavigationModel implements INavigationModel {
  constructor(energyUnit: 'eV' | 'meV' = 'eV') {
    this._energyUnit = energyUnit;
  }

  get pointer(): readonly [number, number] {
    return this._pointer;
  }

  get energyRange(): readonly [number, number] {
    return this._energyRange;
  }

  get latentCursor(): readonly [number, number] | null {
    return this._latentCursor;
  }

  get secondPointer(): readonly [number, number] | null {
    return this._secondPointer;
  }

  get layer(): Layer {
    return this._layer;
  }

  get component(): number {
    return this._component;
  }

  get opacity(): number {
    return this._opacity;
  }

  get energyUnit(): 'eV' | 'meV' {
    return this._energyUnit;
  }

  get pointerSize(): number {
    return this._pointerSize;
  }

  get pointerChanged(): ISignal<INavigationModel, void> {
    return this._pointerChanged;
  }

  get energyRangeChanged(): ISignal<INavigationModel, void> {
    return this._energyRangeChanged;
  }

  get latentCursorChanged(): ISignal<INavigationModel, void> {
    return this._latentCursorChanged;
  }

  get secondPointerChanged(): ISignal<INavigationModel, void> {
    return this._secondPointerChanged;
  }

  get displayChanged(): ISignal<INavigationModel, void> {
    return this._displayChanged;
  }

  /** Who answers where a pixel lies in the latent space; null: nobody yet. */
  setLookup(lookup: ILatentLookup | null): void {
    this._lookup = lookup;
  }

  /**
   * Take the bounds (ny, nx) and channels of other data with the places in
   * them, without telling: the data are told first, then `tellMoves`.
   */
  adopt(
    bounds: readonly [number, number, number],
    pointer: readonly [number, number],
    range: readonly [number, number]
  ): void {
    this._bounds = bounds;
    this._before = [this._pointer, this._energyRange];
    this._pointer = this._heldPixel(...pointer);
    this._energyRange = this._heldRange(...range);
  }

  /** Tell what `adopt` has moved. */
  tellMoves(): void {
    const [pointer, range] = this._before;
    // A place to compare with was one of the other data, and so were typed limits.
    this.setSecondPointer(null);
    for (const [key, { limits }] of [...this._looks]) {
      if (limits?.by === 'value') {
        this.setLook(key, { limits: null });
      }
    }
    if (!same(pointer, this._pointer)) {
      this._pointerChanged.emit();
      this.refreshCursor();
    }
    if (!same(range, this._energyRange)) {
      this._energyRangeChanged.emit();
    }
  }

  setPointer(row: number, column: number): void {
    if (this._movePointer(row, column)) {
      this.refreshCursor();
    }
  }

  setSecondPointer(pixel: readonly [number, number] | null): void {
    const held = pixel && this._heldPixel(...pixel);
    const old = this._secondPointer;
    if (old !== held && !(old && held && same(old, held))) {
      this._secondPointer = held;
      this._secondPointerChanged.emit();
    }
  }

  setEnergyRange(first: number, last: number): void {
    const range = this._heldRange(first, last);
    if (!same(range, this._energyRange)) {
      this._energyRange = range;
      this._energyRangeChanged.emit();
    }
  }

  setLatentCursor(a: number, b: number, follow = false): void {
    if (!Number.isFinite(a) || !Number.isFinite(b)) {
      return;
    }
    if (follow) {
      const pixel = this._lookup?.nearestPixel(a, b);
      if (pixel) {
        this._movePointer(pixel[0], pixel[1]);
      }
    }
    this._moveCursor([a, b]);
  }

  /** Put the cursor on the pointer's encoding; keep it where there is none. */
  refreshCursor(): void {
    const [row, column] = this._pointer;
    const cursor = this._lookup?.cursorAt(row, column);
    if (cursor) {
      this._moveCursor(cursor);
    }
  }

  /** Take the cursor away (no model). */
  clearCursor(): void {
    this._moveCursor(null);
  }

  setLayer(layer: Layer): void {
    if (layer !== this._layer) {
      this._layer = layer;
      this._displayChanged.emit();
    }
  }

  setComponent(component: number): void {
    const whole = Math.max(0, Math.round(component));
    if (whole !== this._component && Number.isFinite(whole)) {
      this._component = whole;
      this._displayChanged.emit();
    }
  }

  setOpacity(opacity: number): void {
    const held = Math.min(1, Math.max(0, opacity));
    if (held !== this._opacity && Number.isFinite(held)) {
      this._opacity = held;
      this._displayChanged.emit();
    }
  }

  setEnergyUnit(unit: 'eV' | 'meV'): void {
    if (unit !== this._energyUnit) {
      this._energyUnit = unit;
      this._displayChanged.emit();
    }
  }

  setPointerSize(size: number): void {
    const held = Math.max(1, Math.min(LARGEST_POINTER, Math.round(size)));
    const odd = held % 2 ? held : held - 1;
    if (odd !== this._pointerSize && Number.isFinite(odd)) {
      this._pointerSize = odd;
      this._pointerChanged.emit();
    }
  }

  look(key: string): ILayerLook {
    return this._looks.get(key) ?? PLAIN;
  }

  setLook(key: string, change: Partial<ILayerLook>): void {
    const before = this.look(key);
    const { colours, limits } = { ...before, ...change };
    const held =
      limits &&
      [limits.low, limits.high].every(Number.isFinite) &&
      limits.low < limits.high
        ? limits
        : null;
    if (
      colours !== before.colours ||
      JSON.stringify(held) !== JSON.stringify(before.limits)
    ) {
      this._looks.set(key, { colours, limits: held });
      this._displayChanged.emit();
    }
  }

  dispose(): void {
    this._lookup = null;
    Signal.clearData(this);
  }

  private _heldRange(first: number, last: number): [number, number] {
    const top = this._bounds[2] - 1;
    return [hold(Math.min(first, last), top), hold(Math.max(first, last), top)];
  }

  private _heldPixel(row: number, column: number): [number, number] {
    return [hold(row, this._bounds[0] - 1), hold(column, this._bounds[1] - 1)];
  }

  private _movePointer(row: number, column: number): boolean {
    const [r, c] = this._heldPixel(row, column);
    if (r === this._pointer[0] && c === this._pointer[1]) {
      return false;
    }
    this._pointer = [r, c];
    this._pointerChanged.emit();
    return true;
  }

  private _moveCursor(cursor: readonly [number, number] | null): void {
    const old = this._latentCursor;
    if (old === cursor || (old && cursor && same(old, cursor))) {
      return;
    }
    this._latentCursor = cursor;
    this._latentCursorChanged.emit();
  }

  private _pointer: readonly [number, number] = [0, 0];
  private _energyRange: readonly [number, number] = [0, 0];
  private _latentCursor: readonly [number, number] | null = null;
  private _secondPointer: readonly [number, number] | null = null;
  private _layer: Layer = 'haadf';
  private _component = 0;
  private _opacity = 0.75;
  private _energyUnit: 'eV' | 'meV';
  private _pointerSize = 1;
  private _looks = new Map<string, ILayerLook>();
  private _bounds: readonly [number, number, number] = [1, 1, 1];
  /** Pointer and range before the latest `adopt`. */
  private _before: readonly (readonly [number, number])[] = [
    [0, 0],
    [0, 0]
  ];
  private _lookup: ILatentLookup | null = null;
  private _pointerChanged = new Signal<INavigationModel, void>(this);
  private _energyRangeChanged = new Signal<INavigationModel, void>(this);
  private _latentCursorChanged = new Signal<INavigationModel, void>(this);
  private _secondPointerChanged = new Signal<INavigationModel, void>(this);
  private _displayChanged = new Signal<INavigationModel, void>(this);
}

/** The nearest whole number within 0 to `top`. */
function hold(value: number, top: number): number {
  const whole = Number.isFinite(value) ? Math.round(value) : 0;
  return Math.max(0, Math.min(Math.max(0, top), whole));
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a[0] === b[0] && a[1] === b[1];
}
