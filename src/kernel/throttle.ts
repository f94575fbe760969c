/** Sends the latest of many messages, a few times a second. */
export class Throttle<T> {
  constructor(send: (message: T) => void, interval: number) {
    this._send = send;
    this._interval = interval;
  }

  /** Send now, or when the interval since the last one has passed. */
  push(message: T): void {
    this._next = { message };
    if (this._timer === null) {
      this.flush();
    }
  }

  /** Send what waits. */
  flush(): void {
    const next = this._next;
    this.cancel();
    if (next) {
      this._send(next.message);
      this._timer = setTimeout(() => {
        this._timer = null;
        this.flush();
      }, this._interval);
    }
  }

  /** Forget what waits. */
  cancel(): void {
    this._next = null;
    if (this._timer !== null) {
      clearTimeout(this._timer);
      this._timer = null;
    }
  }

  private _send: (message: T) => void;
  private _interval: number;
  private _next: { readonly message: T } | null = null;
  private _timer: ReturnType<typeof setTimeout> | null = null;
}
