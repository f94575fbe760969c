/** What a mouse does on the latent plot: choose, draw a lasso or a box, move and zoom. */
import type { ILatentFrame } from './latent-frame';

type Point = readonly [number, number];

export interface ILatentGestures {
  frame(): ILatentFrame | null;
  /** True where the plot is magnified, so that a drag moves it. */
  zoomed(): boolean;
  /** What is being drawn, px; null where nothing is. */
  drawing(outline: readonly Point[] | null): void;
  /** The lasso or box is closed, px; `box` holds two corners. */
  drawn(shape: 'lasso' | 'box', points: readonly Point[]): void;
  click(event: MouseEvent): void;
  hover(event: PointerEvent | null): void;
  /** By shares of the square, positive to the right and up. */
  pan(dx: number, dy: number): void;
  /** About a place in shares of the square from its lower left corner. */
  zoom(factor: number, x: number, y: number): void;
  fit(): void;
}

/** Movement below which a press is a click, px. */
const STILL = 4;

/** Listens on the body of the latent plot. Shift draws a lasso, with Ctrl or Cmd a box. */
export function listenOnLatent(node: HTMLElement, on: ILatentGestures): void {
  let doing: 'lasso' | 'box' | 'pan' | 'press' | null = null;
  let points: Point[] = [];
  let moved = false;
  const place = (event: MouseEvent): Point => {
    const box = node.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const outlineOf = (): readonly Point[] => {
    const [[x0, y0], [x1, y1]] = [points[0], points[points.length - 1]];
    return doing === 'box'
      ? [
          [x0, y0],
          [x1, y0],
          [x1, y1],
          [x0, y1]
        ]
      : points;
  };
  const stop = (): void => {
    if (doing === 'lasso' || doing === 'box') {
      on.drawing(null);
    }
    doing = null;
  };
  node.addEventListener('pointerdown', event => {
    const frame = on.frame();
    if (event.button !== 0 || !frame) {
      return;
    }
    const at = place(event);
    moved = false;
    points = [at];
    doing = !within(frame, at)
      ? null
      : event.shiftKey
        ? event.ctrlKey || event.metaKey
          ? 'box'
          : 'lasso'
        : 'press';
    if (doing) {
      on.hover(null);
      node.setPointerCapture?.(event.pointerId);
    }
  });
  node.addEventListener('pointermove', event => {
    const frame = on.frame();
    if (!doing || !frame) {
      on.hover(event);
      return;
    }
    const at = place(event);
    const [x, y] = points[points.length - 1];
    if (
      !moved &&
      Math.hypot(at[0] - points[0][0], at[1] - points[0][1]) < STILL
    ) {
      return;
    }
    moved = true;
    if (doing === 'press' && on.zoomed()) {
      doing = 'pan';
    }
    if (doing === 'pan') {
      on.pan((at[0] - x) / frame.across, (y - at[1]) / frame.side);
      points = [at];
    } else if (doing !== 'press') {
      points.push(at);
      on.drawing(outlineOf());
    }
  });
  node.addEventListener('pointerup', () => {
    const shape = doing;
    const outline = points;
    stop();
    if (moved && (shape === 'lasso' || shape === 'box')) {
      on.drawn(
        shape,
        shape === 'box' ? [outline[0], outline[outline.length - 1]] : outline
      );
    }
  });
  node.addEventListener('pointercancel', stop);
  node.addEventListener('click', event => {
    // The end of a drag is no click.
    if (!moved && !event.shiftKey) {
      on.click(event);
    }
    moved = false;
  });
  node.addEventListener('dblclick', () => on.fit());
  node.addEventListener('pointerleave', () => on.hover(null));
  node.addEventListener(
    'wheel',
    event => {
      const frame = on.frame();
      const at = place(event);
      if (!frame || !within(frame, at)) {
        return;
      }
      event.preventDefault();
      // Lines and pages of some mice count as many pixels.
      const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 300 : 1;
      on.zoom(
        Math.exp(-0.0025 * unit * event.deltaY),
        (at[0] - frame.left) / frame.across,
        1 - (at[1] - frame.top) / frame.side
      );
    },
    { passive: false }
  );
}

function within(frame: ILatentFrame, [x, y]: Point): boolean {
  return (
    x >= frame.left &&
    y >= frame.top &&
    x <= frame.left + frame.across &&
    y <= frame.top + frame.side
  );
}
