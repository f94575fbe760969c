/** Study: errors and structure in the errors against the number of latents. */
import { Signal, type ISignal } from '@lumino/signaling';
import { partSpreads } from '../../analysis/error-histogram';
import { suggestSize, type ISizeSuggestion } from '../../analysis/latent-size';
import { structureOf } from '../../analysis/structure';
import { TRAIN, type ISetup, type Kind, type Metric } from '../../signal/types';
import { argumentProblem, splitPair } from '../run-request';
import type { ITrainedModel } from '../types';
import type { IExplorerOptions } from './options';
import type {
  IStudyEntry,
  IStudyModel,
  IStudyPoint,
  IStudyProgress
} from './study-types';

/** The sizes that a study begins with. */
export const STUDY_SIZES: readonly number[] = [1, 2, 3, 4, 6, 8, 10, 16];

const KINDS: readonly Kind[] = ['im2spec', 'spec2im'];

/** Networks of one setup and many sizes: those that are there count, the others are trained. */
export class StudyModel implements IStudyModel {
  constructor(options: IExplorerOptions) {
    this._options = options;
    const { data, models, training } = options;
    data.pairChanged.connect(this._onPair, this);
    data.setupChanged.connect(this._tell, this);
    models.itemsChanged.connect(this._tell, this);
    models.activeChanged.connect(this._onActive, this);
    training.changed.connect(this._onTraining, this);
  }

  get sizes(): readonly number[] {
    return this._sizes;
  }

  get kinds(): readonly Kind[] {
    return this._kinds;
  }

  get changed(): ISignal<IStudyModel, void> {
    return this._changed;
  }

  get entries(): readonly IStudyEntry[] {
    return this._kinds.flatMap(kind =>
      this._sizes.map(latents => this._entry(kind, latents))
    );
  }

  get missing(): number {
    return this.entries.filter(isMissing).length;
  }

  get problem(): string {
    const { pair, setup } = this._options.data;
    if (!pair) {
      return 'There are no data to train on.';
    }
    const problems = this._kinds.map(kind => {
      const asked = { ...setup, kind, latentDims: this._sizes[0] };
      return splitPair(pair, asked).problem || argumentProblem(asked);
    });
    return problems.find(Boolean) ?? '';
  }

  get progress(): IStudyProgress | null {
    const { training } = this._options;
    const ids = [...this._asked.keys()];
    const left = ids.filter(id => training.has(id));
    if (left.length === 0) {
      return null;
    }
    const runs = training.runs.filter(run => this._asked.has(run.id));
    const parts = runs.map(run => run.epoch / Math.max(1, run.epochs));
    const passed = parts.reduce((sum, part) => sum + part, 0);
    const done = ids.length - left.length;
    // What waits is taken to need as long as what trains; runs that train together share the time.
    const times = runs
      .map(run => run.secondsPerEpoch * run.epochs)
      .filter(Number.isFinite);
    const each = times.reduce((sum, time) => sum + time, 0) / times.length;
    return {
      done,
      total: ids.length,
      fraction: (done + passed) / ids.length,
      trains: runs.map(
        run => `${run.label}, epoch ${run.epoch} of ${run.epochs}`
      ),
      secondsLeft: ((left.length - passed) * each) / Math.max(1, runs.length)
    };
  }

  setSizes(sizes: readonly number[]): void {
    const whole = [...new Set(sizes)]
      .filter(size => Number.isInteger(size) && size >= 1)
      .sort((a, b) => a - b);
    if (whole.length > 0 && `${whole}` !== `${this._sizes}`) {
      this._sizes = whole;
      this._tell();
    }
  }

  setKinds(kinds: readonly Kind[]): void {
    const chosen = KINDS.filter(kind => kinds.includes(kind));
    if (chosen.length > 0 && `${chosen}` !== `${this._kinds}`) {
      this._kinds = chosen;
      this._tell();
    }
  }

  run(): void {
    const { data, models, training } = this._options;
    const wanted = this.entries.filter(isMissing);
    if (wanted.length === 0 || this.progress || this.problem) {
      return;
    }
    this._before = models.active?.id ?? null;
    this._asked.clear();
    this._failed.clear();
    // While the first of them start, `training.changed` must not take the others for ended.
    this._starting = true;
    const setups = wanted.map(({ kind, latents }) => ({
      ...data.setup,
      kind,
      latentDims: latents
    }));
    training
      .train(setups)
      .forEach((id, i) => this._asked.set(id, keyOf(setups[i])));
    this._starting = false;
    this._onTraining();
  }

  cancel(): void {
    const { training } = this._options;
    // From the end: what waits must not start when what trains is ended.
    const ids = [...this._asked.keys()].reverse();
    this._asked.clear();
    ids.filter(id => training.has(id)).forEach(id => training.stopRun(id));
    this._tell();
  }

