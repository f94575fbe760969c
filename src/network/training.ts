/** What a run asks of that which trains, whichever kernels it trains with; and the batches of an epoch. */
import type { IHistory } from '../signal/types';
import type { IArchitecture } from './architecture';
import { initialParameters } from './initialise';
import type { IAdamState } from './optimiser';
import type { IEvaluation, ITrainRequest, Parameters } from './types';

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
  /** What Adam needs to go on exactly from the end of an epoch; null for another optimiser. */
  readAdam(): Promise<IAdamState | null>;
  dispose(): void;
}

/** What a trainer starts from: the initial weights of its seed, or where a run stopped. */
export function startOf(
  plan: IArchitecture,
  { resume, seed }: ITrainRequest
): {
  readonly parameters: Parameters;
  readonly adam?: IAdamState;
  readonly history: { readonly train: number[]; readonly test: number[] };
} {
  const { train, test } = resume?.history ?? { train: [], test: [] };
  return {
    parameters: resume?.parameters ?? initialParameters(plan, seed),
    adam: resume?.adam ?? undefined,
    history: { train: [...train], test: [...test] }
  };
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
