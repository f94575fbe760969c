import type { ITrainedModel } from '../model/types';
import { metricName } from './error-metric';
import { MODEL_DASHES, MODEL_WIDTHS } from './marks/palette';
import type { IPalette } from './marks/palette';
import { abundanceNotes, line, membershipNote } from './pixel-notes';
import { partName } from './part-name';
import { type IThumbPicture, Thumb } from './readout-thumb';
import { type IViewContext, View } from './view';
import { fixed, latentName, significant } from './wording';

/** The window at the pointer with the errors and encodings there; its text is what tests and screen readers read. */
export class Readout extends View {
  constructor(context: IViewContext) {
    super(context, { name: 'readout', title: '', header: false });
    this.addClass('jp-Eelscape-readout');
    this.body.node.dataset.eelscapeReadout = '';
    const { data, models, navigation } = context.workspace;
    navigation.pointerChanged.connect(this._changed, this);
    navigation.secondPointerChanged.connect(this._changed, this);
    navigation.energyRangeChanged.connect(this._changed, this);
    models.itemsChanged.connect(this._changed, this);
    models.activeChanged.connect(this._changed, this);
    data.pairChanged.connect(this._changed, this);
    data.setupChanged.connect(this._changed, this);
    navigation.displayChanged.connect(this.redraw, this);
    context.workspace.explorer.display.changed.connect(this._changed, this);
    context.workspace.regions.changed.connect(this._notesChanged, this);
    context.workspace.factorisation.changed.connect(this._notesChanged, this);
    this._write();
  }

  /** Lays the blocks side by side instead of one below the other. */
  set across(value: boolean) {
    this.toggleClass('jp-mod-across', value);
    this._across = value;
    this.redraw();
  }

  private _changed(): void {
    this._write();
    this.redraw();
  }

  /** A region that is dragged elsewhere changes nothing here. */
  private _notesChanged(): void {
    const { dataset } = this.body.node;
    const before = [dataset.regions, dataset.abundances].join();
    this._write();
    if ([dataset.regions, dataset.abundances].join() !== before) {
      this.redraw();
    }
  }

  /** Keeps the attributes current even while the readout cannot be seen. */
  private _write(): void {
    const { shown, workspace } = this.context;
    const [row, column] = workspace.navigation.pointer;
    const active = shown.active;
    const error = active ? shown.errorAt(active, row, column) : NaN;
    const latents = active?.latentAt(row, column) ?? null;
    const map = shown.energyMap();
    const measured =
      map && shown.pair ? map[row * shown.pair.nx + column] : NaN;
    const dataset = this.body.node.dataset;
    dataset.row = String(row);
    dataset.column = String(column);
    dataset.error = Number.isFinite(error) ? String(error) : '';
    dataset.measured = Number.isFinite(measured) ? String(measured) : '';
    dataset.latents = latents ? JSON.stringify(Array.from(latents)) : '';
    dataset.part = shown.partAt(row, column) ?? '';
    dataset.model = active?.id ?? '';
    dataset.metric = shown.metric;
    dataset.second = workspace.navigation.secondPointer?.join() ?? '';
    dataset.excluded = shown.excludedAt(row, column) ? 'true' : '';
    const abundances = shown.abundancesAt(row, column);
    // NaN where excluded: JSON has none.
    dataset.abundances = abundances.every(Number.isFinite)
      ? JSON.stringify(abundances)
      : '';
    dataset.regions = JSON.stringify(
      shown.regionsAt(row, column).map(region => region.name)
    );
  }

