/** Clusters: a Gaussian mixture of the encodings, fitted by the kernel. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { ILink, ITaskResult } from '../../kernel/types';
import { isCancelled, kernelProblem, KernelWork } from '../kernel-work';
import { messageOf } from '../message-of';
import type { IBusy, ITrainedModel } from '../types';
import { packed } from './packed-values';
import { centroidsOf } from './clusters-centroids';
import { readCurve, readMixture } from './clusters-answer';
import {
  type Covariance,
  type IBicPoint,
  type ICentroids,
  type IClustersModel,
  type IMixture,
  MOST_CLUSTERS
} from './clusters-types';
import type { IExplorerOptions } from './options';

/** Most bytes of encodings that go to the kernel: Jupyter refuses larger messages. */
const MOST_BYTES = 7 * 2 ** 20;

/** Follows the active model: its result, centroids and curve go when its encodings do. */
export class ClustersModel implements IClustersModel {
  constructor(options: IExplorerOptions) {
    this._options = options;
    const { data, models, training } = options;
    this._latents = models.active?.latents ?? null;
    data.pairChanged.connect(this._follow, this);
    models.activeChanged.connect(this._follow, this);
    models.itemsChanged.connect(this._follow, this);
    models.gridChanged.connect(this._onGrid, this);
    training.changed.connect(this._onTraining, this);
  }

  get k(): number {
    return this._k;
  }

  get covariance(): Covariance {
    return this._covariance;
  }

  get seed(): number {
    return this._seed;
  }

  get result(): IMixture | null {
    return this._result;
  }

  get centroids(): ICentroids | null {
    return this._centroids;
  }

  get curve(): readonly IBicPoint[] {
    return this._curve;
  }

  get busy(): IBusy | null {
    return this._busy ?? this._curveBusy;
  }

  get error(): string {
    return this._error;
  }

  get blocked(): string {
    const { models, networks, link } = this._options;
    const active = models.active;
    if (!active) {
      return 'Not trained: clusters are those of the encodings of a model.';
    }
    if (networks.trains(active.id)) {
      return 'Clusters are found when the training has ended.';
    }
    if (active.latents.byteLength > MOST_BYTES) {
      return (
        `${active.positions.length} encodings of ${active.setup.latentDims} latents are more ` +
        'than a panel sends: use model.clusters() in the notebook.'
      );
    }
    return kernelProblem(link());
  }

  get changed(): ISignal<IClustersModel, void> {
    return this._changed;
  }

  setK(k: number): void {
    const whole = Math.max(1, Math.min(MOST_CLUSTERS, Math.round(k)));
    if (Number.isFinite(whole) && whole !== this._k) {
      this._k = whole;
      this._restart();
    }
  }

  setCovariance(covariance: Covariance): void {
    if (covariance !== this._covariance) {
      this._covariance = covariance;
      this._forgetCurve();
      this._restart();
    }
  }

  setSeed(seed: number): void {
    const whole = Math.max(0, Math.round(seed));
    if (Number.isFinite(whole) && whole !== this._seed) {
      this._seed = whole;
      this._forgetCurve();
      this._restart();
    }
  }

  want(): void {
    const { active } = this._options.models;
    if (
      active &&
      !this._result &&
      !this._work.running &&
      !this._ended &&
      !this._disposed &&
      !this.blocked
    ) {
      void this._fit(active, this._options.link()!);
    }
  }

  wantCurve(): void {
    const { active } = this._options.models;
    if (
      active &&
      this._result &&
      this._curve.length === 0 &&
      !this._work.running &&
      !this._curveWork.running &&
      !this._curveEnded &&
      !this._disposed &&
      !this.blocked
    ) {
      void this._fitCurve(active, this._options.link()!);
    }
  }

  run(): void {
    this._ended = false;
    this._curveEnded = false;
    this._error = '';
    this.want();
    this.wantCurve();
  }

  cancel(): void {
    this._ended ||= this._work.running;
    this._curveEnded ||= this._curveWork.running;
    this._work.cancel();
    this._curveWork.cancel();
    this._busy = null;
    this._curveBusy = null;
    this._changed.emit();
  }

  maskOf(cluster: number): Uint8Array | null {
    const result = this._result;
    if (!result || !(cluster >= 0 && cluster < result.k)) {
      return null;
    }
    let mask = this._masks.get(cluster);
    if (!mask) {
      mask = Uint8Array.from(result.map, label => (label === cluster ? 1 : 0));
      this._masks.set(cluster, mask);
    }
    return mask;
  }

  dispose(): void {
    this._disposed = true;
    this._work.cancel();
    this._curveWork.cancel();
    Signal.clearData(this);
  }

