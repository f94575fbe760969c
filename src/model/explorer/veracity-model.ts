/** Veracity: is near in latent also near in feature space, for the active model. */
import { Signal, type ISignal } from '@lumino/signaling';
import { ratioMap, type Reader, veracity } from '../../analysis/veracity';
import { extractWindow } from '../../signal/windows';
import { SPECTRA_ABSENT } from '../../signal/spectrum-image';
import type { IPair } from '../../signal/types';
import { inSlices, type Slices } from '../../signal/slices';
import type { ITrainedModel } from '../types';
import type { IExplorerOptions } from './options';
import {
  type IVeracity,
  type IVeracityModel,
  MOST_NEIGHBOURS,
  NEIGHBOURS,
  type VeracityMap
} from './veracity-types';

/** Follows the active model: the result goes when its encodings do. */
export class VeracityModel implements IVeracityModel {
  constructor(options: IExplorerOptions) {
    this._options = options;
    const { data, models, training } = options;
    this._latents = models.active?.latents ?? null;
    data.pairChanged.connect(this._follow, this);
    models.activeChanged.connect(this._follow, this);
    models.itemsChanged.connect(this._follow, this);
    models.gridChanged.connect(this._follow, this);
    training.changed.connect(this._onTraining, this);
  }

  get k(): number {
    return this._k;
  }

  get shown(): VeracityMap {
    return this._shown;
  }

  get result(): IVeracity | null {
    return this._result;
  }

  get progress(): number | null {
    return this._progress;
  }

  get blocked(): string {
    const { data, models, networks } = this._options;
    const { active } = models;
    if (active?.kind === 'spec2im' && data.pair?.absent) {
      return SPECTRA_ABSENT;
    }
    if (!active) {
      return 'Not trained: veracity is that of the encodings of a model.';
    }
    if (networks.trains(active.id)) {
      return 'Veracity is computed when the training has ended.';
    }
    return active.positions.length < 3
      ? 'Too few windows: neighbours need at least 3.'
      : '';
  }

  get changed(): ISignal<IVeracityModel, void> {
    return this._changed;
  }

  setK(k: number): void {
    const whole = Math.max(2, Math.min(MOST_NEIGHBOURS, Math.round(k)));
    if (Number.isFinite(whole) && whole !== this._k) {
      this._k = whole;
      const again = this._result !== null || this._progress !== null;
      // The earlier result stays in sight until the next one has come.
      this._changed.emit();
      if (again) {
        this._begin();
      }
    }
  }

  show(map: VeracityMap): void {
    if (map !== this._shown) {
      this._shown = map;
      this._changed.emit();
    }
  }

  want(): void {
    if (!this._result && this._progress === null) {
      this._begin();
    }
  }

  dispose(): void {
    this._era++;
    Signal.clearData(this);
  }

  private _begin(): void {
    const { data, models } = this._options;
    if (models.active && data.pair && !this.blocked) {
      void this._compute(models.active, data.pair);
    }
  }

  private async _compute(active: ITrainedModel, pair: IPair): Promise<void> {
    const era = ++this._era;
    this._progress = 0;
    const { latents, positions } = active;
    const n = positions.length;
    const k = Math.min(this._k, n - 1);
    const { length, read, range } = featuresOf(active, pair);
    const work = veracity({
      latents,
      n,
      latentDims: active.setup.latentDims,
      k,
      length,
      read,
      range,
      onProgress: fraction => {
        const before = Math.floor(20 * (this._progress ?? 0));
        if (era === this._era && Math.floor(20 * fraction) > before) {
          this._progress = fraction;
          this._changed.emit();
        }
      }
    });
    const found = await inSlices(this._while(era, work));
    if (era !== this._era || !found) {
      return;
    }
    const onScan = (values: Float32Array): Float32Array => {
      const map = new Float32Array(pair.ny * pair.nx).fill(NaN);
      values.forEach((value, i) => (map[positions[i]] = value));
      return map;
    };
    this._result = {
      model: active.id,
      k,
      positions,
      ...found,
      maps: {
        feature: onScan(found.feature),
        latent: onScan(found.latent),
        ratio: onScan(ratioMap(found.feature, found.latent))
      }
    };
    this._progress = null;
    this._changed.emit();
  }

  /** The work as long as nothing newer was begun; null where something was. */
  private *_while<T>(era: number, work: Slices<T>): Slices<T | null> {
    while (era === this._era) {
      // First of all: whoever asks is drawing, and work begins afterwards.
      yield;
      const step = work.next();
      if (step.done) {
        return step.value;
      }
    }
    return null;
  }

  /** Other encodings, another veracity. */
  private _follow(): void {
    const latents = this._options.models.active?.latents ?? null;
    if (latents !== this._latents) {
      this._latents = latents;
      this._era++;
      this._result = null;
      this._progress = null;
      this._changed.emit();
    }
  }

  private _onTraining(): void {
    const { models, networks } = this._options;
    const trains = networks.trains(models.active?.id ?? '');
    if (trains !== this._trains) {
      this._trains = trains;
      this._changed.emit();
    }
  }

  private _options: IExplorerOptions;
  private _k = NEIGHBOURS;
  private _shown: VeracityMap = 'feature';
  private _latents: Float32Array | null = null;
  private _result: IVeracity | null = null;
  private _progress: number | null = null;
  private _trains = false;
  /** Counts what was begun: only the newest may show its result. */
  private _era = 0;
  private _changed = new Signal<IVeracityModel, void>(this);
}

/** Features of a model's windows, one at a time, with their [0, 1] scale. */
function featuresOf(
  { kind, positions, scaling, setup }: ITrainedModel,
  pair: IPair
): { length: number; read: Reader; range: { min: number; max: number } } {
  if (kind === 'im2spec') {
    const { window } = setup;
    return {
      length: window * window,
      read: (i, out) =>
        extractWindow(pair.image, pair.nx, window, positions[i], out),
      range: scaling.image
    };
  }
  const { channels, spectra } = pair;
  return {
    length: channels,
    read: (i, out) => {
      const start = positions[i] * channels;
      out.set(spectra.subarray(start, start + channels));
    },
    range: scaling.spectrum
  };
}