  protected draw(palette: IPalette): void {
    const { shown, trans } = this.context;
    const node = this.body.node;
    const pair = shown.pair;
    if (!pair) {
      node.replaceChildren();
      return;
    }
    const [row, column] = shown.pointer;
    const models = shown.models;
    const images = shown.kind === 'spec2im' ? models.slice(-3) : [];
    const side = this._side(images.length + 1);
    const window = shown.windowAt(row, column);
    const [low, high] = shown.imageLimits();
    const picture = (values: Float32Array, cross: boolean): IThumbPicture => ({
      values,
      width: shown.window,
      height: shown.window,
      colours: 'grey',
      low,
      high,
      side,
      cross
    });
    this._thumb(0).show(
      picture(window!, true),
      side,
      images.length
        ? [line(trans.__('measured'))]
        : this._across
          ? []
          : [line(this._size())]
    );
    images.forEach((model, i) => {
      const predicted = model.predictionAt(row, column);
      this._thumb(1 + i).show(predicted && picture(predicted, false), side, [
        this._modelLine(model, row, column, palette, false)
      ]);
    });
    const blocks = this._thumbs
      .slice(0, 1 + images.length)
      .map(({ node }) => node);
    const text = document.createElement('div');
    text.className = 'jp-Eelscape-readoutText';
    if (this._across) {
      text.append(this._place(row, column, images.length > 0));
      if (!images.length) {
        text.append(
          line(
            trans.__(
              '%1, crosshair at [%2, %2]',
              this._size(),
              shown.window / 2
            )
          )
        );
      }
    }
    if (!images.length) {
      if (!this._across) {
        text.append(this._legend(this._measured(), palette.measured, null, 1));
      }
      for (const model of models.slice(-4)) {
        text.append(this._modelLine(model, row, column, palette, true));
      }
    }
    if (models.length && !this._across) {
      text.append(this._metric());
    }
    text.append(this._latents(row, column));
    if (!this._across) {
      text.append(...this._second());
    }
    const note = membershipNote(this.context);
    if (note && !this._across) {
      text.append(note);
    }
    text.append(...abundanceNotes(this.context, this._across ? 8 : 2));
    node.replaceChildren(...blocks, text);
  }

  private _side(count: number): number {
    const { shown, workspace } = this.context;
    const { window } = shown;
    // Metric and latents, and the errors at a second pointer, a line each model.
    const words =
      70 + (workspace.navigation.secondPointer ? 8 + 16 * count : 0);
    const room = this._across
      ? Math.min(this.height - 38, (this.width - 150) / count - 14)
      : Math.min(98, this.width - 26, (this.height - words) / count - 26);
    const whole = Math.floor(room / window);
    const side = whole >= 1 ? whole * window : Math.max(24, Math.floor(room));
    // Smaller ones beside a map show nothing any more.
    return this._across ? side : Math.max(28, side);
  }

  /** "32 × 32 nm". */
  private _size(): string {
    const { shown } = this.context;
    const { x, y } = shown.pair!;
    const side = shown.window;
    if (x.values || y.values || !x.units) {
      return `${side} \u00d7 ${side} px`;
    }
    const across = significant(Math.abs(side * x.scale), 3);
    const down = significant(Math.abs(side * y.scale), 3);
    return `${down} \u00d7 ${across} ${x.units}`;
  }

  private _place(row: number, column: number, short: boolean): HTMLElement {
    const { shown, trans } = this.context;
    const element = line('');
    const name = document.createElement('b');
    name.textContent = short
      ? `(${column}, ${row})`
      : trans.__('Window at (%1, %2)', column, row);
    element.append(name);
    const part = shown.partAt(row, column);
    if (part) {
      const chip = document.createElement('span');
      chip.className = `jp-Eelscape-part jp-mod-${part}`;
      chip.textContent = partName(part, trans);
      element.append(' ', chip);
    }
    const note = this._across ? membershipNote(this.context) : null;
    if (note) {
      element.append(' ', ...note.childNodes);
      element.title = note.title;
    }
    return element;
  }

  /** One of the pictures; they stay while the pointer moves. */
  private _thumb(i: number): Thumb {
    return (this._thumbs[i] ??= new Thumb());
  }

