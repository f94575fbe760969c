/** Models on their way to Python: which it lacks, which are being sent. */
import type { ILink, IModelPayload } from '../kernel/types';
import { isCancelled } from './kernel-work';
import { messageOf } from './message-of';

export interface IModelReturnsOptions {
  link(): ILink | null;
  /** What is sent of a model; null where there is none any more. */
  payload(id: string): IModelPayload | null;
  /** Show a message in the strip. */
  report(message: string): void;
  /** The number of unsent models has changed. */
  onUnsent(): void;
}

/** A model on its way to Python; `done` never rejects. */
interface ISending {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** Keeps every model until Python has taken it. */
export class ModelReturns {
  constructor(options: IModelReturnsOptions) {
    this._options = options;
  }

  /** How many models Python does not have yet. */
  get unsent(): number {
    return this._unsent.size;
  }

  /** Python does not have these. */
  add(ids: Iterable<string>): void {
    for (const id of ids) {
      this._unsent.add(id);
    }
    this._options.onUnsent();
  }

  /** There is no such model any more. */
  forget(id: string): void {
    this._unsent.delete(id);
  }

  /** Send a model that was just trained; where that cannot be, say so. */
  sendNew(id: string): Promise<void> {
    const link = this._options.link();
    const title = this._options.payload(id)?.title;
    if (link?.state === 'gone' && title) {
      this._options.report(
        `${title} did not reach Python: the kernel is gone. It is kept here: ` +
          'save it to a file with Export, or run the cell with explore again, ' +
          'then "Send to Python".'
      );
    }
    return this.send([id]);
  }

  /** Send these models, or all that Python does not have; what fails or is cancelled is kept. */
  async send(
    ids: Iterable<string> = this._unsent,
    abort?: AbortSignal
  ): Promise<void> {
    const link = this._options.link();
    if (!link || link.state === 'gone') {
      return;
    }
    for (const id of [...ids]) {
      const sending = abort?.aborted ? null : this._send(id, link);
      const cancel = () => sending?.abort.abort();
      abort?.addEventListener('abort', cancel);
      await sending?.done;
      abort?.removeEventListener('abort', cancel);
    }
  }

  /** A model on its way, from now or already; null where there is none to send. */
  private _send(id: string, link: ILink): ISending | null {
    const known = this._sending.get(id);
    const payload = this._unsent.has(id) ? this._options.payload(id) : null;
    if (known || !payload) {
      return known ?? null;
    }
    const abort = new AbortController();
    const send = async (): Promise<void> => {
      try {
        await link.sendModel(payload, undefined, abort.signal);
        this._unsent.delete(id);
      } catch (error) {
        const why = isCancelled(error)
          ? `Sending ${payload.title} was cancelled.`
          : `${payload.title} did not reach Python: ${messageOf(error)}`;
        this._options.report(
          `${why} It is kept here: use "Send to Python", or save it to a file.`
        );
      }
      this._sending.delete(id);
      this._options.onUnsent();
    };
    const sending = { abort, done: send() };
    this._sending.set(id, sending);
    return sending;
  }

  private _options: IModelReturnsOptions;
  private _unsent = new Set<string>();
  private _sending = new Map<string, ISending>();
}
