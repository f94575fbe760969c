import { isSeen, pixelAt } from './navigator-frame';
import type { INavigatorHost } from './navigator-host';
import { middle, PIN_RADIUS } from './navigator-marks';
import { pixelLines } from './pixel-lines';
import type { IViewContext } from './view';

/** A handle at the border of the scan can be taken from outside, px. */
const BORDER = 6;

/** A press on a pin that moves less than this is a click, px. */
const CLICK = 4;

/** Zoom of one pixel of the wheel. */
const WHEEL = 0.002;

type Drag = 'pointer' | 'pin' | 'second' | 'region' | 'selection' | 'pan';

const EVENTS = [
  'pointerdown',
  'pointermove',
  'pointerup',
  'pointercancel',
  'pointerleave',
  'dblclick'
];

/** The mouse on the navigator: pointers, pins, regions, the selection, zoom and pan. */
export class NavigatorMouse {
  constructor(node: HTMLElement, context: IViewContext, host: INavigatorHost) {
    this._node = node;
    this._context = context;
    this._host = host;
    for (const type of EVENTS) {
      node.addEventListener(type, this);
    }
    node.addEventListener('wheel', this, { passive: false });
  }

  /** True while the mouse moves the pointer itself: the picture then keeps still. */
  get movesPointer(): boolean {
    return this._drag === 'pointer';
  }

  handleEvent(event: Event): void {
    const mouse = event as PointerEvent;
    switch (event.type) {
      case 'pointerdown':
        this._start(mouse);
        break;
      case 'pointermove':
        this._move(mouse);
        break;
      case 'pointerup':
        this._end(mouse);
        break;
      case 'pointercancel':
        this._cancel();
        break;
      case 'pointerleave':
        this._context.tooltip.hide();
        break;
      case 'dblclick':
        this._doubleClick(mouse);
        break;
      case 'wheel':
        this._wheel(event as WheelEvent);
    }
  }

  private _start(event: PointerEvent): void {
    const place = this._place(event);
    if (!this._over(place, BORDER)) {
      return;
    }
    const drag = this._take(event, place);
    if (!drag) {
      return;
    }
    this._drag = drag;
    this._box = this._node.getBoundingClientRect();
    this._last = place;
    this._from = place;
    if (event.button === 1) {
      // The middle button would scroll the page.
      event.preventDefault();
    }
    this._context.tooltip.hide();
    this._node.setPointerCapture?.(event.pointerId);
  }

  /** What a press begins. */
  private _take(
    event: PointerEvent,
    place: readonly [number, number]
  ): Drag | null {
    const { editor, selection } = this._host;
    const { navigation, regions } = this._context.workspace;
    const chord = event.ctrlKey || event.metaKey;
    const inside = this._over(place);
    if (
      event.button === 1 ||
      (event.button === 0 && chord && !event.shiftKey)
    ) {
      return inside ? 'pan' : null;
    }
    if (event.button !== 0) {
      return null;
    }
    const free = !regions.tool && !editor.active;
    if (free && event.shiftKey && inside) {
      const way = chord ? 'add' : event.altKey ? 'remove' : 'replace';
      selection.start(this._pixel(place)!, way);
      return 'selection';
    }
    if (free && this._overSecond(place)) {
      return 'second';
    }
    const pin = free ? this._pinAt(place) : null;
    if (pin) {
      navigation.setPointer(pin.row, pin.column);
      return 'pin';
    }
    if (editor.press(place, event.shiftKey)) {
      return 'region';
    }
    if (!inside) {
      return null;
    }
    navigation.setPointer(...this._pixel(place)!);
    return 'pointer';
  }

  private _move(event: PointerEvent): void {
    const place = this._place(event);
    const { editor, selection, camera } = this._host;
    const { navigation } = this._context.workspace;
    const pixel = this._pixel(place);
    if (this._drag === 'pin' && far(place, this._from)) {
      this._drag = 'pointer';
    }
    switch (this._drag) {
      case 'pointer':
        if (pixel) {
          navigation.setPointer(...pixel);
        }
        break;
      case 'second':
        if (pixel) {
          navigation.setSecondPointer(pixel);
        }
        break;
      case 'selection':
        if (pixel) {
          selection.move(pixel);
        }
        break;
      case 'pan': {
        const base = this._host.base();
        const [x, y] = this._last;
        if (base && camera.pan(base, place[0] - x, place[1] - y)) {
          this._host.moved();
        }
        break;
      }
      case 'pin':
        break;
      default:
        if (!editor.move(place)) {
          this._node.style.cursor = this._cursor(place, event.shiftKey);
        }
    }
    this._last = place;
    this._hover(event, place);
  }

