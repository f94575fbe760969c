import type { IDraftWindow } from './draft-windows';
import { FrameBudget } from './frame-budget';
import type { IPlotFrame } from './marks/range-band';

export interface IWindowDragOptions {
  frame(): IPlotFrame | null;
  windows(): readonly IDraftWindow[];
  /** Energy (eV) at a place and back. */
  energyAt(x: number): number;
  xOf(energy: number): number;
  /** Width of a channel, eV. */
  step(): number;
  /** Another window is the one that the keys change. */
  chosen(): void;
  /** A window is being dragged: draw it. */
  moved(window: IDraftWindow): void;
  /** Ask for a window. */
  commit(window: IDraftWindow): void;
}

type Grip = 'move' | 'from' | 'to';

/** Mouse and keys of the energy windows of a step: drag one, pull its edges. */
export class WindowDrag {
  constructor(node: HTMLElement, options: IWindowDragOptions) {
    this._node = node;
    this._options = options;
    for (const type of EVENTS) {
      node.addEventListener(type, this);
    }
  }

  dispose(): void {
    this._budget.drop();
    for (const type of EVENTS) {
      this._node.removeEventListener(type, this);
    }
  }

  /** The window that the keys change. */
  get current(): IDraftWindow | null {
    const windows = this._options.windows();
    return windows.find(item => item.key === this._key) ?? windows[0] ?? null;
  }

  handleEvent(event: Event): void {
    if (!this._options.windows().length) {
      this._held = null;
      return;
    }
    switch (event.type) {
      case 'pointerdown':
        this._start(event as PointerEvent);
        break;
      case 'pointermove':
        this._move(event as PointerEvent);
        break;
      case 'keydown':
        this._press(event as KeyboardEvent);
        break;
      default:
        if (this._held && this._last) {
          this._budget.drop();
          this._options.commit(this._last);
        }
        this._held = null;
        this._last = null;
    }
  }

  private _start(event: PointerEvent): void {
    const x = this._x(event);
    const hit = x === null ? null : this._hit(x);
    if (event.button !== 0 || x === null || !hit) {
      return;
    }
    this._key = hit.window.key;
    this._held = { ...hit, at: this._options.energyAt(x) };
    this._last = null;
    this._node.setPointerCapture?.(event.pointerId);
  }

  private _move(event: PointerEvent): void {
    const x = this._x(event);
    if (x === null) {
      return;
    }
    if (!this._held) {
      const hit = this._hit(x);
      this._node.style.cursor = !hit
        ? ''
        : hit.grip === 'move'
          ? 'grab'
          : 'ew-resize';
      return;
    }
    const { window, grip, at } = this._held;
    const by = this._options.energyAt(x) - at;
    this._set(changed(window, grip, by, this._options.step()));
  }

  private _press(event: KeyboardEvent): void {
    const windows = this._options.windows();
    const current = this.current!;
    const sign =
      event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const step = this._options.step();
    const by = sign * step * (event.shiftKey ? 10 : 1);
    if (event.key.toLowerCase() === 'w' && !event.ctrlKey && !event.metaKey) {
      const at = windows.indexOf(current);
      this._key = windows[(at + 1) % windows.length].key;
      this._options.chosen();
    } else if (sign) {
      const next = changed(current, event.altKey ? 'to' : 'move', by, step);
      this._options.moved(next);
      this._options.commit(next);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private _set(window: IDraftWindow): void {
    this._last = window;
    this._options.moved(window);
    // The kernel is asked while the mouse moves, so that the fit follows the window.
    this._budget.run(() => this._options.commit(window));
  }

  /** x within the plot, px; null beside it, unless a window is held. */
  private _x(event: PointerEvent): number | null {
    const frame = this._options.frame();
    if (!frame) {
      return null;
    }
    const box = this._node.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    if (this._held) {
      return Math.max(frame.left, Math.min(frame.right, x));
    }
    return x >= frame.left - 5 &&
      x <= frame.right + 5 &&
      y >= frame.top &&
      y <= frame.bottom
      ? x
      : null;
  }

  private _hit(x: number): { window: IDraftWindow; grip: Grip } | null {
    const { xOf } = this._options;
    let best: { window: IDraftWindow; grip: Grip } | null = null;
    let least = 5.5;
    for (const window of this._options.windows()) {
      for (const grip of ['from', 'to'] as const) {
        const at = xOf(window[grip]);
        // Where two windows touch, the side of the mouse decides.
        const outside = grip === 'from' ? x < at : x > at;
        const far = Math.abs(x - at) + (outside ? 0.01 : 0);
        if (far < least) {
          least = far;
          best = { window, grip };
        }
      }
    }
    const over = this._options
      .windows()
      .find(item => x > xOf(item.from) && x < xOf(item.to));
    // A narrow window keeps its middle third for moving.
    if (over && (!best || least > (xOf(over.to) - xOf(over.from)) / 3)) {
      return { window: over, grip: 'move' };
    }
    return best;
  }

  private _node: HTMLElement;
  private _options: IWindowDragOptions;
  private _held: { window: IDraftWindow; grip: Grip; at: number } | null = null;
  private _last: IDraftWindow | null = null;
  private _key: IDraftWindow['key'] | null = null;
  private _budget = new FrameBudget();
}

const EVENTS = [
  'pointerdown',
  'pointermove',
  'pointerup',
  'pointercancel',
  'keydown'
];

/** The window moved or pulled by an energy; it stays at least a channel wide. */
function changed(
  window: IDraftWindow,
  grip: Grip,
  by: number,
  step: number
): IDraftWindow {
  const { from, to } = window;
  switch (grip) {
    case 'move':
      return { ...window, from: from + by, to: to + by };
    case 'from':
      return { ...window, from: Math.min(from + by, to - step) };
    case 'to':
      return { ...window, to: Math.max(to + by, from + step) };
  }
}
