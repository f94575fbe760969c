import type { IPlotFrame } from './marks/range-band';

export interface IRangeDragOptions {
  frame(): IPlotFrame | null;
  channelAt(x: number): number;
  xOf(channel: number): number;
  range(): readonly [number, number];
  setRange(first: number, last: number): void;
  /** True while the range cannot be dragged. */
  locked?(): boolean;
  /** A person drags the range or moves it by keys. */
  dragged?(): void;
  channels(): number;
  /** Channel -1: the mouse left the plot. */
  hover(event: PointerEvent, channel: number): void;
}

type Grip = 'new' | 'move' | 'first' | 'last';

/** Mouse and keys of the energy range: drag a new one, move it, pull its edges. */
export class RangeDrag {
  constructor(node: HTMLElement, options: IRangeDragOptions) {
    this._node = node;
    this._options = options;
    node.addEventListener('pointerdown', this);
    node.addEventListener('pointermove', this);
    node.addEventListener('pointerup', this);
    node.addEventListener('pointercancel', this);
    node.addEventListener('pointerleave', this);
    node.addEventListener('keydown', this);
  }

  handleEvent(event: Event): void {
    switch (event.type) {
      case 'pointerdown':
        this._start(event as PointerEvent);
        break;
      case 'pointermove':
        this._move(event as PointerEvent);
        break;
      case 'pointerleave':
        this._options.hover(event as PointerEvent, -1);
        break;
      case 'keydown':
        this._key(event as KeyboardEvent);
        break;
      default:
        this._grip = null;
    }
  }

  dispose(): void {
    for (const type of [
      'pointerdown',
      'pointermove',
      'pointerup',
      'pointercancel',
      'pointerleave',
      'keydown'
    ]) {
      this._node.removeEventListener(type, this);
    }
  }

  private _start(event: PointerEvent): void {
    const x = this._x(event);
    if (event.button !== 0 || x === null || this._options.locked?.()) {
      return;
    }
    this._grip = this._gripAt(x);
    this._from = this._options.channelAt(x);
    this._range = this._options.range();
    this._node.setPointerCapture?.(event.pointerId);
  }

  private _move(event: PointerEvent): void {
    const at = this._x(event, this._grip !== null);
    if (at === null) {
      this._node.style.cursor = '';
      this._options.hover(event, -1);
      return;
    }
    const channel = this._options.channelAt(at);
    if (!this._grip) {
      const grip = this._gripAt(at);
      if (!this._options.locked?.()) {
        this._node.style.cursor =
          grip === 'new' ? 'crosshair' : grip === 'move' ? 'grab' : 'ew-resize';
      }
      this._options.hover(event, channel);
      return;
    }
    this._options.hover(event, -1);
    if (channel !== this._from) {
      this._options.dragged?.();
    }
    const [first, last] = this._range;
    if (this._grip === 'new') {
      // A click without a drag leaves the range as it is.
      if (channel !== this._from) {
        this._options.setRange(
          Math.min(this._from, channel),
          Math.max(this._from, channel)
        );
      }
    } else if (this._grip === 'move') {
      this._shift(first, last, channel - this._from);
    } else {
      const fixedEnd = this._grip === 'first' ? last : first;
      this._options.setRange(
        Math.min(fixedEnd, channel),
        Math.max(fixedEnd, channel)
      );
    }
  }

  private _shift(first: number, last: number, by: number): void {
    const top = this._options.channels() - 1;
    const step = Math.max(-first, Math.min(top - last, by));
    this._options.setRange(first + step, last + step);
  }

  private _key(event: KeyboardEvent): void {
    if (this._options.locked?.()) {
      return;
    }
    const [first, last] = this._options.range();
    const top = this._options.channels() - 1;
    const sign =
      event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const step = sign * (event.shiftKey ? 10 : 1);
    if (event.key === 'Escape') {
      this._options.setRange(0, top);
    } else if (sign && event.altKey) {
      this._options.dragged?.();
      this._options.setRange(
        first,
        Math.max(first, Math.min(top, last + step))
      );
    } else if (sign) {
      this._options.dragged?.();
      this._shift(first, last, step);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** x within the plot, px; null outside unless `hold` keeps it at the edge. */
  private _x(event: PointerEvent, hold = false): number | null {
    const frame = this._options.frame();
    if (!frame) {
      return null;
    }
    const box = this._node.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    if (hold) {
      return Math.max(frame.left, Math.min(frame.right, x));
    }
    return x >= frame.left &&
      x <= frame.right &&
      y >= frame.top &&
      y <= frame.bottom
      ? x
      : null;
  }

  private _gripAt(x: number): Grip {
    const [first, last] = this._options.range();
    const a = this._options.xOf(first);
    const b = this._options.xOf(last);
    const toFirst = Math.abs(x - a);
    const toLast = Math.abs(x - b);
    if (Math.min(toFirst, toLast) <= 5) {
      return toFirst < toLast ? 'first' : 'last';
    }
    return x > Math.min(a, b) && x < Math.max(a, b) ? 'move' : 'new';
  }

  private _node: HTMLElement;
  private _options: IRangeDragOptions;
  private _grip: Grip | null = null;
  private _from = 0;
  private _range: readonly [number, number] = [0, 0];
}
