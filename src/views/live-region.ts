import { Widget } from '@lumino/widgets';
import { boundsOf } from '../analysis/region-shapes';
import type { IRegion } from '../model/types';
import { NavigatorNews } from './navigator-news';
import type { IViewContext } from './view';
import { significant } from './wording';

/** Speaks the pointer, and training at every tenth, to screen readers; politely and after a pause. */
export class LiveRegion extends Widget {
  constructor(context: IViewContext) {
    super();
    this.addClass('jp-Eelscape-hiddenText');
    this.node.setAttribute('role', 'status');
    this.node.setAttribute('aria-live', 'polite');
    this._context = context;
    const { navigation, training, regions } = context.workspace;
    navigation.pointerChanged.connect(this._pointerMoved, this);
    training.changed.connect(this._trained, this);
    regions.changed.connect(this._regionsChanged, this);
    this._names = regions.items.map(region => region.name);
    this._news = new NavigatorNews(context, sentence => this._say(sentence));
  }

  dispose(): void {
    window.clearTimeout(this._timer);
    this._news.dispose();
    super.dispose();
  }

  private _pointerMoved(): void {
    this._say(() => pointerSentence(this._context));
  }

  private _regionsChanged(): void {
    const { regions } = this._context.workspace;
    const { trans } = this._context;
    const names = regions.items.map(region => region.name);
    const gone = this._names.filter(name => !names.includes(name));
    const fewer = names.length < this._names.length;
    this._names = names;
    const { selected, tool } = regions;
    const region = regions.items.find(item => item.name === selected) ?? null;
    const changed = region !== this._region;
    const released = this._region !== null && !region;
    this._region = region;
    if (fewer) {
      this._say(() => trans.__('%1 removed', gone.join(', ')));
    } else if (changed && region) {
      this._say(() => regionSentence(this._context, region));
    } else if (tool !== this._tool) {
      const words = {
        rectangle: trans.__('Rectangle tool'),
        ellipse: trans.__('Ellipse tool'),
        polygon: trans.__('Polygon tool')
      };
      this._say(() => (tool ? words[tool] : trans.__('Pointer')));
    } else if (released) {
      this._say(() => trans.__('No region selected'));
    }
    this._tool = tool;
  }

  private _say(sentence: () => string): void {
    window.clearTimeout(this._timer);
    // A held arrow key would otherwise queue one sentence a pixel.
    this._timer = window.setTimeout(() => {
      this.node.textContent = sentence();
    }, 300);
  }

  private _trained(): void {
    const tenths = new Map<string, number>();
    for (const run of this._context.workspace.training.runs) {
      const tenth =
        run.epochs > 0 ? Math.floor((10 * run.epoch) / run.epochs) : 0;
      tenths.set(run.id, tenth);
      if (tenth > 0 && tenth !== this._tenths.get(run.id)) {
        this.node.textContent = this._context.trans.__(
          'Training %1: %2 %, epoch %3 of %4',
          run.label,
          10 * tenth,
          run.epoch,
          run.epochs
        );
      }
    }
    this._tenths = tenths;
  }

  private _context: IViewContext;
  private _news: NavigatorNews;
  private _timer = 0;
  /** Tenths of each run that were reached last. */
  private _tenths: ReadonlyMap<string, number> = new Map();
  private _names: readonly string[] = [];
  private _region: IRegion | null = null;
  private _tool: string | null = null;
}

/** "R1, rectangle, 12 by 8 pixels at 20, 30, 96 pixels, mean 123 ± 4 counts". */
export function regionSentence(
  { shown, trans }: IViewContext,
  region: IRegion
): string {
  const [left, top, right, bottom] = boundsOf(region.points);
  const kinds = {
    rectangle: trans.__('rectangle'),
    ellipse: trans.__('ellipse'),
    polygon: trans.__('polygon')
  };
  const place = [right - left, bottom - top, left, top].map(value =>
    significant(value, 4)
  );
  const words = [
    region.name,
    kinds[region.kind],
    trans.__('%1 by %2 at %3, %4', ...place),
    trans.__('%1 pixels', region.pixels)
  ];
  const { value, error } = shown.regionIntensity(region);
  if (Number.isFinite(value)) {
    const units = shown.pair?.spectraUnits ?? '';
    const mean = significant(value, 4);
    words.push(
      (Number.isFinite(error)
        ? trans.__('mean %1 \u00b1 %2 %3', mean, significant(error, 2), units)
        : trans.__('mean %1 %2', mean, units)
      ).trim()
    );
  }
  return words.join(', ');
}

/** "pixel 59, 17, test, error 2L 9.9 %, 10L 5.1 %". */
export function pointerSentence({ shown, trans }: IViewContext): string {
  const [row, column] = shown.pointer;
  const words = [trans.__('pixel %1, %2', column, row)];
  const part = shown.partAt(row, column);
  words.push(part ?? trans.__('no window'));
  if (shown.excludedAt(row, column)) {
    words.push(trans.__('excluded'));
  }
  const regions = shown.regionsAt(row, column);
  if (regions.length) {
    words.push(
      trans.__('in %1', regions.map(region => region.name).join(', '))
    );
  }
  shown.models
    .filter(model => Number.isFinite(shown.errorAt(model, row, column)))
    .forEach((model, i) => {
      const text = `${shown.labelOf(model)} ${shown.errorText(shown.errorAt(model, row, column))}`;
      words.push(i === 0 ? trans.__('error %1', text) : text);
    });
  return words.join(', ');
}
