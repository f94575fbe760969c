/** Collects what is to be redrawn and draws it once in the next animation frame. */
export interface IDrawable {
  /** False while nothing of it can be seen; it is drawn when that changes. */
  readonly canDraw: boolean;
  drawNow(): void;
}

/** One queue a panel: everything that a change touches is drawn in the same frame. */
export class DrawQueue {
  /** Asks for a drawing in the next frame. */
  request(item: IDrawable): void {
    if (this._disposed) {
      return;
    }
    this._waiting.add(item);
    if (!this._frame) {
      this._frame = requestAnimationFrame(() => this.flush());
    }
  }

  /** Draws now what waits and can be seen. */
  flush(): void {
    if (this._frame) {
      cancelAnimationFrame(this._frame);
      this._frame = 0;
    }
    for (const item of [...this._waiting]) {
      if (item.canDraw) {
        this._waiting.delete(item);
        try {
          item.drawNow();
        } catch (reason) {
          // One view that fails must not keep the others from being drawn.
          console.error(reason);
        }
      }
    }
  }

  dispose(): void {
    this._disposed = true;
    if (this._frame) {
      cancelAnimationFrame(this._frame);
    }
    this._waiting.clear();
  }

  private _waiting = new Set<IDrawable>();
  private _frame = 0;
  private _disposed = false;
}
