/** The queue of training runs, one after another, and the state of the running one. */
import { UUID } from '@lumino/coreutils';
import { Signal, type ISignal } from '@lumino/signaling';
import type {
  IEvaluation,
  INetworkClient,
  IProgress,
  IRun,
  ITrainResult
} from '../network/types';
import type { BackendName, IHistory, IPair, ISetup } from '../signal/types';
import { prepareRun, type IPreparedRun } from './run-request';
import type { ITrainingModel } from './types';

/** A run asked for by the panel or by Python. */
export interface IJob {
  /** Python's run id, or a fresh one. */
  readonly run: string;
  readonly setup: ISetup;
  readonly fromPython: boolean;
}

/** A job whose network trains, with the data it was started on. */
export interface IRunningJob extends IJob {
  readonly pair: IPair;
  readonly prepared: IPreparedRun;
}

/** What happens to jobs, told to whoever keeps the results. */
export interface IJobListener {
  onStart(job: IRunningJob): void;
  onProgress(job: IRunningJob, progress: IProgress): void;
  onEvaluation(job: IRunningJob, evaluation: IEvaluation): void;
  /** May take time (writing the file); the next run waits for it. */
  onResult(job: IRunningJob, result: ITrainResult): Promise<void>;
  onFailure(job: IJob, message: string): void;
}

export interface ITrainingOptions {
  readonly client: INetworkClient;
  readonly listener: IJobListener;
  /** The data to train on; null while there are none. */
  pair(): IPair | null;
  /** The setup that the panel's next run takes. */
  setup(): ISetup;
  /** Epochs between evaluations of a run of so many epochs. */
  evaluateEvery(epochs: number): number;
}

const EMPTY: IHistory = { train: [], test: [] };

/** Runs jobs in order; a run once started goes on without the kernel. */
export class TrainingModel implements ITrainingModel {
  constructor(options: ITrainingOptions) {
    this._options = options;
  }

  get running(): boolean {
    return this._job !== null;
  }

  get paused(): boolean {
    return this._paused;
  }

  get label(): string {
    return this._job ? runLabel(this._job.setup) : '';
  }

  get epoch(): number {
    return this._progress?.epoch ?? 0;
  }

  get epochs(): number {
    return this._progress?.epochs ?? this._job?.setup.epochs ?? 0;
  }

  get step(): number {
    return this._progress?.step ?? 0;
  }

  get steps(): number {
    return this._progress?.steps ?? 0;
  }

  get secondsPerEpoch(): number {
    return this._progress?.secondsPerEpoch ?? NaN;
  }

  get secondsLeft(): number {
    const done = this.epoch + (this.steps > 0 ? this.step / this.steps : 0);
    return Math.max(0, this.epochs - done) * this.secondsPerEpoch;
  }

  get backend(): BackendName | null {
    return this._progress?.backend ?? null;
  }

  get history(): IHistory {
    return this._progress?.history ?? EMPTY;
  }

  get queued(): number {
    return this._queue.length;
  }

  get notice(): string {
    return this._notice;
  }

  get error(): string {
    return this._error;
  }

  get changed(): ISignal<ITrainingModel, void> {
    return this._changed;
  }

  /** The job whose network trains; null between runs. */
  get job(): IRunningJob | null {
    return this._job;
  }

  /** Train with the panel's setup, after what is queued. */
  start(): void {
    if (this._disposed) {
      return;
    }
    this.enqueue({
      run: UUID.uuid4(),
      setup: this._options.setup(),
      fromPython: false
    });
  }

  /** Add a job; it starts when its turn has come and the data are there. */
  enqueue(job: IJob): void {
    this._queue.push(job);
    this._error = '';
    this._next();
    this._changed.emit();
  }

  /** Start what waits, now that the data may be there. */
  resumeQueue(): void {
    this._next();
  }

  /** Give up every job that waits, with the reason. */
  failQueued(message: string): void {
    const waiting = this._queue.splice(0);
    waiting.forEach(job => this._fail(job, message));
  }

  pause(): void {
    if (this._run && !this._paused) {
      this._run.pause();
      this._paused = true;
      this._changed.emit();
    }
  }

  resume(): void {
    if (this._run && this._paused) {
      this._run.resume();
      this._paused = false;
      this._changed.emit();
    }
  }

  stop(): void {
    this._run?.stop();
  }

