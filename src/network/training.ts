/** What a run asks of that which trains, whichever kernels it trains with; and the batches of an epoch. */
import type { IHistory } from '../signal/types';
import type { IArchitecture } from './architecture';
import { initialParameters } from './initialise';
import type { IAdamState } from './optimiser';
import type {
  IEvaluation,
  IResume,
  ITrainedState,
  ITrainRequest,
  Parameters
} from './types';

/** Training of one network on one data set, step by step. */
export interface ITrainer {
  /** Complete epochs. */
  readonly epoch: number;
  /** Steps done in the running epoch, of `steps`. */
  readonly stepInEpoch: number;
  readonly steps: number;
  readonly history: IHistory;
  /** Whether the last epoch's loss or weights were not finite: it was undone. */
  readonly diverged: boolean;
  /** True after the last step of an epoch, before `finishEpoch`. */
  readonly epochDone: boolean;
  /** Steps to give to the device before the next `settle`. */
  readonly stepsAhead: number;
  /** Trains on the next batch. An epoch's last step is followed by `finishEpoch`. */
  step(): void;
  /** Reads the epoch's losses and keeps its weights, or undoes it where something is not finite. */
  finishEpoch(): Promise<void>;
  /** Drops the running epoch: weights are those of the last complete one. */
  abandonEpoch(): void;
  /** Waits until the device is at most `stepsAhead` steps behind. */
  settle(): Promise<void>;
  /** Latents and predictions of the positions that the request wants evaluated. */
  evaluate(): Promise<IEvaluation>;
  /** (n, latents) to (n, target size) in data units, by the weights as they are, between two steps. */
  decode(latents: Float32Array, n: number): Promise<Float32Array>;
  /** Weights and running statistics, in PyTorch's names and layouts. */
  readParameters(): Promise<Parameters>;
  /** Everything that a trainer needs to go on from here as this one would, between two steps. */
  checkpoint(): Promise<IResume>;
  dispose(): void;
}

/** What a trainer starts from: the initial weights of its seed, or the last complete epoch of a run that stopped. */
export function startOf(
  plan: IArchitecture,
  { resume, seed }: ITrainRequest
): {
  readonly parameters: Parameters;
  readonly adam?: IAdamState;
  readonly history: { readonly train: number[]; readonly test: number[] };
} {
  const { train, test } = resume?.history ?? { train: [], test: [] };
  const state = resume?.begun?.before ?? resume;
  return {
    parameters: state?.parameters ?? initialParameters(plan, seed),
    adam: state?.adam ?? undefined,
    history: { train: [...train], test: [...test] }
  };
}

/**
 * A checkpoint of a trainer between two steps.
 * @param loss - of the running epoch so far.
 * @param before - reads what the running epoch began with.
 */
export async function resumeOf(
  { epoch, stepInEpoch, history }: ITrainer,
  state: ITrainedState,
  loss: number,
  before: () => ITrainedState | Promise<ITrainedState>
): Promise<IResume> {
  return {
    ...state,
    history: { train: [...history.train], test: [...history.test] },
    epoch,
    begun:
      stepInEpoch > 0
        ? { step: stepInEpoch, loss, before: await before() }
        : null
  };
}

/** A checkpoint set back to the end of its last complete epoch. */
export function atEpochEnd<T extends IResume>(checkpoint: T): T {
  const { begun } = checkpoint;
  return begun ? { ...checkpoint, ...begun.before, begun: null } : checkpoint;
}

/** Ends of the batches of an epoch of n samples; a trailing batch of one joins the one before. */
export function batchEnds(n: number, batchSize: number): number[] {
  const ends: number[] = [];
  for (let end = batchSize; end < n; end += batchSize) {
    ends.push(end);
  }
  ends.push(n);
  if (ends.length > 1 && n - ends[ends.length - 2] === 1) {
    ends.splice(ends.length - 2, 1);
  }
  return ends;
}
