/** The models trained so far, the active one, its latent grid and its cursor. */
import { Signal, type ISignal } from '@lumino/signaling';
import { nearest } from '../analysis/back-projection';
import { latentRanges, middleOf, steadyRanges } from '../analysis/latent-space';
import type { Kind } from '../signal/types';
import { makeGrid } from './latent-grid';
import { LatestWins } from './latest-wins';
import type { ILatentLookup, NavigationModel } from './navigation-model';
import type { Sessions } from './sessions';
import type { TrainedModel } from './trained-model';
import type { IGrid, IModelsModel } from './types';
import { WhenRested } from './when-rested';

export interface IModelsOptions {
  readonly navigation: NavigationModel;
  readonly sessions: Sessions;
  readonly kind: Kind;
  readonly gridSize: number;
  readonly k: number;
  /** Told what went wrong in decoding. */
  onError(error: unknown): void;
}

const MAX_GRID = 64;

/** Keeps every model, newest last; of each direction the newest is shown first. */
export class ModelsModel implements IModelsModel, ILatentLookup {
  constructor(options: IModelsOptions) {
    this._options = options;
    this._kind = options.kind;
    this._gridSize = options.gridSize;
    this._k = options.k;
    const { navigation } = options;
    navigation.setLookup(this);
    navigation.latentCursorChanged.connect(this._decodeCursor, this);
    navigation.pointerChanged.connect(this._onPointer, this);
  }

  get items(): readonly TrainedModel[] {
    return this._items;
  }

  get active(): TrainedModel | null {
    return this._active;
  }

  get grid(): IGrid | null {
    return this._grid;
  }

  get k(): number {
    return this._k;
  }

  get decodedAtCursor(): Float32Array | null {
    return this._decodedAtCursor;
  }

  get itemsChanged(): ISignal<IModelsModel, void> {
    return this._itemsChanged;
  }

  get activeChanged(): ISignal<IModelsModel, void> {
    return this._activeChanged;
  }

  get gridChanged(): ISignal<IModelsModel, void> {
    return this._gridChanged;
  }

  get cursorDecoded(): ISignal<IModelsModel, void> {
    return this._cursorDecoded;
  }

  /**
   * The label for a further model: "2L", then "2L (2)", "2L (3)".
   * @param promised - labels of models that are still to come.
   */
  freeLabel(
    kind: Kind,
    latentDims: number,
    promised: readonly string[] = []
  ): string {
    const taken = new Set([
      ...this._items.filter(item => item.kind === kind).map(item => item.label),
      ...promised
    ]);
    const plain = `${latentDims}L`;
    let label = plain;
    for (let i = 2; taken.has(label); i++) {
      label = `${plain} (${i})`;
    }
    return label;
  }

  /**
   * Add a model; it becomes active where it is of the shown direction, unless one
   * that trains beside it is shown.
   * @param later - ids of models that began to train after it: it goes before them.
   */
  add(model: TrainedModel, later: readonly string[] = []): void {
    const at = this._items.findIndex(item => later.includes(item.id));
    const place = at < 0 ? this._items.length : at;
    this._items = [
      ...this._items.slice(0, place),
      model,
      ...this._items.slice(place)
    ];
    this._itemsChanged.emit();
    const { sessions } = this._options;
    const beside =
      this._active?.kind === model.kind && sessions.trains(this._active.id);
    if (model.kind === this._kind && !(beside && sessions.trains(model.id))) {
      this._setActive(model);
    }
  }

  /** A model has a newer evaluation, or its network can be decoded now. */
  refresh(model: TrainedModel): void {
    this._itemsChanged.emit();
    if (model === this._active) {
      this._activeChanged.emit();
      this._options.navigation.refreshCursor();
      this._refreshGrid();
      this._decodeCursor();
    }
  }

  activate(id: string): void {
    const model = this._items.find(item => item.id === id);
    if (model) {
      this._kind = model.kind;
      this._setActive(model);
    }
  }

