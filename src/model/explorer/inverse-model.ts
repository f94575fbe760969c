/** Inverse design: the wanted spectrum, and the structures found for it. */
import { Signal, type ISignal } from '@lumino/signaling';
import { messageOf } from '../message-of';
import type { IBusy, ITrainedModel } from '../types';
import type { IInverseState } from '../../kernel/types';
import { imageFor, searchStructures } from './inverse-search';
import { inverseState, modelWith, placeTarget } from './inverse-state';
import type {
  ICandidate,
  IInverseImage,
  IInverseModel,
  IPeak,
  TargetSource
} from './inverse-types';
import { InverseTarget, type ITargetOptions } from './inverse-target';
import type { IExplorerOptions } from './options';

export type IInverseOptions = IExplorerOptions & ITargetOptions;

/** What a search was made for. */
interface IAsked {
  readonly target: Float32Array;
  readonly channels: readonly [number, number];
  readonly model: string;
}

/** Thrown to end a search that nobody wants any more. */
class Cancelled extends Error {}

/** Nodes on a side of a grid that is not there yet. */
const GRID = 16;

/** Searches on request; the target follows its source at once. */
export class InverseModel implements IInverseModel {
  constructor(options: IInverseOptions) {
    this._options = options;
    this._target = new InverseTarget(options);
    const { data, navigation, models, pins, selection } = options;
    data.pairChanged.connect(this._onPair, this);
    navigation.pointerChanged.connect(this._onPointer, this);
    navigation.energyRangeChanged.connect(this._onRange, this);
    models.itemsChanged.connect(this._onModels, this);
    pins.changed.connect(this._onPins, this);
    selection.changed.connect(this._onSelection, this);
  }

  get models(): readonly ITrainedModel[] {
    return this._options.models.items.filter(({ kind }) => kind === 'im2spec');
  }

  get model(): ITrainedModel | null {
    const { models } = this;
    const { active } = this._options.models;
    return (
      models.find(({ id }) => id === this._model) ??
      models.find(({ id }) => id === active?.id) ??
      models.at(-1) ??
      null
    );
  }

  get source(): TargetSource {
    return this._target.source;
  }

  get target(): Float32Array | null {
    return this._target.values;
  }

  get missing(): string {
    return this._target.missing;
  }

  get peaks(): readonly IPeak[] {
    return this._target.peaks;
  }

  get base(): number {
    return this._target.base;
  }

  get within(): 'all' | 'range' {
    return this._within;
  }

  get channels(): readonly [number, number] {
    const { data, navigation } = this._options;
    return this._within === 'range'
      ? navigation.energyRange
      : [0, (data.pair?.channels ?? 1) - 1];
  }

  get candidates(): readonly ICandidate[] {
    return this._candidates;
  }

  get searched(): Float32Array | null {
    return this._asked?.target ?? null;
  }

  get searchedChannels(): readonly [number, number] {
    return this._asked?.channels ?? this.channels;
  }

  get stale(): boolean {
    const asked = this._asked;
    if (!asked) {
      return false;
    }
    const { target, channels, model } = this;
    return (
      asked.model !== model?.id ||
      `${asked.channels}` !== `${channels}` ||
      !target ||
      target.some((value, i) => value !== asked.target[i])
    );
  }

  get chosen(): number {
    return this._chosen;
  }

  get image(): IInverseImage | null {
    return this._image;
  }

  get busy(): IBusy | null {
    return this._busy;
  }

  get error(): string {
    return this._error;
  }

  get blocked(): string {
    const { model } = this;
    if (!model) {
      return 'No im2spec model: train one first.';
    }
    const { networks } = this._options;
    if (networks.trains(model.id)) {
      return `${model.label} still trains: search when it is done.`;
    }
    return networks.has(model.id)
      ? this.missing
      : `The network of ${model.label} is not open: train it again.`;
  }

  get changed(): ISignal<IInverseModel, void> {
    return this._changed;
  }

  get state(): IInverseState | null {
    return this._wanted ?? this._state;
  }

  restore(state: IInverseState): void {
    if (JSON.stringify(state) !== JSON.stringify(this.state)) {
      this._wanted = state;
      void this._restore();
    }
  }

  setModel(id: string): void {
    if (id !== this.model?.id) {
      this._model = id;
      this._changed.emit();
    }
  }

  setSource(source: TargetSource): void {
    if (source !== this.source) {
      this._target.setSource(source);
      this._changed.emit();
    }
  }

  setPeaks(peaks: readonly IPeak[], base = this.base): void {
    this._target.setPeaks(peaks, base);
    this._changed.emit();
  }

  draw(curve: Float32Array): void {
    if (curve.length === this._options.data.pair?.channels) {
      this._target.draw(curve);
      this._changed.emit();
    }
  }

  setWithin(within: 'all' | 'range'): void {
    if (within !== this._within) {
      this._within = within;
      this._changed.emit();
    }
  }

  search(): void {
    const { model, target, channels } = this;
    if (model && target && !this.blocked && !this._busy) {
      const asked = { target: target.slice(), channels, model: model.id };
      void this._search(model, asked);
    }
  }

