/**
 * Spectra on their way to a worker. One message of hundreds of MiB would hold the
 * page up while the browser copies it, so they go in slices with pauses between.
 */
import type { IWorkerLike, Request } from './messages';
import { nextTask } from '../signal/next-task';

/** Values of a slice: 4 MiB, copied in a few milliseconds. */
const SLICE = 1 << 20;

/** Sends spectra piece by piece; gives up when `ended` says so. */
export async function sendSpectra(
  worker: IWorkerLike,
  spectra: Float32Array,
  ended: () => boolean
): Promise<void> {
  const { length } = spectra;
  for (let at = 0; at === 0 || at < length; at += SLICE) {
    if (at > 0) {
      await nextTask();
    }
    if (ended()) {
      return;
    }
    const values = spectra.slice(at, at + SLICE);
    worker.postMessage({ type: 'spectra', at, length, values }, [
      values.buffer
    ]);
  }
}

/** The worker's end: spectra one after the other, each put together from its slices. */
export class SpectraInbox {
  put({ at, length, values }: Extract<Request, { type: 'spectra' }>): void {
    if (at === 0) {
      this._coming = new Float32Array(length);
    }
    this._coming.set(values, at);
    if (at + values.length === length) {
      const taker = this._takers.shift();
      if (taker) {
        taker(this._coming);
      } else {
        this._here.push(this._coming);
      }
      this._coming = NONE;
    }
  }

  /** The next ones, as soon as they are complete. */
  take(): Promise<Float32Array> {
    const spectra = this._here.shift();
    return spectra
      ? Promise.resolve(spectra)
      : new Promise(resolve => this._takers.push(resolve));
  }

  private _coming = NONE;
  private readonly _here: Float32Array[] = [];
  private readonly _takers: ((spectra: Float32Array) => void)[] = [];
}

const NONE = new Float32Array(0);