  /** End the running job without a model, with the reason. */
  abandon(reason: string): void {
    if (this._job) {
      this._abandoned = reason;
      this._run?.stop();
    }
  }

  /** Stop the run with this id, or take it out of the queue. */
  stopRun(run: string): void {
    if (this._job?.run === run) {
      this.stop();
      return;
    }
    const at = this._queue.findIndex(job => job.run === run);
    if (at >= 0) {
      const [job] = this._queue.splice(at, 1);
      this._options.listener.onFailure(
        job,
        'The run was stopped before it began: there is no model.'
      );
      this._changed.emit();
    }
  }

  /** Show a message in the strip: cause and remedy. */
  report(message: string): void {
    if (message !== this._error) {
      this._error = message;
      this._changed.emit();
    }
  }

  dismissError(): void {
    this.report('');
  }

  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    this._queue.length = 0;
    this._run?.stop();
    this._run = null;
    this._job = null;
    Signal.clearData(this);
  }

  private _next(): void {
    const pair = this._options.pair();
    while (pair && !this._job && !this._disposed && this._queue.length > 0) {
      this._begin(this._queue.shift()!, pair);
    }
  }

  private _begin(job: IJob, pair: IPair): void {
    const every = this._options.evaluateEvery(job.setup.epochs);
    let running: IRunningJob;
    let run: IRun;
    try {
      const prepared = prepareRun(pair, job.setup, every);
      running = { ...job, pair, prepared };
      run = this._options.client.train(prepared.request, {
        onProgress: progress => this._onProgress(running, progress),
        onEvaluation: evaluation => {
          if (this._job === running && !this._abandoned) {
            this._options.listener.onEvaluation(running, evaluation);
          }
        }
      });
    } catch (error) {
      this._fail(job, messageOf(error));
      return;
    }
    this._job = running;
    this._run = run;
    this._paused = false;
    this._abandoned = '';
    this._progress = null;
    this._notice = running.prepared.notice;
    this._error = '';
    this._options.listener.onStart(running);
    this._changed.emit();
    void this._follow(running, run);
  }

  private async _follow(job: IRunningJob, run: IRun): Promise<void> {
    try {
      const result = noticed(job, await run.done);
      if (!this._disposed) {
        if (this._abandoned) {
          throw new Error(this._abandoned);
        }
        this._notice = result.notice;
        this._progress = finalProgress(job, result);
        await this._options.listener.onResult(job, result);
      }
    } catch (error) {
      this._fail(job, messageOf(error));
    }
    if (this._disposed) {
      return;
    }
    this._job = null;
    this._run = null;
    this._paused = false;
    this._next();
    this._changed.emit();
  }

  private _onProgress(job: IRunningJob, progress: IProgress): void {
    if (this._job !== job) {
      return;
    }
    this._progress = progress;
    if (progress.notice) {
      this._notice = joined(job.prepared.notice, progress.notice);
    }
    this._options.listener.onProgress(job, progress);
    this._changed.emit();
  }

  private _fail(job: IJob, message: string): void {
    if (this._disposed) {
      return;
    }
    this._error = message;
    this._options.listener.onFailure(job, message);
    this._changed.emit();
  }

  private _options: ITrainingOptions;
  private _queue: IJob[] = [];
  private _job: IRunningJob | null = null;
  private _run: IRun | null = null;
  private _progress: IProgress | null = null;
  private _paused = false;
  private _abandoned = '';
  private _notice = '';
  private _error = '';
  private _disposed = false;
  private _changed = new Signal<ITrainingModel, void>(this);
}

/** The result with what was adjusted before the run. */
function noticed(job: IRunningJob, result: ITrainResult): ITrainResult {
  return result.epoch < 1
    ? result
    : { ...result, notice: joined(job.prepared.notice, result.notice) };
}

function joined(...sentences: readonly string[]): string {
  return sentences.filter(Boolean).join(' ');
}

/** The progress of a run that has ended. */
function finalProgress(job: IJob, result: ITrainResult): IProgress {
  return {
    epoch: result.epoch,
    epochs: job.setup.epochs,
    step: 0,
    steps: 0,
    secondsPerEpoch: NaN,
    backend: result.backend,
    history: result.history,
    notice: result.notice
  };
}

/** What a run is called on screen: "im2spec 2L". */
export function runLabel(setup: ISetup): string {
  return `${setup.kind} ${setup.latentDims}L`;
}

/** The sentence of anything thrown. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text || 'An unknown error occurred. See the browser console.';
}
