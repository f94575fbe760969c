/** One training run from request to result: pausing, stopping, reporting, evaluating. */
import type { IBackendChoice } from './backends';
import { datasetProblem } from './data';
import { createTrainer } from './trainers';
import { batchEnds, type ITrainer } from './training';
import { specProblem } from './architecture';
import type {
  IProgress,
  IRunHandlers,
  ITrainRequest,
  ITrainResult
} from './types';

/** Least milliseconds between two reports of progress. */
const REPORT_INTERVAL = 100;

/** A run that can be paused and stopped between batches. */
export class TrainingRun {
  constructor(
    request: ITrainRequest,
    choice: IBackendChoice,
    handlers: IRunHandlers
  ) {
    const problem = requestProblem(request);
    if (problem) {
      throw new RangeError(problem);
    }
    this._request = request;
    this._handlers = handlers;
    this._choice = choice;
    this._notices = [choice.notice, mergeNotice(request)].filter(Boolean);
  }

  pause(): void {
    this._paused = true;
  }

  resume(): void {
    this._paused = false;
    this._wake?.();
  }

  stop(): void {
    this._stopped = true;
    this._wake?.();
  }

  /** Trains to the end, to a stop, or to a loss that is not finite. */
  async run(): Promise<ITrainResult> {
    const { epochs, evaluateEvery } = this._request;
    // Compiling takes a while: what is to come stands there before it.
    this._report(true);
    const { trainer, notice } = await createTrainer(
      this._request,
      this._choice.backend
    );
    this._trainer = trainer;
    this._notices.push(...(notice ? [notice] : []));
    this._epochStart = performance.now();
    this._report(true);
    let ahead = 0;
    let settled = performance.now();
    while (trainer.epoch < epochs && !this._stopped) {
      trainer.step();
      if (trainer.epochDone) {
        await trainer.finishEpoch();
        if (trainer.diverged) {
          break;
        }
        this._endEpoch();
        const last = trainer.epoch === epochs;
        if (evaluateEvery > 0 && trainer.epoch % evaluateEvery === 0 && !last) {
          const before = performance.now();
          this._handlers.onEvaluation?.(await trainer.evaluate());
          this._epochStart += performance.now() - before;
        }
      } else if (
        ++ahead >= trainer.stepsAhead ||
        performance.now() - settled >= REPORT_INTERVAL
      ) {
        await trainer.settle();
        ahead = 0;
        settled = performance.now();
      }
      this._report(false);
      await nextTask();
      await this._pauseHere();
    }
    return this._finish(trainer);
  }

  dispose(): void {
    this._trainer?.dispose();
    this._trainer = null;
  }

  private async _finish(trainer: ITrainer): Promise<ITrainResult> {
    const { epochs, learningRate } = this._request;
    const stopped = this._stopped && trainer.epoch < epochs;
    if (stopped) {
      trainer.abandonEpoch();
    }
    if (trainer.diverged) {
      this._notices.push(
        `Loss became NaN at epoch ${trainer.epoch + 1} (learning rate ` +
          `${learningRate}?): restored epoch ${trainer.epoch}.`
      );
    }
    const evaluation = await trainer.evaluate();
    this._report(true);
    return {
      parameters: await trainer.readParameters(),
      history: this._history(),
      evaluation,
      backend: this._choice.backend,
      epoch: trainer.epoch,
      stopped,
      notice: this._notices.join(' ')
    };
  }

  private _endEpoch(): void {
    const now = performance.now();
    this._secondsPerEpoch = (now - this._epochStart) / 1000;
    this._epochStart = now;
  }

  /** Sends progress, at most ten times a second unless `always`. */
  private _report(always: boolean): void {
    const now = performance.now();
    if (!always && now - this._reported < REPORT_INTERVAL) {
      return;
    }
    this._reported = now;
    this._handlers.onProgress?.(this._progress(now));
  }

  private _progress(now: number): IProgress {
    const { train, batchSize } = this._request;
    const {
      epoch = 0,
      stepInEpoch = 0,
      steps = batchEnds(train.length, batchSize).length
    } = this._trainer ?? {};
    // The first steps compile kernels: an estimate from fewer than three misleads.
    const estimate =
      epoch === 0 && stepInEpoch >= Math.min(3, steps)
        ? ((now - this._epochStart) / 1000 / stepInEpoch) * steps
        : NaN;
    return {
      epoch,
      epochs: this._request.epochs,
      step: stepInEpoch,
      steps,
      secondsPerEpoch: epoch > 0 ? this._secondsPerEpoch : estimate,
      backend: this._choice.backend,
      history: this._history(),
      notice: this._notices.join(' ')
    };
  }

  private _history(): { train: number[]; test: number[] } {
    const { train, test } = this._trainer?.history ?? { train: [], test: [] };
    return { train: [...train], test: [...test] };
  }

  private async _pauseHere(): Promise<void> {
    if (!this._paused || this._stopped) {
      return;
    }
    const start = performance.now();
    this._report(true);
    while (this._paused && !this._stopped) {
      await new Promise<void>(resolve => {
        this._wake = resolve;
      });
    }
    this._wake = null;
    this._epochStart += performance.now() - start;
  }

  private readonly _request: ITrainRequest;
  private readonly _handlers: IRunHandlers;
  private readonly _choice: IBackendChoice;
  private _trainer: ITrainer | null = null;
  private readonly _notices: string[];
  private _paused = false;
  private _stopped = false;
  private _wake: (() => void) | null = null;
  private _reported = -Infinity;
  private _epochStart = 0;
  private _secondsPerEpoch = NaN;
}

/** Why a request cannot be trained on; '' where it can. */
function requestProblem(request: ITrainRequest): string {
  const { spec, dataset, train, epochs, batchSize, learningRate } = request;
  const problem = specProblem(spec) || datasetProblem(spec, dataset);
  if (problem) {
    return problem;
  }
  if (train.length === 0) {
    return 'There is no window to train on: choose a smaller window or guard, or another split.';
  }
  if (!Number.isInteger(epochs) || epochs < 1) {
    return `epochs is ${epochs}; it must be a whole number of at least 1.`;
  }
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    return `batch_size is ${batchSize}; it must be a whole number of at least 1.`;
  }
  if (!(learningRate > 0)) {
    return `learning_rate is ${learningRate}; it must be above 0.`;
  }
  return '';
}

function mergeNotice({ train, batchSize }: ITrainRequest): string {
  const n = train.length;
  const plain = Math.ceil(n / batchSize);
  return batchEnds(n, batchSize).length < plain
    ? `The last batch of an epoch would hold one of ${n} windows: ` +
        'it is merged into the one before.'
    : '';
}

/** Lets messages in; not by animation frames, which stop in a hidden page. */
function nextTask(): Promise<void> {
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
