/**
 * Runs work that follows a drag: the latest request once a frame, and after one that took long not
 * before three times as long has passed, so that it takes a quarter of the time at most.
 */
export class FrameBudget {
  run(work: () => void): void {
    this._work = work;
    if (!this._frame) {
      this._frame = requestAnimationFrame(() => this._next());
    }
  }

  /** Forgets what waits. */
  drop(): void {
    if (this._frame) {
      cancelAnimationFrame(this._frame);
    }
    this._frame = 0;
    this._work = null;
  }

  private _next(): void {
    this._frame = 0;
    const now = performance.now();
    if (now < this._due) {
      this._frame = requestAnimationFrame(() => this._next());
      return;
    }
    const work = this._work;
    this._work = null;
    work?.();
    const cost = performance.now() - now;
    // Below a third of a frame it may run in every frame.
    this._due = cost > 5 ? now + 4 * cost : 0;
  }

  private _work: (() => void) | null = null;
  private _frame = 0;
  private _due = 0;
}