  private async _fit(active: ITrainedModel, link: ILink): Promise<void> {
    const { k, covariance, seed } = this;
    const latents = active.latents;
    const text = `Fitting ${k} Gaussians to ${active.positions.length} encodings`;
    this._busy = { text, fraction: null };
    // The view that asks is drawing: tell it afterwards.
    void Promise.resolve().then(() => this._changed.emit());
    try {
      const answer = await this._work.run(
        link,
        'clusters',
        { ...this._params(active), components: k },
        () => {}
      );
      if (this._isShown(latents)) {
        this._take(answer, active, { k, covariance, seed });
      }
    } catch (error) {
      if (isCancelled(error)) {
        return;
      }
      this._error = messageOf(error);
      this._ended = true;
    }
    if (!this._disposed && !this._work.running) {
      this._busy = null;
      this._changed.emit();
    }
  }

  private _take(
    answer: ITaskResult,
    active: ITrainedModel,
    settings: { k: number; covariance: Covariance; seed: number }
  ): void {
    const pair = this._options.data.pair;
    if (!pair) {
      return;
    }
    this._result = readMixture(answer, {
      ...settings,
      model: active.id,
      positions: active.positions,
      latentDims: active.setup.latentDims,
      pixels: pair.ny * pair.nx
    });
    void this._decode(active, this._result);
  }

  private async _decode(
    active: ITrainedModel,
    result: IMixture
  ): Promise<void> {
    const { data, models, networks } = this._options;
    const pair = data.pair;
    if (!pair) {
      return;
    }
    try {
      const found = await centroidsOf(active, pair, result, models.k, networks);
      if (this._result !== result || this._disposed) {
        return;
      }
      this._centroids = found;
    } catch (error) {
      if (this._result !== result || this._disposed) {
        return;
      }
      this._error = messageOf(error);
    }
    this._changed.emit();
  }

  private async _fitCurve(active: ITrainedModel, link: ILink): Promise<void> {
    const latents = active.latents;
    const text = 'BIC of other numbers of clusters';
    this._curveBusy = { text, fraction: 0 };
    void Promise.resolve().then(() => this._changed.emit());
    try {
      const most = Math.min(MOST_CLUSTERS, active.positions.length);
      const answer = await this._curveWork.run(
        link,
        'clusters-bic',
        { ...this._params(active), most },
        ({ fraction, message }) => {
          this._curveBusy = { text: message || text, fraction };
          this._changed.emit();
        }
      );
      if (this._isShown(latents)) {
        this._curve = readCurve(answer);
      }
    } catch (error) {
      if (isCancelled(error)) {
        return;
      }
      this._error = messageOf(error);
      this._curveEnded = true;
    }
    if (!this._disposed && !this._curveWork.running) {
      this._curveBusy = null;
      this._changed.emit();
    }
  }

  private _isShown(latents: Float32Array): boolean {
    return !this._disposed && this._options.models.active?.latents === latents;
  }

  private _params(active: ITrainedModel) {
    return {
      encodings: packed(active.latents),
      latents: active.setup.latentDims,
      covariance: this._covariance,
      seed: this._seed
    };
  }

  /** Other settings: what there was is not theirs. */
  private _restart(): void {
    const had = this._result !== null || this._work.running || this._ended;
    this._work.cancel();
    this._drop();
    this._changed.emit();
    if (had) {
      this.want();
    }
  }

  private _forgetCurve(): void {
    this._curveWork.cancel();
    this._curveBusy = null;
    this._curve = [];
    this._curveEnded = false;
  }

  private _drop(): void {
    this._result = null;
    this._centroids = null;
    this._masks.clear();
    this._busy = null;
    this._error = '';
    this._ended = false;
  }

  /** Other encodings, other clusters. */
  private _follow(): void {
    const latents = this._options.models.active?.latents ?? null;
    if (latents !== this._latents) {
      this._latents = latents;
      this._work.cancel();
      this._forgetCurve();
      this._drop();
      this._changed.emit();
    }
  }

  /** The number of windows that are averaged belongs to the grid. */
  private _onGrid(): void {
    this._follow();
    const { active, k } = this._options.models;
    const neighbours = Math.min(k, active?.positions.length ?? 0);
    if (
      active &&
      this._result &&
      this._centroids &&
      this._centroids.neighbours !== neighbours
    ) {
      void this._decode(active, this._result);
    }
  }

  private _onTraining(): void {
    const trains = this._options.networks.trains(
      this._options.models.active?.id ?? ''
    );
    if (trains !== this._trained) {
      this._trained = trains;
      this._changed.emit();
    }
  }

  private _options: IExplorerOptions;
  private _k = 8;
  private _covariance: Covariance = 'full';
  private _seed = 0;
  /** The encodings that everything below is of. */
  private _latents: Float32Array | null = null;
  private _result: IMixture | null = null;
  private _centroids: ICentroids | null = null;
  private _curve: readonly IBicPoint[] = [];
  private _masks = new Map<number, Uint8Array>();
  private _busy: IBusy | null = null;
  private _curveBusy: IBusy | null = null;
  private _error = '';
  /** True where the fit, or the curve, ended without a result: nobody but the user begins again. */
  private _ended = false;
  private _curveEnded = false;
  private _trained = false;
  private _work = new KernelWork();
  private _curveWork = new KernelWork();
  private _disposed = false;
  private _changed = new Signal<IClustersModel, void>(this);
}
