/** Asynchronous work of which only the newest request matters. */

/**
 * Runs one task at a time. A request made meanwhile waits, and a newer one
 * takes its place, so a pointer that moves fast costs no more than it can show.
 */
export class LatestWins {
  /**
   * Run the task, or keep it as the next one.
   * @param task - does the work; what it returns is called only where no newer
   *   request has come and the queue is not cancelled.
   * @param onError - called with what the task threw, unless cancelled.
   */
  request(
    task: () => Promise<() => void>,
    onError: (error: unknown) => void
  ): void {
    this._waiting = { task, onError };
    if (!this._busy) {
      void this._drain();
    }
  }

  /** Forget the waiting task and the result of the running one. */
  cancel(): void {
    this._waiting = null;
    this._era++;
  }

  private async _drain(): Promise<void> {
    this._busy = true;
    while (this._waiting) {
      const { task, onError } = this._waiting;
      const era = this._era;
      this._waiting = null;
      try {
        const apply = await task();
        if (era === this._era && !this._waiting) {
          apply();
        }
      } catch (error) {
        if (era === this._era) {
          onError(error);
        }
      }
    }
    this._busy = false;
  }

  private _waiting: {
    task: () => Promise<() => void>;
    onError: (error: unknown) => void;
  } | null = null;
  private _busy = false;
  private _era = 0;
}
