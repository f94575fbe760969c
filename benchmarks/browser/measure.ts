/** Times of steps and epochs of a trainer, driven as a run drives it. */
import { nextTask } from '../../src/signal/next-task';
import type { ITrainer } from '../../src/network/training';

/** Milliseconds between two waits, as in a run. */
const REPORT_INTERVAL = 100;
/** Epochs are timed as a whole where one takes no longer, in seconds; as in torch_training.py. */
const LONGEST_EPOCH = 4;

/** Drives a trainer step by step; losses of its epochs gather in `trainer.history`. */
export class Drive {
  constructor(trainer: ITrainer) {
    this._trainer = trainer;
  }

  /** Trains `n` steps; milliseconds until the device has done them, ends of epochs left out. */
  async steps(n: number): Promise<number> {
    const trainer = this._trainer;
    let begun = performance.now();
    let total = 0;
    for (let i = 0; i < n; i++) {
      await this._step();
      if (trainer.epochDone) {
        await this._idle();
        total += performance.now() - begun;
        await this._end();
        begun = performance.now();
      }
    }
    await this._idle();
    return total + performance.now() - begun;
  }

  /** Trains to the end of the epoch; seconds. */
  async epoch(): Promise<number> {
    const begun = performance.now();
    while (!this._trainer.epochDone) {
      await this._step();
    }
    await this._end();
    return (performance.now() - begun) / 1000;
  }

  private async _step(): Promise<void> {
    const trainer = this._trainer;
    trainer.step();
    const late = performance.now() - this._settled >= REPORT_INTERVAL;
    if (!trainer.epochDone && (++this._ahead >= trainer.stepsAhead || late)) {
      await trainer.settle();
      this._ahead = 0;
      this._settled = performance.now();
    }
    await nextTask();
  }

  /** Waits twice: the first may wait for what was given to the device before. */
  private async _idle(): Promise<void> {
    await this._trainer.settle();
    await this._trainer.settle();
    this._ahead = 0;
  }

  private async _end(): Promise<void> {
    await this._trainer.finishEpoch();
    this._ahead = 0;
    if (this._trainer.diverged) {
      throw new Error('The loss is not finite.');
    }
  }

  private readonly _trainer: ITrainer;
  private _ahead = 0;
  private _settled = performance.now();
}

export interface ITimes {
  /** Milliseconds a step, of each stretch. */
  readonly milliseconds: readonly number[];
  /** Timed steps in all. */
  readonly steps: number;
  /** Seconds of whole epochs. */
  readonly epochs: readonly number[];
}

/**
 * Warms up for a fifth of `seconds`, at least three steps, then times `repeats`
 * stretches of equal length, then two whole epochs where one is short enough.
 */
export async function measure(
  trainer: ITrainer,
  seconds: number,
  repeats: number
): Promise<ITimes> {
  const drive = new Drive(trainer);
  const warm = performance.now();
  await drive.steps(1);
  let one = await drive.steps(2);
  one /= 2;
  while (performance.now() - warm < 200 * seconds) {
    const n = Math.max(1, Math.min(64, Math.floor((40 * seconds) / one)));
    one = (await drive.steps(n)) / n;
  }
  const n = Math.max(1, Math.round((1000 * seconds) / repeats / one));
  // A slow backend is not repeated beyond twice the time asked for.
  const times = Math.max(
    2,
    Math.min(repeats, Math.floor((2000 * seconds) / (n * one)))
  );
  const milliseconds: number[] = [];
  for (let i = 0; i < times; i++) {
    milliseconds.push((await drive.steps(n)) / n);
  }
  const epochs: number[] = [];
  if ((one * trainer.steps) / 1000 <= LONGEST_EPOCH) {
    await drive.epoch();
    for (let i = 0; i < 2; i++) {
      epochs.push(await drive.epoch());
    }
  }
  return { milliseconds, steps: n * times, epochs };
}
