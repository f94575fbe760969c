import type { INetworkClient } from '../network/types';
import type { IPair, ISetup } from '../signal/types';
import type { CheckpointKeeper } from './checkpoints/checkpoint-keeper';
import type { IJobListener } from './job-run';
import type { IMachine } from './slots';

/** What the queue of training runs is made of. */
export interface ITrainingOptions {
  readonly client: INetworkClient;
  readonly listener: IJobListener;
  /** Where checkpoints of the runs are kept; nowhere by default. */
  readonly keeper?: CheckpointKeeper;
  /** What the runs share; this machine by default. */
  readonly machine?: IMachine;
  /** The data to train on; null while there are none, or others are on their way, which a run is meant for. */
  pair(): IPair | null;
  /** The setups of the panel's next training: a run each. */
  setups(): readonly ISetup[];
  /** Id of the model that is shown; null for none. */
  shown(): string | null;
  /** Seconds between two checkpoints of a run; none are made by default. */
  readonly checkpointEvery?: number;
  /** Epochs between evaluations of a run of so many epochs. */
  evaluateEvery(epochs: number): number;
}
