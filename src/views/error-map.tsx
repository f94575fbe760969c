import * as React from 'react';
import { drawExcluded } from './excluded-layer';
import { HeaderSelect } from './fields';
import { drawColourBar } from './marks/colour-bar';
import { addFlagHatch } from './marks/hatch';
import { MODEL_DASHES, MODEL_WIDTHS } from './marks/palette';
import { boxPath, crossPath, drawHaloed } from './marks/pointer';
import { RasterCache } from './marks/raster';
import { chooseScaleBar, drawScaleBar } from './marks/scale-bar';
import { Surface } from './marks/surface';
import { ModelView } from './model-view';
import { framePicture, type IPictureFrame, pixelAt } from './navigator-frame';
import type { IViewContext } from './view';
import { fixed, percent, significant } from './wording';

/** The error map over the HAADF image with the means of each part, and the errors of every model below. */
export class ErrorMap extends ModelView {
  constructor(context: IViewContext) {
    super(context, {
      name: 'error',
      title: context.trans.__('Error map'),
      tools: () => this._select()
    });
    const { data, models, navigation } = context.workspace;
    this.addClass('jp-Eelscape-errorView');
    this._surface = new Surface(this.body.node);
    this._maskHatch = addFlagHatch(this._surface.svg, 'jp-Eelscape-maskHatch');
    this.body.node.setAttribute('role', 'img');
    this.body.node.setAttribute('aria-label', this.headingText);
    this._table = document.createElement('table');
    this._table.className = 'jp-Eelscape-errorTable';
    this.node.append(this._table);
    navigation.pointerChanged.connect(this.redraw, this);
    data.pairChanged.connect(this.refresh, this);
    data.setupChanged.connect(this.refresh, this);
    models.itemsChanged.connect(this.refresh, this);
    models.activeChanged.connect(this.refresh, this);
    this.body.node.addEventListener('click', event => this._click(event));
  }

  get picture(): Surface {
    return this._surface;
  }

  protected describe(): void {
    const { shown, trans } = this.context;
    const active = shown.active;
    this.subtitle = active
      ? trans.__('%1 at epoch %2', shown.labelOf(active), active.epoch)
      : '';
  }

  protected draw(): void {
    const { shown, trans } = this.context;
    const pair = shown.pair;
    const active = shown.active;
    const context = this._surface.begin(this.width, this.height);
    this._surface.clear();
    this._frame = null;
    const missing = this.showMissing(!pair || !active);
    const below = this.height >= 340 && !missing;
    this._table.hidden = !below;
    if (missing) {
      return;
    }
    this.body.node.setAttribute(
      'aria-label',
      trans.__(
        'Error map of %1: train %2, test %3',
        shown.labelOf(active!),
        percent(active!.meanError.train),
        percent(active!.meanError.test)
      )
    );
    const tableHeight = below ? 60 + 24 * Math.min(4, shown.models.length) : 0;
    const aside = below ? 0 : 62;
    const frame = framePicture(
      pair!,
      16,
      4,
      this.width - 16 - 66 - aside,
      this.height - 4 - 10 - tableHeight
    );
    this._frame = frame;
    const [low, high] = shown.imageLimits();
    const [from, to] = shown.errorLimits();
    const size = { width: pair!.nx, height: pair!.ny };
    if (context) {
      const place = [frame.left, frame.top, frame.width, frame.height] as const;
      context.imageSmoothingEnabled = frame.pixelWidth < 1;
      context.drawImage(
        this._image.paint({
          ...size,
          values: pair!.image,
          colours: 'grey',
          low,
          high
        }),
        ...place
      );
      context.drawImage(
        this._errors.paint({
          ...size,
          values: active!.error,
          colours: 'magma',
          low: from,
          high: to
        }),
        ...place
      );
    }
    drawColourBar(context, this._surface.group('bar'), {
      left: frame.left + frame.width + 10,
      top: frame.top,
      width: 10,
      height: frame.height,
      colours: 'magma',
      low: 100 * from,
      high: 100 * to,
      format: value => `${significant(value, 3)} %`
    });
    const over = this._surface.group('over');
    drawExcluded(over, pair!, frame, this._maskHatch);
    const length = Math.abs(pair!.x.scale) * pair!.nx;
    const bar = pair!.x.values ? null : chooseScaleBar(length, pair!.x.units);
    if (bar) {
      drawScaleBar(
        over,
        bar,
        frame.left,
        frame.top + frame.height,
        frame.width / length
      );
    }
    const [row, column] = shown.pointer;
    const x = (c: number): number => frame.left + c * frame.pixelWidth;
    const y = (r: number): number => frame.top + r * frame.pixelHeight;
    if (shown.fits(row, column)) {
      const half = shown.window / 2;
      drawHaloed(
        over,
        boxPath(
          x(column - half),
          y(row - half),
          x(column + half),
          y(row + half)
        )
      );
    }
    drawHaloed(over, crossPath(x(column + 0.5), y(row + 0.5), 10, 3));
    if (below) {
      this._table.style.top = `${30 + frame.top + frame.height + 16}px`;
      this._fillTable();
    } else {
      this._drawMeans(frame);
    }
  }

