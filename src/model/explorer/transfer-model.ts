/** Transfer: a model over other data than its own, and distances from what models learnt from. */
import { Signal, type ISignal } from '@lumino/signaling';
import { toMap } from '../../analysis/error-map';
import {
  encodingSpread,
  nearestDistances
} from '../../analysis/latent-distance';
import { TRAIN } from '../../signal/types';
import { inSlices, type Slices } from '../../signal/slices';
import { messageOf } from '../message-of';
import type { IBusy, ITrainedModel } from '../types';
import type { ITransferState } from '../../kernel/types';
import { fetchModel, shareModel, weightsOf } from './known-models';
import type { IExplorerOptions } from './options';
import { transfer } from './transfer-run';
import type {
  ITransferModel,
  ITransferred,
  ITransferSource,
  TransferScale
} from './transfer-types';

interface IOpened extends ITransferSource {
  readonly file: Uint8Array;
}

/** A map with the encodings that it was computed from. */
interface IDistances {
  readonly latents: Float32Array;
  /** null while it is computed. */
  map: Float32Array | null;
}

/** Name of a model that was open when Python kept the state. */
const NAME_FROM_PYTHON = 'from Python';

/** Thrown to end work that nobody wants any more. */
class Cancelled extends Error {}

/** Keeps one model applied to the present data, and the distances of the last two models asked for. */
export class TransferModel implements ITransferModel {
  constructor(options: IExplorerOptions) {
    this._options = options;
    options.library.setApply((name, file) => this.openFile(name, file));
    options.data.pairChanged.connect(this._onPair, this);
    options.models.itemsChanged.connect(this._onModels, this);
    options.models.activeChanged.connect(this._onModels, this);
  }

  get sources(): readonly ITransferSource[] {
    const { library, models } = this._options;
    const shown = models.items
      .filter(
        model => !model.split.includes(TRAIN) && library.file(model.id) !== null
      )
      .map(({ id, label, kind }) => ({
        id,
        label,
        kind,
        origin: 'shown' as const
      }));
    const kept = library.kept.map(model => ({
      ...model,
      origin: 'kept' as const
    }));
    return [...shown, ...kept, ...this._opened];
  }

  get chosen(): string | null {
    return this._chosen;
  }

  get result(): ITransferred | null {
    return this._result;
  }

  get scale(): TransferScale {
    return this._scale;
  }

  get busy(): IBusy | null {
    return this._busy;
  }

  get error(): string {
    return this._error;
  }

  get distanceMap(): Float32Array | null {
    const { result } = this;
    if (result) {
      return this._transferMap();
    }
    const { active } = this._options.models;
    return active ? this._mapOf(active) : null;
  }

  get distanceUnits(): string {
    return 'spreads';
  }

  get distanceLabel(): string {
    const { result } = this;
    return result
      ? `${result.model.label}, ${result.trainedOn}`
      : (this._options.models.active?.label ?? '');
  }

  get changed(): ISignal<ITransferModel, void> {
    return this._changed;
  }

  get opened(): ISignal<ITransferModel, void> {
    return this._openedSignal;
  }

  get state(): ITransferState | null {
    const shared = this._result && this._shared === this._result;
    return shared
      ? { weights: this._result!.weights, scale: this._scale }
      : this._wanted;
  }

  restore(state: ITransferState): void {
    const { weights, scale } = this.state ?? {};
    if (weights !== state.weights || scale !== state.scale) {
      this.choose(null);
      this._wanted = state;
      void this._restore(state);
    }
  }

  choose(id: string | null): void {
    this._wanted = null;
    this._turn++;
    this._chosen = id;
    this._result = null;
    this._map = null;
    this._busy = null;
    this._error = '';
    const source = this.sources.find(item => item.id === id);
    if (source) {
      void this._apply(source);
    } else {
      this._chosen = null;
    }
    this._changed.emit();
  }

  openFile(name: string, file: Uint8Array): void {
    this._open(name, file);
    this._openedSignal.emit();
  }

  setScale(scale: TransferScale): void {
    if (scale !== this._scale) {
      this._scale = scale;
      if (this._chosen) {
        this.choose(this._chosen);
      } else {
        this._changed.emit();
      }
    }
  }

  cancel(): void {
    if (this._busy) {
      this.choose(null);
    }
  }

  showInAll(): void {
    const { result } = this;
    const file = result && this._fileOf(result.source);
    if (result && file && !result.showProblem) {
      void this._options.library.show(result.source, file);
    }
  }

  dispose(): void {
    this._turn++;
    Signal.clearData(this);
  }

  private _open(name: string, file: Uint8Array): void {
    const id = `file ${++this._count}`;
    this._opened = [
      ...this._opened,
      { id, label: name, kind: null, origin: 'file', file }
    ];
    this.choose(id);
  }

