/** Mouse and keys of the plot of dispersions: a click moves the pointer, a drag selects windows. */

/** Two corners, px. */
export type IBox = readonly [number, number, number, number];

export interface IVeracityInput {
  /** The window that stands near a place; -1 for none. */
  near(x: number, y: number): number;
  go(window: number): void;
  select(box: IBox): void;
  /** The box that is being drawn; null when it is over. */
  drafted(box: IBox | null): void;
  /** The mouse rests on a window; -1: on none. */
  hover(event: PointerEvent, window: number): void;
  press(event: KeyboardEvent): void;
}

/** Movement below which a press is a click, px. */
const STILL = 4;

export function listenOnVeracity(node: HTMLElement, on: IVeracityInput): void {
  let from: readonly [number, number] | null = null;
  let moved = false;
  const place = (event: MouseEvent): readonly [number, number] => {
    const box = node.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const end = (): void => {
    from = null;
    moved = false;
    on.drafted(null);
  };
  node.addEventListener('pointerdown', event => {
    if (event.button === 0) {
      from = place(event);
      moved = false;
      node.setPointerCapture?.(event.pointerId);
    }
  });
  node.addEventListener('pointermove', event => {
    const [x, y] = place(event);
    if (!from) {
      on.hover(event, on.near(x, y));
      return;
    }
    moved ||= Math.hypot(x - from[0], y - from[1]) > STILL;
    if (moved) {
      on.hover(event, -1);
      on.drafted([...from, x, y]);
    }
  });
  node.addEventListener('pointerup', event => {
    if (!from) {
      return;
    }
    const [x, y] = place(event);
    const start = from;
    const box = moved;
    end();
    if (box) {
      on.select([...start, x, y]);
    } else {
      const window = on.near(x, y);
      if (window >= 0) {
        on.go(window);
      }
    }
  });
  node.addEventListener('pointercancel', end);
  node.addEventListener('pointerleave', event => on.hover(event, -1));
  node.addEventListener('keydown', event => on.press(event));
}
