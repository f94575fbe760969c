/** Turns what runs deliver into models, files, and messages to Python. */
import type { ILink, IModelPayload } from '../kernel/types';
import type { IEvaluation, IProgress, ITrainResult } from '../network/types';
import type { BackendName, IHistory } from '../signal/types';
import type { DataModel } from './data-model';
import { ModelLibrary } from './explorer/model-library';
import type { IJob, IJobListener, IRunningJob } from './job-run';
import { LatestWins } from './latest-wins';
import type { IModelFiles } from './model-files';
import { metadataOf } from './model-metadata';
import { ModelReturns } from './model-returns';
import type { ModelsModel } from './models-model';
import type { NavigationModel } from './navigation-model';
import type { Sessions } from './sessions';
import type { Shelf } from './shelf';
import { TrainedModel, type IModelSnapshot } from './trained-model';
import { messageOf } from './message-of';

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

/** What is kept of a run while it trains. */
interface ILive {
  /** null before its first evaluation. */
  model: TrainedModel | null;
  /** What its model is called: "2L (2)". */
  readonly label: string;
  history: IHistory;
  backend: BackendName;
  /** What Python was told last, and when. */
  sentEpoch: number;
  sentAt: number;
  /** Only the newest evaluation is computed with. */
  readonly evaluations: LatestWins;
}

/** Milliseconds between progress messages to Python within an epoch. */
const PROGRESS_INTERVAL = 1000;

/** Listens to the queue; keeps every model that Python has not taken. */
export class RunResults implements IJobListener {
  constructor(options: IRunResultsOptions) {
    this._options = options;
    this.library = new ModelLibrary({ ...options, results: this });
    this._returns = new ModelReturns({
      ...options,
      payload: id => this._payload(id)
    });
  }

  /** Models beside those that are shown, by their files. */
  readonly library: ModelLibrary;

  /** How many models Python does not have yet. */
  get unsent(): number {
    return this._returns.unsent;
  }

  /** Take away the models that are still training: no result of them is wanted any more. */
  dropLive(): void {
    const ids = [...this._live.keys()];
    this._live.clear();
    ids.forEach(id => this._forget(id));
  }

  /** safetensors bytes of a finished model; null for others. */
  file(id: string): Uint8Array | null {
    return this._files.get(id) ?? null;
  }

  /** The same for somebody who saves it: where there are none yet, the panel says why. */
  fileToSave({ id, kind, label }: TrainedModel): Uint8Array | null {
    const file = this.file(id);
    if (!file) {
      this._options.report(
        `${kind} ${label} still trains: it can be saved when its run has ended. ` +
          'Stop ends it now, and keeps the last epoch.'
      );
    }
    return file;
  }

  /** Keep the bytes of a model that came as a file. */
  keepFile(id: string, file: Uint8Array): void {
    this._files.set(id, file);
  }

  onStart(job: IRunningJob): void {
    // The panel shows what trains; beside another run it stays with that one.
    if (job.fromPython && this._live.size === 0) {
      this._options.data.change(job.setup);
    }
    const { kind, latentDims } = job.setup;
    const taken = [...this._live.values()].map(live => live.label);
    this._live.set(job.run, {
      model: null,
      label: this._options.models.freeLabel(kind, latentDims, taken),
      history: { train: [], test: [] },
      backend: 'cpu',
      sentEpoch: -1,
      sentAt: 0,
      evaluations: new LatestWins()
    });
    this._options.sessions.lend(job.run, job.decode);
  }

  onProgress(job: IRunningJob, progress: IProgress): void {
    const live = this._live.get(job.run);
    if (!live) {
      return;
    }
    live.history = progress.history;
    live.backend = progress.backend;
    const now = Date.now();
    if (
      progress.epoch === live.sentEpoch &&
      now - live.sentAt < PROGRESS_INTERVAL
    ) {
      return;
    }
    live.sentEpoch = progress.epoch;
    live.sentAt = now;
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
    const live = this._live.get(job.run);
    if (!live) {
      return;
    }
    const { history, backend } = live;
    const update = { evaluation, history, backend, notice: '' };
    live.evaluations.request(
      async () => {
        const model = live.model ?? newModel(job, live.label);
        await model.update(update);
        return () => this._show(job, live, model);
      },
      error => this._options.report(messageOf(error))
    );
  }

