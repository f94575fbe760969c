import { type IPalette, readPalette } from './marks/palette';

/** Collects what is to be redrawn and draws it once in the next animation frame. */
export interface IDrawable {
  /** False while nothing of it can be seen; it is drawn when that changes. */
  readonly canDraw: boolean;
  drawNow(): void;
}

/** Milliseconds of drawing after which a frame begins no other view; what is left waits for a later one. */
const FRAME_SHARE = 6;

/**
 * One queue a panel: what a change touches is drawn in the next frame, and where that takes
 * long in the frames after it. Between such frames timers, messages and keys have their turn: a
 * browser prefers frames to them, so that drawing alone could keep them waiting.
 */
export class DrawQueue {
  /**
   * Asks for a drawing in the next frame.
   * @param after - milliseconds that others have first.
   */
  request(item: IDrawable, after = 0): void {
    if (after > 0) {
      setTimeout(() => this.request(item), after);
    } else if (!this._disposed) {
      this._waiting.add(item);
      this._next();
    }
  }

  /** Draws now what waits and can be seen. */
  flush(): void {
    this._cancel();
    this._draw(Infinity);
  }

  /**
   * The colours at a view. They are read once a frame: reading them again after a view has
   * been drawn would make the browser work out all styles again.
   */
  palette(node: Element): IPalette {
    const print = node.closest('.jp-mod-print');
    if (!this._drawing) {
      return readPalette(node);
    }
    if (!this._palette || this._print !== print) {
      this._palette = readPalette(node);
      this._print = print;
    }
    return this._palette;
  }

  dispose(): void {
    this._disposed = true;
    this._cancel();
    this._waiting.clear();
  }

  private _next(): void {
    if (!this._pause) {
      this._frame ||= requestAnimationFrame(() => this._draw(FRAME_SHARE));
    }
  }

  /** Has what waits drawn in a frame that comes after the timers that are due. */
  private _later(): void {
    this._pause ||= setTimeout(() => {
      this._pause = null;
      this._next();
    }, 0);
  }

  private _cancel(): void {
    cancelAnimationFrame(this._frame);
    this._frame = 0;
    if (this._pause) {
      clearTimeout(this._pause);
      this._pause = null;
    }
  }

  private _draw(share: number): void {
    this._frame = 0;
    this._palette = null;
    this._drawing = true;
    this._drawWaiting(share);
    this._drawing = false;
  }

  private _drawWaiting(share: number): void {
    const start = performance.now();
    for (const item of [...this._waiting]) {
      if (!item.canDraw) {
        continue;
      }
      if (performance.now() - start > share) {
        this._later();
        return;
      }
      // One that is asked for meanwhile goes behind those that wait.
      this._waiting.delete(item);
      try {
        item.drawNow();
      } catch (reason) {
        // One view that fails must not keep the others from being drawn.
        console.error(reason);
      }
    }
  }

  private _waiting = new Set<IDrawable>();
  private _frame = 0;
  private _pause: ReturnType<typeof setTimeout> | null = null;
  private _drawing = false;
  /** The colours of this frame, and whether they are those for print. */
  private _palette: IPalette | null = null;
  private _print: Element | null = null;
  private _disposed = false;
}