  remove(id: string): void {
    const items = this._items.filter(item => item.id !== id);
    if (items.length === this._items.length) {
      return;
    }
    this._items = items;
    this._options.sessions.remove(id);
    this._itemsChanged.emit();
    if (this._active?.id === id) {
      this._setActive(this._newest());
    }
  }

  /** Take all models away; their networks stay known. */
  takeAll(): void {
    if (this._items.length === 0) {
      return;
    }
    this._items.forEach(({ id }) => this._options.sessions.rest(id));
    this._items = [];
    this._itemsChanged.emit();
    this._setActive(null);
  }

  /** The direction shown: its newest model becomes active, if there is one. */
  setKind(kind: Kind): void {
    this._kind = kind;
    if (this._active?.kind !== kind) {
      this._setActive(this._newest());
    }
  }

  setAxes(a: number, b: number): void {
    const z = this._active?.setup.latentDims ?? 0;
    const valid = (axis: number) =>
      Number.isInteger(axis) && axis >= 0 && axis < z;
    if (!valid(a) || !valid(b)) {
      return;
    }
    const [oldA, oldB] = this._axes;
    if (a === b && z > 1) {
      // One axis was set to the other's latent: the two change places.
      [a, b] = [oldB, oldA];
    }
    if (a === oldA && b === oldB) {
      return;
    }
    this._axes = [a, b];
    const { navigation } = this._options;
    if (this.cursorAt(...navigation.pointer)) {
      navigation.refreshCursor();
    } else {
      // The cursor was on the axes shown before.
      navigation.clearCursor();
    }
    this._refreshGrid();
  }

  setK(k: number): void {
    const whole = Math.max(1, Math.round(k));
    if (Number.isFinite(whole) && whole !== this._k) {
      this._k = whole;
      this._refreshGrid();
    }
  }

  setGridSize(size: number): void {
    const whole = Math.min(MAX_GRID, Math.max(2, Math.round(size)));
    if (Number.isFinite(whole) && whole !== this._gridSize) {
      this._gridSize = whole;
      this._refreshGrid();
    }
  }

  cursorAt(row: number, column: number): readonly [number, number] | null {
    const latent = this._active?.latentAt(row, column);
    return latent ? [latent[this._axes[0]], latent[this._axes[1]]] : null;
  }

  nearestPixel(a: number, b: number): readonly [number, number] | null {
    const model = this._active;
    const point = this._pointAt(a, b);
    if (!model || !point) {
      return null;
    }
    const { latents, positions, setup, pair } = model;
    const n = positions.length;
    const [k] = nearest(latents, n, setup.latentDims, point, 1, 1).indices;
    return k < 0
      ? null
      : [Math.floor(positions[k] / pair.nx), positions[k] % pair.nx];
  }

  dispose(): void {
    this._pointerRests.cancel();
    this._gridWork.cancel();
    this._cursorWork.cancel();
    this._items = [];
    this._active = null;
    Signal.clearData(this);
  }

  private _newest(): TrainedModel | null {
    const same = this._items.filter(item => item.kind === this._kind);
    return same.length > 0 ? same[same.length - 1] : null;
  }

  private _setActive(model: TrainedModel | null): void {
    if (model === this._active) {
      return;
    }
    this._active = model;
    const z = model?.setup.latentDims ?? 0;
    if (this._axes[0] >= z || this._axes[1] >= z || (z > 1 && this._same())) {
      this._axes = z > 1 ? [0, 1] : [0, 0];
    }
    this._clearComputed();
    this._activeChanged.emit();
    if (model) {
      this._options.navigation.refreshCursor();
      this._refreshGrid();
      this._decodeCursor();
    } else {
      this._options.navigation.clearCursor();
    }
  }

  private _same(): boolean {
    return this._axes[0] === this._axes[1];
  }