  points(kind: Kind, metric: Metric): readonly IStudyPoint[] {
    const points = this._sizes.flatMap(latents => {
      const model = this._complete(kind, latents);
      return model ? [this._point(model, metric)] : [];
    });
    const key = `${kind} ${metric}`;
    const kept = this._kept.get(key);
    if (
      kept?.length === points.length &&
      kept.every((point, i) => point === points[i])
    ) {
      return kept;
    }
    this._kept.set(key, points);
    return points;
  }

  suggestion(kind: Kind, metric: Metric): ISizeSuggestion | null {
    return suggestSize(
      this.points(kind, metric).map(point => ({
        ...point,
        train: point.train.mean,
        test: point.test.mean
      }))
    );
  }

  dispose(): void {
    this._asked.clear();
    Signal.clearData(this);
  }

  private _entry(kind: Kind, latents: number): IStudyEntry {
    const { data, training } = this._options;
    const model = this._complete(kind, latents);
    const setup = { ...data.setup, kind, latentDims: latents };
    const key = keyOf(setup);
    const asked = [...this._asked].filter(([, other]) => other === key);
    const state = model
      ? 'done'
      : training.runs.some(run => keyOf(run.setup) === key)
        ? 'trains'
        : asked.some(([id]) => training.has(id))
          ? 'waits'
          : this._failed.has(key)
            ? 'failed'
            : 'missing';
    return { kind, latents, state, model: model?.id ?? '' };
  }

  /** The newest model of a size that was trained to the end with the panel's setup. */
  private _complete(kind: Kind, latents: number): ITrainedModel | null {
    const { data, models, training } = this._options;
    const key = keyOf({ ...data.setup, kind, latentDims: latents });
    const found = models.items.filter(
      model =>
        model.kind === kind &&
        model.epoch >= model.setup.epochs &&
        keyOf(model.setup) === key &&
        // One that learnt from other data has no training window here.
        model.split.includes(TRAIN) &&
        !training.has(model.id)
    );
    return found[found.length - 1] ?? null;
  }

  private _point(model: ITrainedModel, metric: Metric): IStudyPoint {
    const map = model.errorBy(metric);
    let point = this._points.get(map);
    if (!point) {
      const { pair } = this._options.data;
      const { train, test } = partSpreads(map, model.split);
      const { r, mse } = structureOf(map, pair?.image ?? map);
      const { kind, setup, id } = model;
      const latents = setup.latentDims;
      point = { kind, latents, model: id, train, test, r, mse };
      this._points.set(map, point);
    }
    return point;
  }

  private _onTraining(): void {
    if (this._starting) {
      return;
    }
    const { models, training } = this._options;
    const ended = [...this._asked].filter(([id]) => !training.has(id));
    for (const [id, key] of ended) {
      const model = models.items.find(item => item.id === id);
      if (!model || model.epoch < model.setup.epochs) {
        this._failed.add(key);
      } else {
        this._failed.delete(key);
      }
    }
    if (this._asked.size > 0 && ended.length === this._asked.size) {
      this._end();
    }
    this._tell();
  }

  /** A network that begins to train is shown by itself; one that does not was chosen by a person. */
  private _onActive(): void {
    const { models, training } = this._options;
    const id = models.active?.id ?? null;
    // The signal comes with every evaluation of the same model too.
    if (id !== this._active && id !== null && !training.has(id)) {
      this._before = id;
    }
    this._active = id;
  }

  /** The model that was chosen last comes back. */
  private _end(): void {
    const { models } = this._options;
    const before = this._before;
    this._asked.clear();
    if (before && models.items.some(item => item.id === before)) {
      models.activate(before);
    }
  }

  /** What was asked for belongs to other data. */
  private _onPair(): void {
    this._failed.clear();
    if (this._asked.size > 0) {
      this.cancel();
    } else {
      this._tell();
    }
  }

  private _tell(): void {
    this._changed.emit();
  }

  private _options: IExplorerOptions;
  private _sizes = STUDY_SIZES;
  private _kinds: readonly Kind[] = KINDS;
  /** Runs of the study by id, each with the key of its setup. */
  private _asked = new Map<string, string>();
  /** Keys of setups whose run ended without a complete model. */
  private _failed = new Set<string>();
  private _starting = false;
  /** Model that was chosen last: shown when the study began, or by a person since. */
  private _before: string | null = null;
  private _active: string | null = null;
  /** By error map: a newer evaluation has another. */
  private _points = new WeakMap<Float32Array, IStudyPoint>();
  private _kept = new Map<string, readonly IStudyPoint[]>();
  private _changed = new Signal<IStudyModel, void>(this);
}

function isMissing({ state }: IStudyEntry): boolean {
  return state === 'missing' || state === 'failed';
}

/** Equal for setups that train the same network; the backend makes no other. */
function keyOf(setup: ISetup): string {
  const { backend, ...rest } = setup;
  void backend;
  return JSON.stringify(
    Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))
  );
}
