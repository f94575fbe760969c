import { Widget } from '@lumino/widgets';
import type { IViewContext } from './view';
import { percent } from './wording';

/** Speaks the pointer, and training at every tenth, to screen readers; politely and after a pause. */
export class LiveRegion extends Widget {
  constructor(context: IViewContext) {
    super();
    this.addClass('jp-Eelscape-hiddenText');
    this.node.setAttribute('role', 'status');
    this.node.setAttribute('aria-live', 'polite');
    this._context = context;
    const { navigation, training } = context.workspace;
    navigation.pointerChanged.connect(this._pointerMoved, this);
    training.changed.connect(this._trained, this);
  }

  dispose(): void {
    window.clearTimeout(this._timer);
    super.dispose();
  }

  private _pointerMoved(): void {
    window.clearTimeout(this._timer);
    // A held arrow key would otherwise queue one sentence a pixel.
    this._timer = window.setTimeout(() => {
      this.node.textContent = pointerSentence(this._context);
    }, 300);
  }

  private _trained(): void {
    const { training } = this._context.workspace;
    const tenth =
      training.running && training.epochs > 0
        ? Math.floor((10 * training.epoch) / training.epochs)
        : -1;
    if (tenth !== this._tenth && tenth > 0) {
      this.node.textContent = this._context.trans.__(
        'Training %1: %2 %, epoch %3 of %4',
        training.label,
        10 * tenth,
        training.epoch,
        training.epochs
      );
    }
    this._tenth = tenth;
  }

  private _context: IViewContext;
  private _timer = 0;
  private _tenth = -1;
}

/** "pixel 59, 17, test, error 2L 9.9 %, 10L 5.1 %". */
export function pointerSentence({ shown, trans }: IViewContext): string {
  const [row, column] = shown.pointer;
  const words = [trans.__('pixel %1, %2', column, row)];
  const part = shown.partAt(row, column);
  words.push(part ?? trans.__('no window'));
  shown.models
    .filter(model => Number.isFinite(shown.errorAt(model, row, column)))
    .forEach((model, i) => {
      const text = `${shown.labelOf(model)} ${percent(shown.errorAt(model, row, column))}`;
      words.push(i === 0 ? trans.__('error %1', text) : text);
    });
  return words.join(', ');
}
