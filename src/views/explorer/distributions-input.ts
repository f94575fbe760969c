/** Mouse and keys of the distributions: axes are chosen, and windows by the values of a latent. */
import type { ICell } from './distributions-drawing';

export interface IDistributionsInput {
  cells(): readonly ICell[];
  bins(): number;
  /** The latent and the bins that are marked; null for none. */
  mark(mark: IBinMark | null): void;
  /** Selects the windows of marked bins. */
  select(mark: IBinMark): void;
  clear(): void;
  setAxis(latent: number, which: 'x' | 'y'): void;
  hover(event: PointerEvent, mark: IBinMark): void;
  leave(): void;
}

/** Bins of one latent, in the order in which they were chosen. */
export interface IBinMark {
  readonly latent: number;
  readonly from: number;
  readonly to: number;
}

/** Movement below which a press is a click, px. */
const STILL = 4;

export function listenOnDistributions(
  node: HTMLElement,
  on: IDistributionsInput
): void {
  let marked: IBinMark | null = null;
  let pressed: { readonly x: number; readonly cell: ICell } | null = null;
  let moved = false;
  const mark = (value: IBinMark | null): void => {
    marked = value;
    on.mark(value);
  };
  const place = (event: MouseEvent): readonly [number, number] => {
    const box = node.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  // The title belongs to its histogram.
  const cellAt = (event: MouseEvent): ICell | undefined => {
    const [x, y] = place(event);
    return on
      .cells()
      .find(
        cell =>
          x >= cell.left - 4 &&
          x <= cell.right + 4 &&
          y >= cell.top - 20 &&
          y <= cell.bottom
      );
  };
  const hold = (bin: number): number =>
    Math.max(0, Math.min(on.bins() - 1, bin));
  const binAt = (cell: ICell, x: number): number =>
    hold(Math.floor(((x - cell.left) / (cell.right - cell.left)) * on.bins()));
  node.addEventListener('pointerdown', event => {
    const cell = cellAt(event);
    if (cell && event.button === 0) {
      pressed = { x: place(event)[0], cell };
      moved = false;
      if (event.pointerId !== undefined) {
        node.setPointerCapture?.(event.pointerId);
      }
    }
  });
  node.addEventListener('pointermove', event => {
    const [x] = place(event);
    if (!pressed) {
      const cell = cellAt(event);
      if (cell) {
        const bin = binAt(cell, x);
        on.hover(event, { latent: cell.axis, from: bin, to: bin });
      } else {
        on.leave();
      }
      return;
    }
    if (moved || Math.abs(x - pressed.x) >= STILL) {
      moved = true;
      const { cell } = pressed;
      mark({
        latent: cell.axis,
        from: binAt(cell, pressed.x),
        to: binAt(cell, x)
      });
      on.hover(event, marked!);
    }
  });
  node.addEventListener('pointerup', event => {
    if (pressed && moved && marked) {
      on.select(marked);
    } else if (pressed) {
      on.setAxis(pressed.cell.axis, event.shiftKey ? 'y' : 'x');
    }
    pressed = null;
  });
  node.addEventListener('pointercancel', () => {
    pressed = null;
    mark(null);
  });
  node.addEventListener('pointerleave', () => on.leave());
  node.addEventListener('blur', () => mark(null));
  node.addEventListener('keydown', event => {
    const count = on.cells().length;
    if (!count || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const latent = Math.min(count - 1, marked?.latent ?? 0);
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const up = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (sideways) {
      const to = hold(
        (marked?.to ?? (sideways > 0 ? -1 : on.bins())) + sideways
      );
      mark({ latent, from: event.shiftKey ? (marked?.from ?? to) : to, to });
    } else if (up) {
      const next = marked
        ? Math.max(0, Math.min(count - 1, latent + up))
        : latent;
      const bin = marked?.to ?? Math.floor(on.bins() / 2);
      mark({ latent: next, from: bin, to: bin });
    } else if (event.key === 'Enter' && marked) {
      on.select(marked);
    } else if (event.key === 'x' || event.key === 'y') {
      on.setAxis(latent, event.key);
    } else if (event.key === 'Escape') {
      mark(null);
      on.clear();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
}
