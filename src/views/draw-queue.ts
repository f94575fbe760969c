import { type IPalette, readPalette } from './marks/palette';

/** Collects what is to be redrawn and draws it once in the next animation frame. */
export interface IDrawable {
  /** False while nothing of it can be seen; it is drawn when that changes. */
  readonly canDraw: boolean;
  drawNow(): void;
}

/** Milliseconds of drawing in one frame; what is left then waits for the next. */
const FRAME_SHARE = 12;

/**
 * One queue a panel: what a change touches is drawn in the next frame, and where that takes
 * long in the frames after it, so that the page stays in hand.
 */
export class DrawQueue {
  /** Asks for a drawing in the next frame. */
  request(item: IDrawable): void {
    if (this._disposed) {
      return;
    }
    this._waiting.add(item);
    this._next();
  }

  /** Draws now what waits and can be seen. */
  flush(): void {
    if (this._frame) {
      cancelAnimationFrame(this._frame);
    }
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
    if (this._frame) {
      cancelAnimationFrame(this._frame);
    }
    this._waiting.clear();
  }

  private _next(): void {
    this._frame ||= requestAnimationFrame(() => this._draw(FRAME_SHARE));
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
        this._next();
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
  private _drawing = false;
  /** The colours of this frame, and whether they are those for print. */
  private _palette: IPalette | null = null;
  private _print: Element | null = null;
  private _disposed = false;
}
