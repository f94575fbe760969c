import { drawnOver, type Place, raisedAt } from '../../analysis/target-curve';
import type { IEnergyScale } from '../energy-scale';
import type { IViewContext } from '../view';
import {
  energyAt,
  type IInverseLayout,
  type IInversePlot,
  type IPeakHandle,
  peakHandles,
  tileAt
} from './inverse-drawing';
import { axisFactor } from './inverse-controls';

export interface IInverseInputOptions {
  /** null while nothing is drawn. */
  plot(): IInversePlot | null;
  layout(): IInverseLayout | null;
  energy(): IEnergyScale | null;
  /** What a drag has drawn so far, to be shown; null when it is over. */
  drafted(curve: Float32Array | null): void;
  /** The keyboard's place has moved. */
  penMoved(): void;
  /** The mouse rests on a structure; -1: on none. */
  hovered(event: PointerEvent, tile: number): void;
  /** Moves the pointer to the window that is nearest to the chosen structure. */
  go(): void;
}

/** Distance within which a handle is taken, px. */
const REACH = 9;
/** Steps of the keys, as a share of the axis of intensities. */
const NUDGE = 0.02;

/** Mouse and keys of the target: draw it, pull its peaks, raise it by keys; choose structures. */
export class InverseInput {
  constructor(
    node: HTMLElement,
    context: IViewContext,
    options: IInverseInputOptions
  ) {
    this._node = node;
    this._context = context;
    this._options = options;
    for (const type of EVENTS) {
      node.addEventListener(type, this);
    }
  }