  private async _apply(source: ITransferSource): Promise<void> {
    const { data, library, networks } = this._options;
    const { pair } = data;
    const file = this._fileOf(source.id);
    const turn = this._turn;
    const onStep = (text: string, fraction: number | null) => {
      if (turn !== this._turn) {
        throw new Cancelled();
      }
      this._busy = { text, fraction };
      this._changed.emit();
    };
    try {
      if (!pair || !file) {
        throw new Error(
          pair
            ? 'The model is not complete yet: wait until it is trained.'
            : 'There are no data to apply it to: open a spectrum image first.'
        );
      }
      onStep('Reading the model', null);
      const contents = await library.read(file);
      const { kind, latent_dims: latents } = contents.meta;
      const label = source.origin === 'file' ? `${latents}L` : source.label;
      this._opened = this._opened.map(one =>
        one.id === source.id ? { ...one, kind } : one
      );
      const result = await transfer({
        source: source.id,
        label,
        contents,
        pair,
        scale: this._scale,
        backend: data.setup.backend,
        library,
        networks,
        onStep
      });
      if (turn === this._turn) {
        this._result = result;
        void this._share(result);
      }
    } catch (error) {
      if (turn === this._turn) {
        this._wanted = null;
        this._error = messageOf(error);
      }
    }
    if (turn === this._turn) {
      this._busy = null;
      this._changed.emit();
    }
  }

  private async _restore(wanted: ITransferState): Promise<void> {
    const { library, link } = this._options;
    const { sources } = this;
    const known = await Promise.all(
      sources.map(({ id }) => weightsOf(library, this._fileOf(id)))
    );
    const here = sources[known.indexOf(wanted.weights)];
    let file: Uint8Array | null = null;
    try {
      file = here ? null : await fetchModel(link(), wanted.weights);
    } catch {
      // A kernel without it: the view is empty, as before any choice.
    }
    if (this._wanted !== wanted) {
      return;
    }
    this._scale = wanted.scale;
    if (here) {
      this.choose(here.id);
    } else if (file) {
      this._open(NAME_FROM_PYTHON, file);
    } else {
      this._wanted = null;
    }
    if (this._chosen) {
      // Until there is a result Python keeps what it asked for.
      this._wanted = wanted;
    }
    this._changed.emit();
  }

  /** Let Python have the model, then the state that names it, for `ex.transfer()`. */
  private async _share(result: ITransferred): Promise<void> {
    const { source, weights } = result;
    const file = this._fileOf(source);
    const title = this.sources.find(({ id }) => id === source)?.label ?? '';
    try {
      if (file) {
        await shareModel(this._options.link(), weights, title, file);
        this._shared = result;
      }
    } catch (error) {
      console.warn(`${title} did not reach Python: ${messageOf(error)}`);
    }
    if (this._result === result) {
      this._wanted = null;
      this._changed.emit();
    }
  }

  private _fileOf(id: string): Uint8Array | null {
    return (
      this._opened.find(one => one.id === id)?.file ??
      this._options.library.file(id)
    );
  }

  private _transferMap(): Float32Array | null {
    const { result } = this;
    const { pair } = this._options.data;
    if (result?.distances && pair && !this._map) {
      const { positions } = result.model;
      this._map = toMap(result.distances.here, positions, pair.ny, pair.nx);
    }
    return this._map;
  }

  /** The map of a model that is shown; starts to compute it where it is not known. */
  private _mapOf(model: ITrainedModel): Float32Array | null {
    const { latents } = model;
    const { pair } = this._options.data;
    const known = this._distances.get(model.id);
    if (known?.latents === latents || !pair || latents.length === 0) {
      return known?.map ?? null;
    }
    const entry: IDistances = { latents, map: null };
    this._distances.set(model.id, entry);
    for (const id of [...this._distances.keys()].slice(0, -2)) {
      this._distances.delete(id);
    }
    void inSlices(distanceMap(model, pair.ny, pair.nx)).then(map => {
      entry.map = map;
      if (this._distances.get(model.id) === entry) {
        this._changed.emit();
      }
    });
    return known?.map ?? null;
  }

  private _onPair(): void {
    this._distances.clear();
    this.choose(null);
  }

  private _onModels(): void {
    this._changed.emit();
  }

  private _options: IExplorerOptions;
  private _opened: readonly IOpened[] = [];
  private _count = 0;
  private _chosen: string | null = null;
  private _result: ITransferred | null = null;
  private _scale: TransferScale = 'network';
  /** The result whose model Python has. */
  private _shared: ITransferred | null = null;
  /** What Python asked for, until it is there. */
  private _wanted: ITransferState | null = null;
  private _busy: IBusy | null = null;
  private _error = '';
  /** Map of `_result`. */
  private _map: Float32Array | null = null;
  private _distances = new Map<string, IDistances>();
  /** Of choices: what an earlier one brings is dropped. */
  private _turn = 0;
  private _openedSignal = new Signal<ITransferModel, void>(this);
  private _changed = new Signal<ITransferModel, void>(this);
}

/** (ny, nx) distances of a model's windows from its training windows, in their RMS spread. */
function* distanceMap(
  { latents, positions, setup, split }: ITrainedModel,
  ny: number,
  nx: number
): Slices<Float32Array | null> {
  const z = setup.latentDims;
  const train: number[] = [];
  positions.forEach((position, k) => {
    if (split[position] === TRAIN) {
      train.push(...latents.subarray(k * z, (k + 1) * z));
    }
  });
  const m = train.length / z;
  if (m === 0) {
    return null;
  }
  const n = positions.length;
  const unit = encodingSpread(train, m, z);
  const distances = yield* nearestDistances(latents, n, z, train, m);
  return toMap(
    distances.map(value => value / unit),
    positions,
    ny,
    nx
  );
}
