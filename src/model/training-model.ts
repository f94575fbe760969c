/** The training runs: those that train, as many as find room, and those that wait. */
import { Signal, type ISignal } from '@lumino/signaling';
import { Throttle } from '../kernel/throttle';
import type { IProgress } from '../network/types';
import type { BackendName, IHistory, IPair, ISetup } from '../signal/types';
import { JobRun, jobsOf, runLabel, type IJob } from './job-run';
import { messageOf } from './message-of';
import { prepareRun } from './run-request';
import {
  bytesOf,
  mayStart,
  thisMachine,
  threadsOf,
  type IDemand,
  type IMachine
} from './slots';
import type { ITrainingOptions } from './training-options';
import type { ITrainingModel } from './types';

/** A run, or one that is asked for. */
interface IAsked {
  readonly setup: ISetup;
  readonly backend?: BackendName | null;
}

const EMPTY: IHistory = { train: [], test: [] };
/** Milliseconds between two signals of progress, whatever the number of runs. */
const PROGRESS_INTERVAL = 100;

/** A run once started goes on without the kernel, and whatever becomes of the others. */
export class TrainingModel implements ITrainingModel {
  constructor(options: ITrainingOptions) {
    this._options = options;
    this._machine = options.machine ?? thisMachine();
  }

  get runs(): readonly JobRun[] {
    return this._runs;
  }

  get running(): boolean {
    return this._runs.length > 0;
  }

  get paused(): boolean {
    return this.running && this._runs.every(run => run.paused);
  }

  get label(): string {
    return this._current()?.label ?? '';
  }

  get epoch(): number {
    return this._shown()?.epoch ?? 0;
  }

  get epochs(): number {
    return this._shown()?.epochs ?? 0;
  }

  get step(): number {
    return this._shown()?.step ?? 0;
  }

  get steps(): number {
    return this._shown()?.steps ?? 0;
  }

  get secondsPerEpoch(): number {
    return this._shown()?.secondsPerEpoch ?? NaN;
  }

  get secondsLeft(): number {
    return this._shown()?.secondsLeft ?? NaN;
  }

  get backend(): BackendName | null {
    return this._shown()?.backend ?? null;
  }

  get history(): IHistory {
    return this._shown()?.history ?? EMPTY;
  }

  get queued(): number {
    return this._queue.length;
  }

  get waiting(): readonly string[] {
    return this._queue.map(job => job.label);
  }

  get notice(): string {
    return this._shown()?.notice ?? '';
  }

  get error(): string {
    return this._error;
  }

  get changed(): ISignal<ITrainingModel, void> {
    return this._changed;
  }

  /** How many runs of these setups would train at once, were they started now. */
  atOnce(setups: readonly ISetup[]): number {
    const pair = this._options.pair();
    const running: IDemand[] = [];
    for (const setup of pair ? setups : []) {
      const demand = this._demand(pair!, { setup });
      if (mayStart(demand, running, this._machine)) {
        running.push(demand);
      }
    }
    return Math.max(1, running.length);
  }

  /** Threads of WebAssembly for each of so many runs; undefined: all that there are. */
  threads(runsAtOnce: number): number | undefined {
    return threadsOf(runsAtOnce, this._machine);
  }

  /** Train with the panel's setups, after what is queued. */
  start(): void {
    this.train(this._options.setups());
  }

  train(setups: readonly ISetup[]): readonly string[] {
    const jobs = jobsOf(setups);
    if (!this._disposed) {
      this._add(jobs);
    }
    return jobs.map(job => job.run);
  }

  /** Add a job; it starts when there is room for it and the data are there. */
  enqueue(job: Omit<IJob, 'label'>): void {
    this._add([{ ...job, label: runLabel(job.setup) }]);
  }

  /** Start what waits, now that the data may be there. */
  resumeQueue(): void {
    this._next();
  }

  /** Take note of what a choice of backend comes to on this machine. */
  learn(wanted: ISetup['backend'], found: BackendName): void {
    this._found.set(wanted, found);
  }

  /** Give up every job that waits, with the reason. */
  failQueued(message: string): void {
    const waiting = this._queue.splice(0);
    waiting.forEach(job => this._fail(job, message));
  }

  has(run: string): boolean {
    return (
      this._runs.some(({ id }) => id === run) ||
      this._queue.some(job => job.run === run)
    );
  }

  /** Hold the run of this id, or all of them. */
  pause(run?: string): void {
    this._each(run, item => item.pause());
  }

  /** Go on with the run of this id, or with all of them. */
  resume(run?: string): void {
    this._each(run, item => item.resume());
  }

  /** End the run of this id, or all of them and what waits; what they reached is kept. */
  stop(run?: string): void {
    if (run === undefined) {
      this._queue.splice(0).forEach(job => this._neverBegan(job));
    }
    this._each(run, item => {
      item.stop();
      return run === undefined;
    });
  }

  /** End the running jobs without models, with the reason. */
  abandon(reason: string): void {
    for (const run of this._runs) {
      run.abandoned = reason;
      run.stop();
    }
  }

