/** A run that trains: its progress, and the hand on it. */
import { UUID } from '@lumino/coreutils';
import type {
  IEvaluation,
  INetworkClient,
  IProgress,
  IResume,
  IRun,
  IRunHandlers,
  ITrainResult
} from '../network/types';
import type { BackendName, IHistory, IPair, ISetup } from '../signal/types';
import type { IPreparedRun } from './run-request';
import type { IRunState } from './types';

/** A run asked for by the panel or by Python. */
export interface IJob {
  /** Python's run id, or a fresh one. */
  readonly run: string;
  readonly setup: ISetup;
  readonly fromPython: boolean;
  /** What it is called on screen: "im2spec 2L". */
  readonly label: string;
  /** Where an interrupted run goes on. */
  readonly resume?: IResume;
}

/** A job of the panel for each setup; seeds are named where they differ. */
export function jobsOf(setups: readonly ISetup[]): readonly IJob[] {
  const seeds = new Set(setups.map(setup => setup.seed));
  return setups.map(setup => ({
    run: UUID.uuid4(),
    setup,
    fromPython: false,
    label: runLabel(setup) + (seeds.size > 1 ? `, seed ${setup.seed}` : '')
  }));
}

/** A job whose network trains, with the data it was started on. */
export interface IRunningJob extends IJob {
  readonly pair: IPair;
  readonly prepared: IPreparedRun;
  /** Decodes by the weights as they are; rejects once the run has ended. */
  readonly decode: IRun['decode'];
}

/** What happens to jobs, told to whoever keeps the results. */
export interface IJobListener {
  onStart(job: IRunningJob): void;
  onProgress(job: IRunningJob, progress: IProgress): void;
  onEvaluation(job: IRunningJob, evaluation: IEvaluation): void;
  /** May take time (writing the file); the run counts as running until then. */
  onResult(job: IRunningJob, result: ITrainResult): Promise<void>;
  onFailure(job: IJob, message: string): void;
}

const EMPTY: IHistory = { train: [], test: [] };

/** One of the runs that train at the same time. */
export class JobRun implements IRunState {
  /** @throws what the client throws where the request cannot be taken. */
  constructor(
    job: IJob,
    pair: IPair,
    prepared: IPreparedRun,
    client: INetworkClient,
    handlers: IRunHandlers
  ) {
    this._run = client.train(prepared.request, handlers);
    this._notice = prepared.notice;
    this.job = {
      ...job,
      pair,
      prepared,
      decode: (latents, n) => this._run.decode(latents, n)
    };
  }

  readonly job: IRunningJob;
  /** '' or why no model is wanted of it any more. */
  abandoned = '';

  get id(): string {
    return this.job.run;
  }

  get label(): string {
    return this.job.label;
  }

  get setup(): ISetup {
    return this.job.setup;
  }

  get fromPython(): boolean {
    return this.job.fromPython;
  }

  get paused(): boolean {
    return this._paused;
  }

  get epoch(): number {
    return this._progress?.epoch ?? 0;
  }

  get epochs(): number {
    return this._progress?.epochs ?? this.job.setup.epochs;
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

  get notice(): string {
    return this._notice;
  }

  pause(): boolean {
    if (this._paused) {
      return false;
    }
    this._run.pause();
    this._paused = true;
    return true;
  }

  resume(): boolean {
    if (!this._paused) {
      return false;
    }
    this._run.resume();
    this._paused = false;
    return true;
  }

  stop(): void {
    this._run.stop();
  }

  progressed(progress: IProgress): void {
    this._progress = progress;
    if (progress.notice) {
      this._notice = joined(this.job.prepared.notice, progress.notice);
    }
  }

  /** The result, with what was adjusted before the run. */
  async done(): Promise<ITrainResult> {
    const result = await this._run.done;
    return result.epoch < 1
      ? result
      : {
          ...result,
          notice: joined(this.job.prepared.notice, result.notice)
        };
  }

  /** Show what the run came to. */
  ended(result: ITrainResult): void {
    const { epoch, backend, history, notice } = result;
    this._notice = notice;
    this._progress = {
      epoch,
      epochs: this.job.setup.epochs,
      step: 0,
      steps: 0,
      secondsPerEpoch: NaN,
      backend,
      history,
      notice
    };
  }

  private readonly _run: IRun;
  private _progress: IProgress | null = null;
  private _paused = false;
  private _notice: string;
}

function joined(...sentences: readonly string[]): string {
  return sentences.filter(Boolean).join(' ');
}

/** What a run is called on screen: "im2spec 2L". */
export function runLabel(setup: ISetup): string {
  return `${setup.kind} ${setup.latentDims}L`;
}
