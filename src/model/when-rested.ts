/** Work that waits until nothing has asked for it for a while. */
export class WhenRested {
  /** @param delay - milliseconds of rest. */
  constructor(delay: number) {
    this._delay = delay;
  }

  /** Does the task after a rest; a newer one takes its place. */
  ask(task: () => void): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(task, this._delay);
  }

  cancel(): void {
    clearTimeout(this._timer);
  }

  private _delay: number;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}
