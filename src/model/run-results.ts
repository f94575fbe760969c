/** Turns what runs deliver into models, files, and messages to Python. */
import type { ILink, IModelPayload } from '../kernel/types';
import type { IEvaluation, IProgress, ITrainResult } from '../network/types';
import type { BackendName, IHistory } from '../signal/types';
import type { DataModel } from './data-model';
import type { IModelFiles } from './model-files';
import { metadataOf } from './model-metadata';
import type { ModelsModel } from './models-model';
import type { NavigationModel } from './navigation-model';
import type { Sessions } from './sessions';
import type { Shelf } from './shelf';
import {
  TrainedModel,
  type IModelSnapshot,
  type IModelUpdate
} from './trained-model';
import {
  messageOf,
  runLabel,
  type IJob,
  type IJobListener,
  type IRunningJob
} from './training-model';

export interface IRunResultsOptions {
  readonly data: DataModel;
  readonly models: ModelsModel;
  readonly navigation: NavigationModel;
  readonly sessions: Sessions;
  readonly shelf: Shelf;
  readonly files: IModelFiles;
  readonly versions: Readonly<Record<string, string>>;
  link(): ILink | null;
  /** Show a message in the strip. */
  report(message: string): void;
  /** The number of unsent models has changed. */
  onUnsent(): void;
}

/** Milliseconds between progress messages to Python within an epoch. */
const PROGRESS_INTERVAL = 1000;

/** Listens to the queue; keeps every model that Python has not taken. */
export class RunResults implements IJobListener {
  constructor(options: IRunResultsOptions) {
    this._options = options;
  }

  /** How many models Python does not have yet. */
  get unsent(): number {
    return this._unsent.size;
  }

  /** Id of the model that is still training; null between runs. */
  get liveId(): string | null {
    return this._live?.id ?? null;
  }

  /** safetensors bytes of a finished model; null for others. */
  file(id: string): Uint8Array | null {
    return this._files.get(id) ?? null;
  }

  /** Keep the bytes of a model that came as a file. */
  keepFile(id: string, file: Uint8Array): void {
    this._files.set(id, file);
  }

  onStart(job: IRunningJob): void {
    this._live = null;
    this._history = { train: [], test: [] };
    this._backend = 'cpu';
    this._sentEpoch = -1;
    this._sentAt = 0;
    if (job.fromPython) {
      this._options.data.change(job.setup);
    }
  }

  onProgress(job: IRunningJob, progress: IProgress): void {
    this._history = progress.history;
    this._backend = progress.backend;
    const now = Date.now();
    if (
      !job.fromPython ||
      (progress.epoch === this._sentEpoch &&
        now - this._sentAt < PROGRESS_INTERVAL)
    ) {
      return;
    }
    this._sentEpoch = progress.epoch;
    this._sentAt = now;
    const { epoch, epochs, history, secondsPerEpoch, backend } = progress;
    this._tell(link =>
      link.sendProgress({
        run: job.run,
        epoch,
        epochs,
        history,
        secondsPerEpoch,
        backend
      })
    );
  }

  onEvaluation(job: IRunningJob, evaluation: IEvaluation): void {
    this._update(job, {
      evaluation,
      history: this._history,
      backend: this._backend,
      notice: ''
    });
  }

  async onResult(job: IRunningJob, result: ITrainResult): Promise<void> {
    if (result.epoch < 1) {
      const reason =
        result.notice ||
        'Training was stopped before its first epoch was complete';
      this.onFailure(job, `${reason.replace(/\.$/, '')}: there is no model.`);
      return;
    }
    const { sessions, navigation, models, files, versions } = this._options;
    const { pair, setup, prepared } = job;
    const { evaluation, parameters, backend, notice, history } = result;
    sessions.add(job.run, {
      spec: prepared.request.spec,
      parameters,
      scaling: prepared.scaling,
      backend
    });
    const model = this._update(job, { evaluation, history, backend, notice });
    this._live = null;
    if (models.active === model) {
      navigation.setLayer('error');
    }
    const title = `${runLabel(setup)}, ${pair.title || pair.name}`;
    const { split, scaling } = prepared;
    const meta = metadataOf({
      pair,
      setup,
      scaling,
      split,
      result,
      title,
      versions
    });
    const data = { split: split.map, mask: pair.mask };
    const file = await files.write(parameters, meta, data);
    if (!this._snapshot(model.id)) {
      // Removed while it was written.
      return;
    }
    this._files.set(model.id, file);
    this._titles.set(model.id, title);
    this._unsent.add(model.id);
    this._options.onUnsent();
    // Not awaited: a slow kernel must not hold up the next run.
    void this.sendUnsent(model.id);
  }

