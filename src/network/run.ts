/** One training run from request to result: pausing, stopping, reporting, evaluating. */
import type { IBackendChoice } from './backends';
import { datasetProblem } from './data';
import { checkRows } from './inference';
import { nextTask } from '../signal/next-task';
import { guarded } from './guarded-trainer';
import { createTrainer } from './trainers';
import { batchEnds, type ITrainer } from './training';
import { architecture, specProblem } from './architecture';
import { flatSize, slots } from './layout';
import type {
  IEvaluation,
  IProgress,
  IRunHandlers,
  ITrainRequest,
  ITrainResult
} from './types';

/** Least milliseconds between two reports of progress. */
const REPORT_INTERVAL = 100;

/** What is said to whoever asks a run that is over. */
export const ENDED = 'The training run has ended.';

const nothing = (): IEvaluation => ({
  epoch: 0,
  latents: new Float32Array(0),
  predictions: new Float32Array(0)
});

/** A call of `decode` that waits for the end of a step. */
interface IAsked {
  readonly latents: Float32Array;
  readonly n: number;
  resolve(values: Float32Array): void;
  reject(error: Error): void;
}

/** A run that can be paused and stopped between batches. */
export class TrainingRun {
  /** @param check - rejects where what was read from the device may be garbage. */
  constructor(
    request: ITrainRequest,
    choice: IBackendChoice,
    handlers: IRunHandlers,
    check?: () => Promise<void>
  ) {
    const problem = requestProblem(request);
    if (problem) {
      throw new RangeError(problem);
    }
    this._request = request;
    this._handlers = handlers;
    this._choice = choice;
    this._check = check ?? null;
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

  /**
   * (n, latents) to (n, target size) in data units by the weights as they are:
   * answered between two steps and while paused. Rejects once the run has ended.
   */
  decode(latents: Float32Array, n: number): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      if (this._ended) {
        reject(new Error(ENDED));
        return;
      }
      this._asked.push({ latents, n, resolve, reject });
      this._wake?.();
    });
  }

  /** Trains to the end, to a stop, or to a loss that is not finite. */
  async run(): Promise<ITrainResult> {
    try {
      return await this._run();
    } finally {
      this._ended = true;
      this._asked.splice(0).forEach(({ reject }) => reject(new Error(ENDED)));
    }
  }

  dispose(): void {
    this._trainer?.dispose();
    this._trainer = null;
  }

  private async _run(): Promise<ITrainResult> {
    const { epochs, evaluateEvery } = this._request;
    // Compiling takes a while: what is to come stands there before it.
    this._report(true);
    const { trainer: made, notice } = await createTrainer(
      this._request,
      this._choice.backend
    );
    const trainer = this._check ? guarded(made, this._check) : made;
    this._trainer = trainer;
    this._notices.push(...(notice ? [notice] : []));
    this._epochStart = performance.now();
    this._keptAt = this._epochStart;
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
          const evaluation = await trainer.evaluate();
          if (this._stopped) {
            // No epoch follows: it is the last one too.
            return this._finish(trainer, evaluation);
          }
          this._handlers.onEvaluation?.(evaluation);
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
      await this._keep(trainer);
      this._report(false);
      await nextTask();
      await this._serveHere(trainer);
    }
    return this._finish(trainer);
  }

  private async _finish(
    trainer: ITrainer,
    last: IEvaluation | null = null
  ): Promise<ITrainResult> {
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
    // Without a complete epoch there is no model, and nothing to wait for.
    const evaluation =
      last ?? (trainer.epoch > 0 ? await trainer.evaluate() : nothing());
    this._report(true);
    return {
      parameters: await trainer.readParameters(),
      history: this._history(),
      evaluation,
      backend: this._choice.backend,
      batchSize: this._request.batchSize,
      epoch: trainer.epoch,
      stopped,
      notice: this._notices.join(' ')
    };
  }

  /**
   * Makes a checkpoint where it is due: at the end of an epoch from half of the interval on,
   * since it is half as large there, else within the epoch.
   */
  private async _keep(trainer: ITrainer): Promise<void> {
    const { checkpointEvery = 0, batchSize } = this._request;
    const now = performance.now();
    const age = (now - this._keptAt) / 1000;
    const due =
      age >= checkpointEvery ||
      (trainer.stepInEpoch === 0 && age >= checkpointEvery / 2);
    if (!(checkpointEvery > 0) || !due || !this._handlers.onCheckpoint) {
      return;
    }
    const state = await trainer.checkpoint();
    const { backend } = this._choice;
    this._handlers.onCheckpoint({ ...state, backend, batchSize });
    this._keptAt = performance.now();
    this._epochStart += this._keptAt - now;
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
    const { train, batchSize, resume } = this._request;
    const {
      epoch = resume?.epoch ?? 0,
      stepInEpoch = resume?.begun?.step ?? 0,
      steps = batchEnds(train.length, batchSize).length
    } = this._trainer ?? {};
    // The first steps compile kernels: an estimate from fewer than three misleads.
    const unknown = Number.isNaN(this._secondsPerEpoch);
    const estimate =
      unknown && stepInEpoch >= Math.min(3, steps)
        ? ((now - this._epochStart) / 1000 / stepInEpoch) * steps
        : NaN;
    return {
      epoch,
      epochs: this._request.epochs,
      step: stepInEpoch,
      steps,
      secondsPerEpoch: unknown ? estimate : this._secondsPerEpoch,
      backend: this._choice.backend,
      history: this._history(),
      notice: this._notices.join(' ')
    };
  }

  private _history(): { train: number[]; test: number[] } {
    const { train, test } = this._trainer?.history ??
      this._request.resume?.history ?? { train: [], test: [] };
    return { train: [...train], test: [...test] };
  }

  /** Decodes what was asked for. */
  private async _answer(trainer: ITrainer): Promise<void> {
    for (const { latents, n, resolve, reject } of this._asked.splice(0)) {
      try {
        const { latentDims } = this._request.spec;
        checkRows('decode', latents, n, latentDims);
        resolve(await trainer.decode(latents, n));
      } catch (error) {
        reject(error as Error);
      }
    }
  }

  /** Answers, and waits while paused; neither counts as the epoch's time. */
  private async _serveHere(trainer: ITrainer): Promise<void> {
    const start = performance.now();
    await this._answer(trainer);
    if (this._paused && !this._stopped) {
      this._report(true);
    }
    while (this._paused && !this._stopped) {
      if (this._asked.length === 0) {
        await new Promise<void>(resolve => {
          this._wake = resolve;
        });
      }
      await this._answer(trainer);
    }
    this._wake = null;
    this._epochStart += performance.now() - start;
  }

  private readonly _request: ITrainRequest;
  private readonly _handlers: IRunHandlers;
  private readonly _choice: IBackendChoice;
  private readonly _check: (() => Promise<void>) | null;
  private _trainer: ITrainer | null = null;
  private readonly _notices: string[];
  private readonly _asked: IAsked[] = [];
  private _ended = false;
  private _paused = false;
  private _stopped = false;
  private _wake: (() => void) | null = null;
  private _reported = -Infinity;
  /** When the last checkpoint was made. */
  private _keptAt = 0;
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
  return resumeProblem(request);
}

/** Why a run cannot go on from where another stopped; '' where it can. */
function resumeProblem({
  spec,
  train,
  batchSize,
  resume
}: ITrainRequest): string {
  if (!resume) {
    return '';
  }
  const { adam, history, epoch, begun } = resume;
  if (history.train.length !== epoch || history.test.length !== epoch) {
    return (
      `The checkpoint is of ${epoch} epochs but holds the losses of ` +
      `${history.train.length}: take another one, or train from the start.`
    );
  }
  const steps = batchEnds(train.length, batchSize).length;
  if (begun && !(begun.step > 0 && begun.step < steps)) {
    return (
      `The checkpoint is of step ${begun.step} of an epoch, which has ` +
      `${steps} steps here: train from the start.`
    );
  }
  const size = flatSize(slots(architecture(spec).parameters, true));
  if (adam && (adam.m.length !== size || adam.v.length !== size)) {
    return (
      `The checkpoint's optimiser holds ${adam.m.length} numbers, the ` +
      `network has ${size} weights: it belongs to another network.`
    );
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
