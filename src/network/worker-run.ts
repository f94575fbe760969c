/** The page's side of a training run, through as many workers as it takes. */
import type { BackendName } from '../signal/types';
import type { Response } from './messages';
import {
  nextAttempt,
  resumedNotice,
  wasReset,
  type IAttempt,
  type IFailure
} from './obstacles';
import { PendingCalls, compact } from './pending-calls';
import { withoutSpectra, type Task } from './task';
import { atEpochEnd } from './training';
import type {
  ICheckpoint,
  IRun,
  IRunHandlers,
  ITrainRequest,
  ITrainResult
} from './types';

/** Interruptions in a row, without a checkpoint between them, after which something else is wrong. */
const MOST_RESTARTS = 5;
/** The same of a GPU that goes before a run's first step. */
const MOST_STARTS = 1;

export class WorkerRun implements IRun {
  /**
   * @param start - makes a worker.
   * @param fastest - the backend that 'auto' tries first, where it is known.
   */
  constructor(
    start: () => Task,
    request: ITrainRequest,
    handlers: IRunHandlers,
    fastest: BackendName | null
  ) {
    this._start = start;
    this._request = request;
    this._handlers = handlers;
    this._fastest = fastest;
    this._calls = new PendingCalls((id, call) =>
      this._task.worker.postMessage({ type: 'call', id, call })
    );
    this.done = new Promise((resolve, reject) => {
      this._resolve = resolve;
      this._reject = reject;
    });
    this._task = this._begin({
      batchSize: request.batchSize,
      obstacles: {},
      notice: ''
    });
  }

  readonly done: Promise<ITrainResult>;

  pause(): void {
    this._paused = true;
    this._tell('pause');
  }

  resume(): void {
    this._paused = false;
    this._tell('resume');
  }

  stop(): void {
    this._stopped = true;
    this._tell('stop');
  }

  decode(latents: Float32Array, n: number): Promise<Float32Array> {
    return this._calls.ask({
      method: 'decode',
      values: compact(latents),
      n
    }) as Promise<Float32Array>;
  }

  private _begin(attempt: IAttempt): Task {
    const task = this._start();
    task.onFailure = (error, failure) => this._failed(error, attempt, failure);
    task.onResponse = response => this._take(response);
    const { batchSize, obstacles } = attempt;
    const notice = [attempt.notice, this._resumed].filter(Boolean).join(' ');
    const { dataset } = this._request;
    task.worker.postMessage({
      type: 'train',
      request: {
        ...this._request,
        batchSize,
        dataset: withoutSpectra(dataset),
        resume: this._resume(batchSize)
      },
      before: { fastest: this._fastest, obstacles, notice }
    });
    task.sendSpectra(dataset.spectra);
    return task;
  }

  private _take(response: Response): void {
    switch (response.type) {
      case 'progress':
        this._began ||= response.progress.step + response.progress.epoch > 0;
        this._handlers.onProgress?.(response.progress);
        break;
      case 'checkpoint':
        this._checkpoint = response.checkpoint;
        this._began = true;
        this._restarts = 0;
        this._handlers.onCheckpoint?.(response.checkpoint);
        break;
      case 'evaluation':
        this._handlers.onEvaluation?.(response.evaluation);
        break;
      case 'result':
        this._task.end();
        this._calls.end(new Error('The training run has ended.'));
        this._resolve(response.result);
        break;
      default:
        this._calls.answer(response);
    }
  }

  private _failed(error: Error, attempt: IAttempt, failure?: IFailure): void {
    const next = failure && this._next(attempt, failure);
    if (!next) {
      this._calls.end(error);
      this._reject(error);
      return;
    }
    this._task = this._begin(next);
    if (this._paused) {
      this._tell('pause');
    }
    if (this._stopped) {
      this._tell('stop');
    }
    this._calls.repeat();
  }

  /** After an interruption the same again, from the last checkpoint; else what another attempt avoids. */
  private _next(attempt: IAttempt, failure: IFailure): IAttempt | null {
    const { batchSize, resume } = this._request;
    if (failure.obstacle !== 'interrupted') {
      return nextAttempt(batchSize, attempt, failure);
    }
    const reset = wasReset(failure.message);
    if (!this._began && !reset) {
      // Its code could not be loaded, for example: that would happen again.
      return null;
    }
    const epoch = (this._checkpoint ?? resume)?.epoch ?? null;
    this._resumed = this._began ? resumedNotice(failure.message, epoch) : '';
    const most = this._began ? MOST_RESTARTS : MOST_STARTS;
    if (++this._restarts <= most) {
      return attempt;
    }
    const message = reset
      ? `the GPU was reset ${this._restarts} times in a row`
      : failure.message;
    this._restarts = 0;
    return nextAttempt(batchSize, attempt, { ...failure, message });
  }

  /** Where an attempt goes on; the steps of an epoch are of another size with other batches. */
  private _resume(batchSize: number): ITrainRequest['resume'] {
    const last = this._checkpoint;
    return !last
      ? this._request.resume
      : last.batchSize === batchSize
        ? last
        : atEpochEnd(last);
  }

  private _tell(type: 'pause' | 'resume' | 'stop'): void {
    if (!this._task.ended) {
      this._task.worker.postMessage({ type });
    }
  }

  private readonly _start: () => Task;
  private readonly _request: ITrainRequest;
  private readonly _handlers: IRunHandlers;
  private readonly _fastest: BackendName | null;
  private readonly _calls: PendingCalls;
  private _task: Task;
  private _checkpoint: ICheckpoint | null = null;
  /** Whether a step was ever done. */
  private _began = false;
  /** Interruptions since the last checkpoint. */
  private _restarts = 0;
  /** What is said of the last interruption. */
  private _resumed = '';
  private _paused = false;
  private _stopped = false;
  private _resolve: (result: ITrainResult) => void = () => undefined;
  private _reject: (error: Error) => void = () => undefined;
}