  /** Channel that the keys raise; -1 before they are used. */
  get pen(): number {
    return this._pen;
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
        this._options.hovered(event as PointerEvent, -1);
        break;
      case 'dblclick':
        this._double(event as MouseEvent);
        break;
      case 'keydown':
        this._key(event as KeyboardEvent);
        break;
      case 'pointerup':
        this._end();
        break;
      default:
        this._drop();
    }
  }

  dispose(): void {
    for (const type of EVENTS) {
      this._node.removeEventListener(type, this);
    }
  }

  private get _inverse() {
    return this._context.workspace.explorer.inverse;
  }

  /** A key or a place without a structure changes nothing. */
  private _choose(index: number): void {
    if (index < this._inverse.candidates.length) {
      this._inverse.choose(index);
    }
  }

  private _start(event: PointerEvent): void {
    const plot = this._options.plot();
    const layout = this._options.layout();
    if (event.button !== 0 || !plot || !layout) {
      return;
    }
    const [x, y] = this._at(event);
    const tile = tileAt(layout, x, y);
    if (tile >= 0) {
      this._choose(tile);
      return;
    }
    const { frame } = plot;
    if (
      x < frame.left - REACH ||
      x > frame.right + REACH ||
      y < frame.top - REACH ||
      y > frame.bottom + REACH
    ) {
      return;
    }
    this._node.setPointerCapture?.(event.pointerId);
    if (this._inverse.source === 'peaks') {
      this._grip = this._handleAt(plot, x, y);
    } else if (this._inverse.target) {
      this._last = this._place(plot, x, y);
      this._draft = this._inverse.target;
    }
  }

  private _move(event: PointerEvent): void {
    const plot = this._options.plot();
    const layout = this._options.layout();
    if (!plot || !layout) {
      return;
    }
    const [x, y] = this._at(event);
    if (this._grip) {
      this._pull(plot, this._grip, x, y);
    } else if (this._draft && this._last) {
      const place = this._place(plot, x, y);
      this._draft = drawnOver(this._draft, this._last, place);
      this._last = place;
      this._options.drafted(this._draft);
      this._drawn = true;
    } else {
      const near = this._handleAt(plot, x, y) !== null;
      const tile = tileAt(layout, x, y);
      this._node.style.cursor = near ? 'move' : tile >= 0 ? 'pointer' : '';
      this._options.hovered(event, tile);
    }
  }

  private _end(): void {
    const drawn = this._drawn ? this._draft : null;
    this._drop();
    if (drawn) {
      this._inverse.draw(drawn);
    }
  }

  private _drop(): void {
    this._grip = null;
    this._draft = null;
    this._last = null;
    this._drawn = false;
    this._options.drafted(null);
  }

  private _double(event: MouseEvent): void {
    const layout = this._options.layout();
    const tile = layout ? tileAt(layout, ...this._at(event)) : -1;
    if (tile >= 0 && tile < this._inverse.candidates.length) {
      this._options.go();
      event.preventDefault();
    }
  }

  private _pull(
    plot: IInversePlot,
    grip: IPeakHandle,
    x: number,
    y: number
  ): void {
    const inverse = this._inverse;
    const energy = energyAt(this._context, plot, x);
    const value = plot.y.invert(
      Math.max(plot.frame.top, Math.min(plot.frame.bottom, y))
    );
    inverse.setPeaks(
      inverse.peaks.map((peak, i) =>
        i !== grip.peak
          ? peak
          : grip.part === 'top'
            ? { ...peak, position: energy, height: value - inverse.base }
            : {
                ...peak,
                width: Math.max(
                  2 * Math.abs(energy - peak.position),
                  this._leastWidth()
                )
              }
      )
    );
  }

  /** Two channels. */
  private _leastWidth(): number {
    const energy = this._options.energy();
    return energy
      ? (2 * Math.abs(energy.position(1) - energy.position(0))) /
          axisFactor(this._context)
      : 1e-9;
  }

  private _key(event: KeyboardEvent): void {
    const inverse = this._inverse;
    if (event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    if (event.key === 'Enter') {
      if (event.shiftKey) {
        this._options.go();
      } else {
        inverse.search();
      }
    } else if (event.key === 'Escape') {
      if (inverse.busy) {
        inverse.cancel();
      } else {
        inverse.choose(-1);
      }
    } else if (/^[1-9]$/.test(event.key)) {
      this._choose(Number(event.key) - 1);
    } else if (!this._arrow(event)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** Moves the pen along, or the target at it up and down. */
  private _arrow(event: KeyboardEvent): boolean {
    const plot = this._options.plot();
    const { target } = this._inverse;
    const along = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const up = { ArrowDown: -1, ArrowUp: 1 }[event.key];
    if (!plot || !target || (along === undefined && up === undefined)) {
      return false;
    }
    const factor = event.shiftKey ? 10 : 1;
    const last = target.length - 1;
    if (this._pen < 0 || this._pen > last) {
      this._pen = Math.round(last / 2);
    } else if (along !== undefined) {
      this._pen = Math.max(0, Math.min(last, this._pen + along * factor));
    }
    if (up !== undefined) {
      const [low, high] = plot.y.domain();
      const by = NUDGE * (event.shiftKey ? 5 : 1) * up * (high - low);
      this._inverse.draw(
        raisedAt(target, this._pen, by, Math.max(2, target.length / 14))
      );
    }
    this._options.penMoved();
    return true;
  }

  private _handleAt(
    plot: IInversePlot,
    x: number,
    y: number
  ): IPeakHandle | null {
    return (
      peakHandles(this._context, plot).find(
        handle => Math.hypot(handle.x - x, handle.y - y) <= REACH
      ) ?? null
    );
  }

  /** Channel and value at a point, kept within the plot. */
  private _place(plot: IInversePlot, x: number, y: number): Place {
    const { frame } = plot;
    const inside = Math.max(frame.left, Math.min(frame.right, x));
    const channel =
      this._options.energy()?.channelAt(plot.x.invert(inside)) ?? 0;
    const height = Math.max(frame.top, Math.min(frame.bottom, y));
    return [channel, plot.y.invert(height)];
  }

  private _at(event: MouseEvent): [number, number] {
    const box = this._node.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private _node: HTMLElement;
  private _context: IViewContext;
  private _options: IInverseInputOptions;
  private _grip: IPeakHandle | null = null;
  private _draft: Float32Array | null = null;
  private _drawn = false;
  private _last: Place | null = null;
  private _pen = -1;
}

const EVENTS = [
  'pointerdown',
  'pointermove',
  'pointerup',
  'pointercancel',
  'pointerleave',
  'dblclick',
  'keydown'
];
