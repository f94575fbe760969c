/** What the views see of training: runs, and how long they will take. */
import type { ISignal } from '@lumino/signaling';
import type { BackendName, IHistory, ISetup } from '../signal/types';

/** A run that trains now. */
export interface IRunState {
  /** Also the id of its model. */
  readonly id: string;
  /** "im2spec 2L". */
  readonly label: string;
  readonly setup: ISetup;
  /** Complete epochs. */
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  /** NaN while unknown. */
  readonly secondsPerEpoch: number;
  /** NaN while unknown. */
  readonly secondsLeft: number;
  /** null until it has started. */
  readonly backend: BackendName | null;
  readonly history: IHistory;
  readonly paused: boolean;
  readonly fromPython: boolean;
  /** '' or what was changed on the way. */
  readonly notice: string;
}

/**
 * The runs that train and those that wait. `label` to `notice` are of the run whose
 * model is shown, else of the first; between runs of the last one, its label ''.
 */
export interface ITrainingModel {
  /** In the order in which they began. */
  readonly runs: readonly IRunState[];
  /** Labels of the runs that wait until there is room. */
  readonly waiting: readonly string[];
  readonly running: boolean;
  /** True where all runs are held. */
  readonly paused: boolean;
  readonly label: string;
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  readonly secondsPerEpoch: number;
  /** Seconds, NaN while unknown. */
  readonly secondsLeft: number;
  readonly backend: BackendName | null;
  readonly history: IHistory;
  /** How many runs wait. */
  readonly queued: number;
  readonly notice: string;
  /** '' or the error to show in the strip: cause and remedy. */
  readonly error: string;
  /** At most ten times a second while nothing but progress is new. */
  readonly changed: ISignal<ITrainingModel, void>;
  /** Start a run for each of the panel's setups. */
  start(): void;
  /** Start a run for each of these setups, after what waits; returns the ids of the runs, also of their models. */
  train(setups: readonly ISetup[]): readonly string[];
  /** Of the run of this id, or of all of them; so the next two. */
  pause(run?: string): void;
  resume(run?: string): void;
  /** Without an id also what waits. */
  stop(run?: string): void;
  /** True while the run of this id trains or waits. */
  has(run: string): boolean;
  /** Stop the run of this id, or take it out of those that wait. */
  stopRun(run: string): void;
  dismissError(): void;
}

/** How long the next training will take, measured before it starts. */
export interface IExpectedTime {
  readonly measuring: boolean;
  /** What the runs would train on; null while unknown. */
  readonly backend: BackendName | null;
  /** Why this backend, in one sentence; '' while unknown. */
  readonly reason: string;
  /** A sentence where it is not what was asked for, else ''. */
  readonly notice: string;
  /** Name of the graphics adapter, or "2 cores". */
  readonly device: string;
  /** Of one run, of the slowest where they differ; NaN while unknown. */
  readonly secondsPerEpoch: number;
  /** Of all runs of the next training; NaN while unknown. */
  readonly seconds: number;
  /** How many runs of the next training go at once. */
  readonly atOnce: number;
  readonly changed: ISignal<IExpectedTime, void>;
}