  private _hover(event: MouseEvent, place: readonly [number, number]): void {
    const { tooltip, shown } = this._context;
    const free = !this._drag && !this._host.editor.active;
    const frame = this._host.frame();
    if (!free || !frame || !shown.pair || !this._over(place)) {
      tooltip.hide();
      return;
    }
    const pixel = pixelAt(frame, shown.pair, ...place);
    const lines = pixelLines(this._context, this._host.layer(), ...pixel);
    tooltip.show(event.clientX, event.clientY, lines);
  }

  private _end(event: PointerEvent): void {
    const { editor, selection } = this._host;
    const { navigation, explorer } = this._context.workspace;
    const pixel = this._pixel(this._place(event));
    const drag = this._drag;
    this._drag = null;
    this._box = null;
    if (drag === 'selection') {
      selection.finish();
    } else if (
      drag === 'pointer' &&
      pixel &&
      event.type === 'pointerup' &&
      explorer.pins.collecting &&
      !far(this._place(event), this._from)
    ) {
      explorer.pins.add(...pixel);
    } else if (drag === 'region' && !editor.release() && pixel) {
      // A click on the selected region that moved nothing is meant for the pointer.
      navigation.setPointer(...pixel);
    }
  }

  private _cancel(): void {
    if (this._drag === 'region') {
      this._host.editor.cancel();
    } else if (this._drag === 'selection') {
      this._host.selection.cancel();
    }
    this._drag = null;
    this._box = null;
  }

  private _doubleClick(event: MouseEvent): void {
    const { editor, camera } = this._host;
    const drawing = editor.active;
    editor.close();
    if (!drawing && this._over(this._place(event)) && camera.fit()) {
      this._host.moved();
    }
  }

  private _wheel(event: WheelEvent): void {
    // It may scroll the panel.
    this._box = null;
    const place = this._place(event);
    const base = this._host.base();
    if (!base || !this._over(place) || this._leavesToPage(event)) {
      return;
    }
    event.preventDefault();
    const { camera } = this._host;
    // Lines and pages, as some mice report, in pixels.
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    const sideways = Math.abs(dx) > Math.abs(dy);
    const changed = sideways
      ? camera.pan(base, -dx, 0)
      : camera.zoomAt(base, ...place, Math.exp(-WHEEL * dy));
    if (changed) {
      this._host.moved();
    }
  }

  /** Where the panel scrolls, the wheel zooms only with Ctrl or while the navigator has the focus. */
  private _leavesToPage(event: WheelEvent): boolean {
    const stage = this._node.closest('.jp-Eelscape-stage');
    const scrolls = stage !== null && stage.scrollHeight > stage.clientHeight;
    return (
      scrolls &&
      !event.ctrlKey &&
      !event.metaKey &&
      document.activeElement !== this._node
    );
  }

  private _cursor(place: readonly [number, number], shift: boolean): string {
    const { editor } = this._host;
    const free = !this._context.workspace.regions.tool && !editor.active;
    if (free && this._over(place)) {
      if (shift) {
        return 'crosshair';
      }
      if (this._overSecond(place)) {
        return 'move';
      }
      if (this._pinAt(place)) {
        return 'pointer';
      }
    }
    return editor.cursor(place, shift);
  }

  /** During a drag the navigator stays where it is: asking again would have the page laid out at every move. */
  private _place(event: MouseEvent): [number, number] {
    const box = this._box ?? this._node.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private _over([x, y]: readonly [number, number], border = 0): boolean {
    const frame = this._host.frame();
    return frame !== null && isSeen(frame, x, y, border);
  }

  private _pixel(
    place: readonly [number, number]
  ): readonly [number, number] | null {
    const frame = this._host.frame();
    const { pair } = this._context.shown;
    return frame && pair ? pixelAt(frame, pair, ...place) : null;
  }

  private _overSecond(place: readonly [number, number]): boolean {
    const second = this._context.workspace.navigation.secondPointer;
    const frame = this._host.frame();
    return (
      second !== null &&
      frame !== null &&
      distance(place, middle(frame, ...second)) <= PIN_RADIUS
    );
  }

  private _pinAt(
    place: readonly [number, number]
  ): { readonly row: number; readonly column: number } | null {
    const frame = this._host.frame();
    const { items } = this._context.workspace.explorer.pins;
    // The last one lies on top.
    return (
      [...items].reverse().find(pin => {
        const at = frame && middle(frame, pin.row, pin.column);
        return at !== null && distance(place, at) <= PIN_RADIUS;
      }) ?? null
    );
  }

  private _node: HTMLElement;
  private _context: IViewContext;
  private _host: INavigatorHost;
  private _drag: Drag | null = null;
  /** Where the navigator stands; null between drags. */
  private _box: DOMRect | null = null;
  private _from: readonly [number, number] = [0, 0];
  private _last: readonly [number, number] = [0, 0];
}

function distance(
  a: readonly [number, number],
  b: readonly [number, number]
): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

function far(
  a: readonly [number, number],
  b: readonly [number, number]
): boolean {
  return distance(a, b) > CLICK;
}