  /** Stop the run with this id, or take it out of the queue. */
  stopRun(run: string): void {
    this.stop(run);
    const at = this._queue.findIndex(job => job.run === run);
    if (at >= 0) {
      this._neverBegan(this._queue.splice(at, 1)[0]);
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
    this._progress.cancel();
    this._queue.length = 0;
    this._runs.forEach(run => run.stop());
    this._runs = [];
    Signal.clearData(this);
  }

  /** The run whose model is shown, else the first; null between runs. */
  private _current(): JobRun | null {
    const id = this._options.shown();
    return this._runs.find(run => run.id === id) ?? this._runs[0] ?? null;
  }

  /** The same; between runs the one that ended last. */
  private _shown(): JobRun | null {
    return this._current() ?? this._last;
  }

  private _add(jobs: readonly IJob[]): void {
    this._queue.push(...jobs);
    this._error = '';
    this._next();
    this._changed.emit();
  }

  private _each(id: string | undefined, act: (run: JobRun) => boolean): void {
    const chosen = this._runs.filter(run => id === undefined || run.id === id);
    // All of them act before anybody is told.
    if (chosen.map(act).includes(true)) {
      this._changed.emit();
    }
  }

  private _neverBegan(job: IJob): void {
    this._options.listener.onFailure(
      job,
      'The run was stopped before it began: there is no model.'
    );
  }

  private _demand(pair: IPair, { setup, backend }: IAsked): IDemand {
    const { backend: wanted } = setup;
    const named = wanted === 'auto' ? null : wanted;
    return {
      backend: backend ?? this._found.get(wanted) ?? named,
      bytes: bytesOf(pair, setup)
    };
  }

  private _next(): void {
    const pair = this._options.pair();
    while (pair && !this._disposed && this._queue.length > 0) {
      const [job] = this._queue;
      const running = this._runs.map(run => this._demand(run.job.pair, run));
      if (!mayStart(this._demand(pair, job), running, this._machine)) {
        return;
      }
      this._queue.shift();
      this._begin(job, pair);
    }
  }

  private _begin(job: IJob, pair: IPair): void {
    const { client, keeper, listener, evaluateEvery } = this._options;
    const together = this._runs.length + 1 + this._queue.length;
    let run: JobRun;
    try {
      const prepared = prepareRun(pair, job.setup, {
        evaluateEvery: evaluateEvery(job.setup.epochs),
        checkpointEvery: this._options.checkpointEvery,
        resume: job.resume,
        threads: this.threads(Math.min(together, this._machine.cores))
      });
      run = new JobRun(job, pair, prepared, client, {
        onProgress: progress => this._onProgress(run, progress),
        onCheckpoint: checkpoint => void keeper?.keep(run.job, checkpoint),
        onEvaluation: evaluation => {
          if (this._runs.includes(run) && !run.abandoned) {
            listener.onEvaluation(run.job, evaluation);
          }
        }
      });
    } catch (error) {
      this._fail(job, messageOf(error));
      return;
    }
    this._runs = [...this._runs, run];
    keeper?.begin(job.run);
    listener.onStart(run.job);
    this._changed.emit();
    void this._follow(run);
  }

  private async _follow(run: JobRun): Promise<void> {
    let problem = '';
    let epoch = 0;
    try {
      const result = await run.done();
      epoch = result.epoch;
      if (!this._disposed) {
        if (run.abandoned) {
          throw new Error(run.abandoned);
        }
        run.ended(result);
        await this._options.listener.onResult(run.job, result);
      }
    } catch (error) {
      problem = messageOf(error);
    }
    if (this._disposed) {
      return;
    }
    this._runs = this._runs.filter(other => other !== run);
    const { keeper } = this._options;
    this._last = run;
    if (problem) {
      keeper?.letGo(run.id);
      this._fail(run.job, problem);
    } else {
      // Without a complete epoch there is no model to wait for.
      void (epoch > 0 ? keeper?.end(run.id) : keeper?.discard(run.id));
    }
    this._next();
    this._changed.emit();
  }

  private _onProgress(run: JobRun, progress: IProgress): void {
    if (!this._runs.includes(run)) {
      return;
    }
    const news = run.backend !== progress.backend;
    run.progressed(progress);
    this._options.listener.onProgress(run.job, progress);
    if (news) {
      this.learn(run.setup.backend, progress.backend);
      this._next();
    }
    this._progress.push();
  }

  private _fail(job: IJob, message: string): void {
    if (this._disposed) {
      return;
    }
    // With several at work it must be clear which of them failed.
    const alone = !this._error && !this.running && this._queue.length === 0;
    const named = alone ? message : `${job.label}: ${message}`;
    this._error = [this._error, named].filter(Boolean).join(' ');
    this._options.listener.onFailure(job, message);
    this._changed.emit();
  }

  private _options: ITrainingOptions;
  private _machine: IMachine;
  private _queue: IJob[] = [];
  private _runs: readonly JobRun[] = [];
  /** The run that ended last. */
  private _last: JobRun | null = null;
  /** What a choice of backend came to. */
  private _found = new Map<ISetup['backend'], BackendName>();
  private _error = '';
  private _disposed = false;
  private _changed = new Signal<ITrainingModel, void>(this);
  private _progress = new Throttle<void>(
    () => this._changed.emit(),
    PROGRESS_INTERVAL
  );
}