  async onResult(job: IRunningJob, result: ITrainResult): Promise<void> {
    if (result.epoch < 1) {
      const reason =
        result.notice ||
        'Training was stopped before its first epoch was complete';
      const message = `${reason.replace(/\.$/, '')}: there is no model.`;
      if (!result.stopped) {
        // Nobody who did not stop it expects that.
        this._options.report(message);
      }
      this.onFailure(job, message);
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
    const live = this._live.get(job.run);
    if (!live) {
      // Its data were replaced, and its model with them.
      return;
    }
    live.evaluations.cancel();
    const model = live.model ?? newModel(job, live.label);
    await model.update({ evaluation, history, backend, notice });
    this._show(job, live, model);
    this._live.delete(job.run);
    if (models.active === model) {
      navigation.setLayer('error');
    }
    const title = `${job.label}, ${pair.title || pair.name}`;
    const { split, scaling } = prepared;
    const meta = metadataOf({
      pair,
      setup,
      scaling,
      split,
      result,
      title,
      versions,
      errors: { relative: model.meanError, rmse: model.meanRmse }
    });
    const data = {
      split: split.map,
      mask: pair.mask,
      latents: latentMap(model)
    };
    const file = await files.write(parameters, meta, data);
    if (!this._snapshot(model.id)) {
      // Removed while it was written.
      return;
    }
    this._files.set(model.id, file);
    this._titles.set(model.id, title);
    this._returns.add([model.id]);
    // Not awaited: a slow kernel must not hold up the next run.
    void this._returns.sendNew(model.id);
  }

  onFailure(job: IJob, message: string): void {
    if (this._live.delete(job.run)) {
      this._forget(job.run);
    }
    if (job.fromPython) {
      this._tell(link => link.sendFailure(job.run, message));
    }
  }

  /** Send all that Python does not have; what fails or is cancelled is kept. */
  sendUnsent(abort?: AbortSignal): Promise<void> {
    return this._returns.send(undefined, abort);
  }

  /** Python has forgotten the models trained here. */
  markUnsent(): void {
    this._returns.add(this._titles.keys());
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
        this._returns.forget(id);
      }
    }
  }

  private _payload(id: string): IModelPayload | null {
    const model = this._snapshot(id);
    const file = this._files.get(id);
    const title = this._titles.get(id);
    if (!model || !file || title === undefined) {
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

  private _forget(id: string): void {
    this._options.models.remove(id);
    this._options.sessions.remove(id);
  }

  /** The model of a run has a newer evaluation, or its first. */
  private _show(job: IRunningJob, live: ILive, model: TrainedModel): void {
    const { models } = this._options;
    if (this._live.get(job.run) !== live) {
      // The run has failed meanwhile.
      return;
    }
    if (live.model) {
      models.refresh(model);
      return;
    }
    live.model = model;
    const ids = [...this._live.keys()];
    models.add(model, ids.slice(ids.indexOf(job.run) + 1));
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
  /** The runs that train, by id, in the order in which they began. */
  private _live = new Map<string, ILive>();
  private _files = new Map<string, Uint8Array>();
  /** Titles of the models trained here, by id. */
  private _titles = new Map<string, string>();
  private _returns: ModelReturns;
}

/** (ny, nx, latentDims) encodings, NaN where no window fits. */
function latentMap({
  latents,
  positions,
  pair,
  setup
}: TrainedModel): Float32Array {
  const z = setup.latentDims;
  const map = new Float32Array(pair.ny * pair.nx * z).fill(NaN);
  positions.forEach((position, k) => {
    map.set(latents.subarray(k * z, (k + 1) * z), position * z);
  });
  return map;
}

function newModel(
  { run, setup, pair, prepared }: IRunningJob,
  label: string
): TrainedModel {
  return new TrainedModel({
    id: run,
    label,
    setup,
    pair,
    scaling: prepared.scaling,
    positions: prepared.positions,
    split: prepared.split.map
  });
}
