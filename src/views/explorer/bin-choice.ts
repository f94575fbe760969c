import type { GroupSelection } from '../marks/surface';
import type { IViewContext } from '../view';
import { BINS, type ErrorsContent } from './errors-content';
import type { IErrorsFrame } from './errors-drawing';

export interface IBinChoiceOptions {
  frame(): IErrorsFrame | null;
  readonly content: ErrorsContent;
  /** The bins that are marked have changed. */
  changed(): void;
}

/** Choosing bins of the histogram of the errors by mouse and keys: their windows become the selection. */
export class BinChoice {
  constructor(
    node: HTMLElement,
    context: IViewContext,
    options: IBinChoiceOptions
  ) {
    this._node = node;
    this._context = context;
    this._options = options;
    node.addEventListener('keydown', event => this._press(event));
    node.addEventListener('pointerdown', event => this._down(event));
    node.addEventListener('pointermove', event => this._move(event));
    node.addEventListener('pointerup', () => this._up());
    node.addEventListener('pointercancel', () => {
      this._dragged = false;
    });
    node.addEventListener('pointerleave', () => context.tooltip.hide());
    node.addEventListener('blur', () => this._mark(null));
  }

  /** Marks the bins under the keys or the mouse. */
  draw(group: GroupSelection, { x, top, middle }: IErrorsFrame): void {
    if (!this._range) {
      return;
    }
    const [first, last] = ordered(this._range);
    const width = x.domain()[1] / BINS;
    group
      .append('rect')
      .attr('class', 'jp-Eelscape-band')
      .attr('x', x(first * width))
      .attr('width', x((last + 1) * width) - x(first * width))
      .attr('y', top)
      .attr('height', middle - top);
  }

  private _press(event: KeyboardEvent): void {
    if (event.target !== this._node || !this._options.frame()) {
      return;
    }
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) {
      const end = held((this._range?.[1] ?? (by > 0 ? -1 : BINS)) + by);
      const start = event.shiftKey ? (this._range?.[0] ?? end) : end;
      this._mark([start, end]);
      this._tell();
    } else if (event.key === 'Enter' && this._range) {
      this._select(this._range);
    } else if (event.key === 'Escape') {
      this._mark(null);
      this._context.workspace.explorer.selection.set(null);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private _down(event: PointerEvent): void {
    const bin = this._binAt(event);
    if (bin !== null && event.button === 0) {
      this._dragged = true;
      if (event.pointerId !== undefined) {
        this._node.setPointerCapture?.(event.pointerId);
      }
      this._mark([bin, bin]);
    }
  }

  private _move(event: PointerEvent): void {
    const bin = this._binAt(event, this._dragged);
    if (bin === null) {
      this._context.tooltip.hide();
      return;
    }
    if (this._dragged && this._range) {
      this._mark([this._range[0], bin]);
    }
    const range = this._dragged && this._range ? this._range : [bin, bin];
    this._context.tooltip.show(
      event.clientX,
      event.clientY,
      this._lines(range)
    );
  }

  private _up(): void {
    if (this._dragged && this._range) {
      this._select(this._range);
    }
    this._dragged = false;
  }

  /** What the bins hold, in lines: "4.1 to 4.7 %", "train 120 windows". */
  private _lines(range: readonly number[]): string[] {
    const { shown, trans } = this._context;
    const { active } = shown;
    if (!active) {
      return [];
    }
    const { content } = this._options;
    const [first, last] = ordered(range);
    const { counts, edges } = content.histogramOf(active);
    const sum = (values: Int32Array): number =>
      values.subarray(first, last + 1).reduce((a, b) => a + b, 0);
    return [
      trans.__(
        '%1 to %2',
        shown.errorText(edges[first]),
        shown.errorText(edges[last + 1])
      ),
      trans.__('train: %1 windows', sum(counts.train)),
      trans.__('test: %1 windows', sum(counts.test))
    ];
  }

  private _tell(): void {
    if (this._range) {
      this._node.setAttribute(
        'aria-label',
        this._lines(this._range).join(', ')
      );
    }
  }

  private _select(range: readonly [number, number]): void {
    const { shown, workspace } = this._context;
    if (shown.active) {
      const [first, last] = ordered(range);
      const mask = this._options.content.maskOfBins(shown.active, first, last);
      workspace.explorer.selection.set(mask);
    }
  }

  private _mark(range: readonly [number, number] | null): void {
    if (`${range}` !== `${this._range}`) {
      this._range = range;
      this._options.changed();
    }
  }

  /** The bin under the mouse; null beside the histogram, the nearest where `always`. */
  private _binAt(event: MouseEvent, always = false): number | null {
    const frame = this._options.frame();
    if (!frame) {
      return null;
    }
    const box = this._node.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const inside =
      x >= frame.left && x <= frame.right && y >= frame.top && y < frame.middle;
    const width = frame.x.domain()[1] / BINS;
    return inside || always
      ? held(Math.floor(frame.x.invert(x) / width))
      : null;
  }

  private _node: HTMLElement;
  private _context: IViewContext;
  private _options: IBinChoiceOptions;
  /** First and last bin as they were chosen, in any order. */
  private _range: readonly [number, number] | null = null;
  private _dragged = false;
}

function ordered([a, b]: readonly number[]): [number, number] {
  return [Math.min(a, b), Math.max(a, b)];
}

function held(bin: number): number {
  return Math.max(0, Math.min(BINS - 1, bin));
}