  /** Means of the parts beside the map. */
  private _drawMeans(frame: IPictureFrame): void {
    const { shown, trans } = this.context;
    const { meanError } = shown.active!;
    const group = this._surface.group('means');
    const left = frame.left + frame.width + 66;
    const entries = [
      [trans.__('train'), percent(meanError.train)],
      [trans.__('test'), percent(meanError.test)]
    ];
    entries.forEach(([name, value], i) => {
      group
        .append('text')
        .attr('class', 'jp-Eelscape-label')
        .attr('x', left)
        .attr('y', frame.top + 12 + 40 * i)
        .text(name);
      group
        .append('text')
        .attr('class', 'jp-Eelscape-mean')
        .attr('x', left)
        .attr('y', frame.top + 29 + 40 * i)
        .text(value);
    });
  }

  private _fillTable(): void {
    const { shown, trans } = this.context;
    const head = row('th', [
      trans.__('model'),
      trans.__('part'),
      trans.__('error'),
      trans.__('RMSE'),
      trans.__('skill')
    ]);
    const body: HTMLElement[] = [];
    for (const model of shown.models.slice(-2)) {
      for (const part of ['train', 'test'] as const) {
        const style = shown.styleOf(model);
        const line = row('td', [
          part === 'train' ? shown.labelOf(model) : '',
          part === 'train' ? trans.__('train') : trans.__('test'),
          percent(model.meanError[part]),
          percent(model.meanRmse[part]),
          fixed(model.skill[part], 2)
        ]);
        if (part === 'train') {
          line.className = 'jp-mod-first';
          line.firstElementChild!.prepend(mark(style));
        }
        body.push(line);
      }
    }
    this._table.replaceChildren(head, ...body);
  }

  private _select(): JSX.Element | null {
    const { shown, workspace, trans } = this.context;
    const active = shown.active;
    if (!active || shown.models.length < 2) {
      return null;
    }
    return (
      <HeaderSelect
        label={trans.__('Model of the error map')}
        value={active.id}
        choices={shown.models.map(
          model => [model.id, shown.labelOf(model)] as const
        )}
        onChange={id => workspace.models.activate(id)}
      />
    );
  }

  private _click(event: MouseEvent): void {
    const { shown, workspace } = this.context;
    const frame = this._frame;
    if (!frame || !shown.pair) {
      return;
    }
    const box = this.body.node.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    if (x < frame.left + frame.width && y < frame.top + frame.height) {
      workspace.navigation.setPointer(...pixelAt(frame, shown.pair, x, y));
    }
  }

  private _surface: Surface;
  private _maskHatch: string;
  private _table: HTMLTableElement;
  private _image = new RasterCache();
  private _errors = new RasterCache();
  private _frame: IPictureFrame | null = null;
}

function row(tag: 'th' | 'td', cells: readonly string[]): HTMLElement {
  const element = document.createElement('tr');
  for (const text of cells) {
    const cell = document.createElement(tag);
    cell.textContent = text;
    element.append(cell);
  }
  return element;
}

function mark(style: number): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('width', '18');
  svg.setAttribute('height', '8');
  svg.setAttribute('class', 'jp-Eelscape-mark');
  svg.setAttribute('aria-hidden', 'true');
  svg.style.stroke = `var(--eelscape-model-${style + 1})`;
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', 'M0,4H18');
  path.setAttribute('stroke-width', String(MODEL_WIDTHS[style] + 0.5));
  const dash = MODEL_DASHES[style];
  if (dash) {
    path.setAttribute('stroke-dasharray', dash);
  }
  svg.append(path);
  return svg;
}