  onFailure(job: IJob, message: string): void {
    if (this._live?.id === job.run) {
      this._options.models.remove(job.run);
      this._live = null;
    }
    if (job.fromPython) {
      this._tell(link => link.sendFailure(job.run, message));
    }
  }

  /** Send one model, or all that Python does not have; failures are kept. */
  async sendUnsent(only?: string): Promise<void> {
    const link = this._options.link();
    if (!link || link.state === 'gone') {
      return;
    }
    const ids = [...this._unsent].filter(id => !only || id === only);
    for (const id of ids) {
      const payload = this._payload(id);
      if (!payload || this._sending.has(id)) {
        continue;
      }
      this._sending.add(id);
      try {
        await link.sendModel(payload);
        this._unsent.delete(id);
      } catch (error) {
        this._options.report(
          `${payload.title} did not reach Python: ${messageOf(error)} ` +
            'It is kept here: use "Send to Python", or save it to a file.'
        );
      }
      this._sending.delete(id);
      this._options.onUnsent();
    }
  }

  /** Python has forgotten the models trained here. */
  markUnsent(): void {
    this._titles.forEach((_, id) => this._unsent.add(id));
    this._options.onUnsent();
  }

  /** Forget what belongs to models that are no longer there. */
  prune(): void {
    const { models, shelf } = this._options;
    const kept = new Set([
      ...models.items.map(item => item.id),
      ...shelf.models.map(item => item.options.id)
    ]);
    for (const id of [...this._files.keys()]) {
      if (!kept.has(id)) {
        this._files.delete(id);
        this._titles.delete(id);
        this._unsent.delete(id);
      }
    }
  }

  private _payload(id: string): IModelPayload | null {
    const model = this._snapshot(id);
    const file = this._files.get(id);
    const title = this._titles.get(id);
    if (!model || !file || title === undefined || !this._unsent.has(id)) {
      return null;
    }
    const { options, update } = model;
    const { evaluation, backend, notice } = update;
    const { latents, predictions } = evaluation;
    return {
      run: id,
      title,
      file,
      positions: options.positions,
      latents,
      predictions,
      backend,
      notice
    };
  }

  /** A model that is shown, or whose data are not; null for others. */
  private _snapshot(id: string): IModelSnapshot | null {
    const { models, shelf } = this._options;
    return (
      models.items.find(item => item.id === id)?.snapshot ??
      shelf.models.find(({ options }) => options.id === id) ??
      null
    );
  }

  /** The live model of the job with a newer evaluation. */
  private _update(job: IRunningJob, update: IModelUpdate): TrainedModel {
    const { models } = this._options;
    if (this._live) {
      this._live.update(update);
      models.refresh(this._live);
      return this._live;
    }
    const { setup, pair, prepared } = job;
    const model = new TrainedModel({
      id: job.run,
      label: models.freeLabel(setup.kind, setup.latentDims),
      setup,
      pair,
      scaling: prepared.scaling,
      positions: prepared.positions,
      split: prepared.split.map
    });
    model.update(update);
    this._live = model;
    models.add(model);
    return model;
  }

  /** Say something to Python where it listens. */
  private _tell(message: (link: ILink) => void): void {
    const link = this._options.link();
    if (link && link.state !== 'gone') {
      try {
        message(link);
      } catch (error) {
        // A line that breaks here reports itself through its state.
        console.warn('eelscape: a message to Python was lost.', error);
      }
    }
  }

  private _options: IRunResultsOptions;
  private _live: TrainedModel | null = null;
  private _history: IHistory = { train: [], test: [] };
  private _backend: BackendName = 'cpu';
  private _sentEpoch = -1;
  private _sentAt = 0;
  private _files = new Map<string, Uint8Array>();
  /** Titles of the models trained here, by id. */
  private _titles = new Map<string, string>();
  private _unsent = new Set<string>();
  private _sending = new Set<string>();
}
