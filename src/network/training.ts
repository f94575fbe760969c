/** What a run asks of that which trains, whichever kernels it trains with; and the batches of an epoch. */
import type { IHistory } from '../signal/types';
import type { IAdamState } from './optimiser';
import type { IEvaluation, Parameters } from './types';

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
  /** Weights and running statistics, in PyTorch's names and layouts. */
  readParameters(): Promise<Parameters>;
  /** What Adam needs to go on exactly; null for another optimiser. */
  readAdam(): Promise<IAdamState | null>;
  dispose(): void;
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