  /** What belongs to another model must not be seen beside this one. */
  private _clearComputed(): void {
    this._gridWork.cancel();
    if (this._grid) {
      this._grid = null;
      this._gridChanged.emit();
    }
    this._clearDecoded();
  }

  private _clearDecoded(): void {
    this._cursorWork.cancel();
    if (this._decodedAtCursor) {
      this._decodedAtCursor = null;
      this._cursorDecoded.emit();
    }
  }

  private _onPointer(): void {
    const model = this._active;
    // A network that trains decodes grids for its evaluations alone: each takes a while.
    if (
      model &&
      model.setup.latentDims > 2 &&
      !this._options.sessions.trains(model.id)
    ) {
      // Decoding takes longer than a frame: while the pointer moves the grid stays.
      this._pointerRests.ask(() => this._refreshGrid());
    }
  }

  /** (latentDims) where latents that are not shown are held. */
  private _held(model: TrainedModel): Float32Array {
    const { latents, positions, setup } = model;
    const [row, column] = this._options.navigation.pointer;
    return (
      model.latentAt(row, column)?.slice() ??
      middleOf(latentRanges(latents, positions.length, setup.latentDims))
    );
  }

  private _pointAt(a: number, b: number): Float32Array | null {
    const model = this._active;
    if (!model || model.latents.length === 0) {
      return null;
    }
    const point = this._held(model);
    point[this._axes[1]] = b;
    point[this._axes[0]] = a;
    return point;
  }

  private _refreshGrid(): void {
    const model = this._active;
    const { sessions, onError } = this._options;
    if (!model || !sessions.has(model.id)) {
      return;
    }
    this._gridWork.request(
      async () => {
        const { latents, positions, setup } = model;
        const z = setup.latentDims;
        const ranges = latentRanges(latents, positions.length, z);
        const options = {
          size: this._gridSize,
          axes: this._axes,
          k: this._k,
          at: z > 2 ? this._held(model) : null,
          ranges: sessions.trains(model.id)
            ? steadyRanges(this._grid?.ranges ?? null, ranges)
            : ranges
        };
        const grid = await makeGrid(model, options, (nodes, n) =>
          sessions.decode(model.id, nodes, n)
        );
        return () => {
          this._grid = grid;
          this._gridChanged.emit();
        };
      },
      this._unlessTrains(model, onError)
    );
  }

  private _decodeCursor(): void {
    const model = this._active;
    const cursor = this._options.navigation.latentCursor;
    const { sessions, onError } = this._options;
    const point = cursor && this._pointAt(cursor[0], cursor[1]);
    if (!model || !point) {
      this._clearDecoded();
      return;
    }
    if (!sessions.has(model.id)) {
      return;
    }
    this._cursorWork.request(
      async () => {
        const decoded = await sessions.decode(model.id, point, 1);
        return () => {
          this._decodedAtCursor = decoded;
          this._cursorDecoded.emit();
        };
      },
      this._unlessTrains(model, onError)
    );
  }

  /** A run that ends leaves what was asked of it unanswered: its result is decoded anew. */
  private _unlessTrains(
    model: TrainedModel,
    onError: (error: unknown) => void
  ): (error: unknown) => void {
    return this._options.sessions.trains(model.id) ? () => undefined : onError;
  }

  private _options: IModelsOptions;
  private _kind: Kind;
  private _items: readonly TrainedModel[] = [];
  private _active: TrainedModel | null = null;
  private _grid: IGrid | null = null;
  private _decodedAtCursor: Float32Array | null = null;
  private _axes: readonly [number, number] = [0, 1];
  private _gridSize: number;
  private _k: number;
  private _pointerRests = new WhenRested(100);
  private _gridWork = new LatestWins();
  private _cursorWork = new LatestWins();
  private _itemsChanged = new Signal<IModelsModel, void>(this);
  private _activeChanged = new Signal<IModelsModel, void>(this);
  private _gridChanged = new Signal<IModelsModel, void>(this);
  private _cursorDecoded = new Signal<IModelsModel, void>(this);
}
