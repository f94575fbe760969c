/** What is said once and not answered: a gap in the connection may have swallowed it. */
import type { DataMessage } from './protocol';

/** Failures of runs that are remembered. */
const MOST_FAILURES = 16;

/**
 * The latest state of the panel and the latest failures of runs. Told twice they mean the same;
 * not told at all, a cell would wait for a run that has ended.
 */
export class Retold {
  keep(message: DataMessage): void {
    if (message.type === 'state') {
      this._state = message;
    } else if (message.type === 'failure') {
      this._failures.push(message);
      this._failures.splice(0, this._failures.length - MOST_FAILURES);
    }
  }

  /** A run that goes on under its id has not failed any more. */
  goesOn(run: string): void {
    this._failures = this._failures.filter(
      message => message.type !== 'failure' || message.run !== run
    );
  }

  /** What the kernel may not have heard, oldest first. */
  get messages(): readonly DataMessage[] {
    return [...this._failures, ...(this._state ? [this._state] : [])];
  }

  private _state: DataMessage | null = null;
  private _failures: DataMessage[] = [];
}