  private _legend(
    text: string,
    colour: string,
    dash: string | null,
    width: number
  ): HTMLElement {
    const element = line('');
    element.classList.add('jp-Eelscape-legendLine');
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('width', '18');
    svg.setAttribute('height', '8');
    svg.setAttribute('aria-hidden', 'true');
    const mark = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    mark.setAttribute('d', 'M0,4H18');
    mark.setAttribute('stroke', colour);
    mark.setAttribute('stroke-width', String(width + 0.5));
    if (dash) {
      mark.setAttribute('stroke-dasharray', dash);
    }
    svg.append(mark);
    const name = document.createElement('span');
    name.textContent = text;
    element.append(svg, name);
    return element;
  }

  private _modelLine(
    model: ITrainedModel,
    row: number,
    column: number,
    palette: IPalette,
    legend: boolean
  ): HTMLElement {
    const { shown } = this.context;
    const style = shown.styleOf(model);
    const element = legend
      ? this._legend(
          shown.labelOf(model),
          palette.models[style],
          MODEL_DASHES[style],
          MODEL_WIDTHS[style]
        )
      : line('');
    if (!legend) {
      element.classList.add('jp-Eelscape-thumbError');
      element.style.color = `var(--eelscape-model-text-${style + 1})`;
      const name = document.createElement('span');
      name.textContent = shown.labelOf(model);
      element.append(name);
    }
    const value = document.createElement('b');
    value.className = 'jp-Eelscape-errorValue';
    value.textContent = shown.errorText(shown.errorAt(model, row, column));
    element.append(value);
    return element;
  }

  /** "measured", with the square that it is the mean over. */
  private _measured(): string {
    const { workspace, trans, shown } = this.context;
    const side = workspace.navigation.pointerSize;
    if (shown.pair?.absent) {
      return trans.__('scan mean');
    }
    return side > 1
      ? trans.__('measured %1 \u00d7 %1', side)
      : trans.__('measured');
  }

  /** Which measure the errors above are of. */
  private _metric(): HTMLElement {
    const { shown, trans } = this.context;
    const element = line(metricName(shown.metric, trans));
    element.classList.add('jp-Eelscape-metricName');
    return element;
  }

  /** Place, part and errors of the second pointer. */
  private _second(): HTMLElement[] {
    const { shown, workspace, trans } = this.context;
    const second = workspace.navigation.secondPointer;
    if (!second) {
      return [];
    }
    const [row, column] = second;
    const block = document.createElement('div');
    block.className = 'jp-Eelscape-secondPlace';
    const part = shown.partAt(row, column);
    const place = line(trans.__('2: (%1, %2)', column, row));
    if (part) {
      const chip = document.createElement('span');
      chip.className = `jp-Eelscape-part jp-mod-${part}`;
      chip.textContent = partName(part, trans);
      place.append(' ', chip);
    }
    block.append(
      place,
      ...shown.models.slice(-4).map(model => {
        const error = shown.errorText(shown.errorAt(model, row, column));
        const element = line(`${shown.labelOf(model)} ${error}`);
        element.classList.add('jp-Eelscape-atSecond');
        element.style.color = `var(--eelscape-model-text-${shown.styleOf(model) + 1})`;
        return element;
      })
    );
    return [block];
  }

  private _latents(row: number, column: number): HTMLElement {
    const { shown, trans } = this.context;
    const active = shown.active;
    const latents = active?.latentAt(row, column) ?? null;
    if (!active) {
      return line('');
    }
    if (!latents) {
      return line(trans.__('No window fits here'));
    }
    const axes = shown.grid?.axes ?? [0, Math.min(1, latents.length - 1)];
    const list = [...new Set(axes)].map(
      axis => `${latentName(axis)} ${fixed(latents[axis], 2)}`
    );
    const element = document.createElement('div');
    element.className = 'jp-Eelscape-latents';
    if (this._across) {
      element.append(line(list.join(' \u00b7 ')));
    } else {
      element.append(...list.map(text => line(text)));
    }
    return element;
  }

  private _across = false;
  private _thumbs: Thumb[] = [];
}