  cancel(): void {
    this._turn++;
    if (this._busy) {
      this._busy = null;
      this._changed.emit();
    }
  }

  choose(index: number): void {
    const chosen = index >= 0 && index < this._candidates.length ? index : -1;
    if (chosen !== this._chosen) {
      this._chosen = chosen;
      this._changed.emit();
    }
  }

  dispose(): void {
    this._turn++;
    Signal.clearData(this);
  }

  private async _search(model: ITrainedModel, asked: IAsked): Promise<void> {
    const { data, models, networks } = this._options;
    const { pair } = data;
    if (!pair) {
      return;
    }
    const turn = ++this._turn;
    const tell = (text: string, fraction: number | null): void => {
      if (turn !== this._turn) {
        throw new Cancelled();
      }
      this._busy = { text, fraction };
      this._changed.emit();
    };
    this._error = '';
    try {
      tell('Searching the latents', 0);
      const candidates = await searchStructures({
        model,
        pair,
        target: asked.target,
        channels: asked.channels,
        k: models.k,
        gridSize: models.grid?.size ?? GRID,
        networks,
        onProgress: fraction => tell('Searching the latents', fraction)
      });
      const inverse = models.items
        .filter(({ kind, id }) => kind === 'spec2im' && networks.has(id))
        .filter(({ id }) => !networks.trains(id))
        .at(-1);
      let image: IInverseImage | null = null;
      if (inverse) {
        tell('Decoding the image', 1);
        image = await imageFor(inverse, asked.target, networks);
      }
      if (turn === this._turn) {
        this._candidates = candidates;
        this._image = image;
        this._asked = asked;
        this._tell(models.k);
        this._chosen = candidates.length > 0 ? 0 : -1;
      }
    } catch (error) {
      if (turn === this._turn) {
        this._error = messageOf(error);
        this._wanted = null;
      }
    }
    if (turn === this._turn) {
      this._busy = null;
      this._changed.emit();
    }
  }

  /** Work out what Python is told of the search that has just ended. */
  private _tell(k: number): void {
    const { source, peaks, base } = this;
    const asked = this._asked!;
    const of = { source, peaks, base };
    const searched = { ...asked, of, k };
    const { library } = this._options;
    void inverseState(library, searched, this._candidates, this._image).then(
      state => {
        if (this._asked === asked) {
          this._state = state;
          this._wanted = null;
          this._changed.emit();
        }
      }
    );
  }

  /** Search again for what Python asks for, once its model is here. */
  private async _restore(): Promise<void> {
    const wanted = this._wanted;
    const { pair } = this._options.data;
    if (!wanted || !pair || this._busy) {
      return;
    }
    const { library } = this._options;
    const model = await modelWith(wanted.weights, this.models, library);
    if (!model || this._wanted !== wanted || this._busy) {
      return;
    }
    this._model = model.id;
    if (placeTarget(this, wanted, pair.channels)) {
      this.search();
    } else {
      this._wanted = null;
    }
  }

  private _retarget(): void {
    this._target.renew();
    this._changed.emit();
  }

  private _onPair(): void {
    this._turn++;
    this._busy = null;
    this._error = '';
    this._candidates = [];
    this._image = null;
    this._asked = null;
    this._state = null;
    this._wanted = null;
    this._chosen = -1;
    this._target.reset();
    this._changed.emit();
  }

  private _onPointer(): void {
    if (this.source === 'pointer') {
      this._retarget();
    }
  }

  private _onSelection(): void {
    if (this.source === 'selection') {
      this._retarget();
    }
  }

  private _onPins(): void {
    const { source } = this;
    if (source.startsWith('pin:')) {
      const { items } = this._options.pins;
      if (!items.some(pin => `pin:${pin.id}` === source)) {
        this._target.setSource('pointer');
      }
      this._retarget();
    }
  }

  private _onRange(): void {
    if (this._within === 'range') {
      this._changed.emit();
    }
  }

  private _onModels(): void {
    const ids = this.models.map(({ id }) => id);
    if (this._asked && !ids.includes(this._asked.model)) {
      // The latents of a model that is gone mean nothing.
      this._candidates = [];
      this._image = null;
      this._asked = null;
      this._state = null;
      this._chosen = -1;
    }
    this._changed.emit();
    void this._restore();
  }

  private _options: IInverseOptions;
  private _model = '';
  private _target: InverseTarget;
  private _within: 'all' | 'range' = 'all';
  private _candidates: readonly ICandidate[] = [];
  private _asked: IAsked | null = null;
  /** Of the last search, for Python. */
  private _state: IInverseState | null = null;
  /** What Python asked for, until it is found again. */
  private _wanted: IInverseState | null = null;
  private _chosen = -1;
  private _image: IInverseImage | null = null;
  private _busy: IBusy | null = null;
  private _error = '';
  /** Of searches: what an earlier one brings is dropped. */
  private _turn = 0;
  private _changed = new Signal<IInverseModel, void>(this);
}
