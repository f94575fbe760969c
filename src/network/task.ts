/** A worker and what it was started for. */
import type { IWorkerLike, Response } from './messages';
import type { IFailure } from './obstacles';
import { sendSpectra } from './spectra-transfer';

export class Task {
  /** @param ended - called once, when the worker has ended. */
  constructor(worker: IWorkerLike, ended: () => void) {
    this.worker = worker;
    this._onEnd = ended;
    worker.onmessage = ({ data }) => {
      if (data.type === 'failed' && data.id === null) {
        const { message, obstacle, backend } = data;
        this.fail(
          message,
          obstacle && { message, obstacle, backend: backend ?? null }
        );
      } else if (!this._ended) {
        this.onResponse(data);
      }
    };
    worker.onerror = event => {
      event.preventDefault?.();
      const what = event.message || 'its code could not be loaded';
      const message =
        `The network's worker stopped: ${what}. Train again; if it happens ` +
        'again, choose a smaller batch or another backend.';
      this.fail(message, { message, obstacle: 'interrupted', backend: null });
    };
    worker.onmessageerror = () => {
      this.fail(
        "The network's worker sent something that could not be read: " +
          'the browser may be out of memory. Close other tabs and train again.'
      );
    };
  }

  readonly worker: IWorkerLike;
  onResponse: (response: Response) => void = () => undefined;
  /** With what to do about it where another attempt may succeed. */
  onFailure: (error: Error, failure?: IFailure) => void = () => undefined;

  get ended(): boolean {
    return this._ended;
  }

  /** Sends spectra in slices, after those that are on their way. */
  sendSpectra(spectra: Float32Array): void {
    this._sent = this._sent
      .then(() => sendSpectra(this.worker, spectra, () => this._ended))
      .catch(error =>
        this.fail(
          `The spectra could not be handed to the network's worker (${String(error)}): ` +
            'the browser may be out of memory. Close other tabs and train again.'
        )
      );
  }

  /** Terminates the worker, which gives the GPU's memory back. */
  end(): void {
    if (!this._ended) {
      this._ended = true;
      this.worker.terminate();
      this._onEnd();
    }
  }

  fail(message: string, failure?: IFailure): void {
    if (!this._ended) {
      this.end();
      this.onFailure(new Error(message), failure);
    }
  }

  private readonly _onEnd: () => void;
  private _ended = false;
  private _sent: Promise<void> = Promise.resolve();
}

/** A dataset as a message carries it: its spectra follow. */
export function withoutSpectra<T extends { readonly spectra: Float32Array }>(
  dataset: T
): T {
  return { ...dataset, spectra: new Float32Array(0) };
}
