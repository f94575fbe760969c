import * as React from 'react';
import { frameAt, drawMapPointer } from '../error-map-drawing';
import { metricFactor, metricTitle } from '../error-metric';
import { drawNote, wrapText } from '../marks/note';
import { Surface } from '../marks/surface';
import { type IPictureFrame, pixelAt } from '../navigator-frame';
import { pointerKeys } from '../pointer-keys';
import { slotTitle } from '../slots';
import type { ITable } from '../table';
import { type IViewContext, Rendering, View } from '../view';
import { transferFacts } from './transfer-content';
import { TransferForm, TransferTools } from './transfer-controls';
import {
  drawDistances,
  drawTransferFacts,
  drawTransferMap,
  drawTransferNotes,
  type ITransferMap,
  mapText,
  transferFrames,
  transferMaps,
  transferNotes
} from './transfer-drawing';

/** Height of the line of controls, px. */
const LINE = 27;

/** Transfer: a model over other data than its own. */
export class TransferView extends View {
  constructor(context: IViewContext) {
    super(context, {
      name: 'transfer',
      title: slotTitle('transfer', context.trans),
      tools: () => (
        <TransferTools
          context={context}
          onProblem={text => this._setProblem(text)}
        />
      )
    });
    const { trans, workspace } = context;
    const { data, models, navigation, explorer } = workspace;
    this.addClass('jp-Eelscape-transfer');
    this._surface = new Surface(this.body.node);
    this.makeApplication(
      trans.__('Maps of a model applied to these data'),
      trans.__('Arrow keys move the pointer by a pixel, with Shift by 8.')
    );
    this._form = new Rendering('jp-Eelscape-transferForm', () => (
      <TransferForm context={context} problem={this._problem} />
    ));
    this.addWidget(this._form);
    pointerKeys(this.body.node, context);
    this.body.node.addEventListener('click', event => this._click(event));
    this.body.node.addEventListener('pointermove', event => this._hover(event));
    this.body.node.addEventListener('pointerleave', () =>
      context.tooltip.hide()
    );
    navigation.pointerChanged.connect(this._pointerMoved, this);
    explorer.transfer.changed.connect(this.refresh, this);
    explorer.transfer.opened.connect(this._opened, this);
    explorer.display.changed.connect(this.refresh, this);
    models.itemsChanged.connect(this.refresh, this);
    models.activeChanged.connect(this.refresh, this);
    data.pairChanged.connect(this._pairCame, this);
  }

  get picture(): Surface {
    return this._surface;
  }

  table(): ITable | null {
    const { shown, workspace, trans } = this.context;
    const { result, distanceMap } = workspace.explorer.transfer;
    const pair = shown.pair;
    if (!result || !pair) {
      return null;
    }
    const { model } = result;
    const factor = metricFactor(shown.metric);
    const errors = model.errorBy(shown.metric);
    return {
      title: trans.__(
        '%1 over other data: %2',
        model.label,
        transferFacts(this.context, result)
          .map(({ name, text }) => `${name} ${text}`)
          .join('; ')
      ),
      columns: [
        trans.__('Row'),
        trans.__('Column'),
        metricTitle(shown.metric, shown.targetUnits, trans),
        trans.__('Distance (spreads)')
      ],
      rows: Array.from(model.positions, pixel => [
        Math.floor(pixel / pair.nx),
        pixel % pair.nx,
        factor * errors[pixel],
        distanceMap?.[pixel] ?? NaN
      ])
    };
  }

  redraw(): void {
    this._stale = true;
    super.redraw();
  }

  protected describe(): void {
    const { result } = this.context.workspace.explorer.transfer;
    this.subtitle = result ? result.model.label : '';
  }

  protected draw(): void {
    if (this._stale) {
      this._stale = false;
      this._drawAll();
    }
    const group = this._surface.group('pointer');
    group.selectAll('*').remove();
    this._frames.forEach(frame =>
      drawMapPointer(group, this.context.shown, frame)
    );
  }

  private _drawAll(): void {
    const { shown, workspace, trans } = this.context;
    const { transfer } = workspace.explorer;
    const canvas = this._surface.begin(this.width, this.height);
    this._surface.clear();
    this._frames = [];
    this._maps = [];
    this._form.node.style.top = `${this.heading!.node.offsetHeight}px`;
    this._form.update();
    const pair = shown.pair;
    const { result } = transfer;
    if (!pair || !result) {
      this._drawEmpty(
        !pair
          ? trans.__('No data: open a spectrum image first.')
          : this._problem ||
              transfer.error ||
              (transfer.busy
                ? ''
                : trans.__(
                    'Apply a model that was trained on other data: choose one that is set aside, or open a .safetensors file. Its energies are interpolated; the errors and the distance of every window from its training windows say how far it holds here.'
                  )),
        Boolean(pair && (this._problem || transfer.error))
      );
      return;
    }
    this._maps = transferMaps(
      this.context,
      result,
      transfer.distanceMap,
      this.width
    );
    const most = this.height >= 360 ? 5 : this.height >= 300 ? 4 : 2;
    const notes = transferNotes(this.context, result, this.width, most);
    const notesTop = drawTransferNotes(
      this._surface.group('notes'),
      notes,
      this.height - 6
    );
    const { frames, bottom } = transferFrames(
      pair,
      this._maps.length,
      this.width,
      LINE,
      Math.max(60, 0.45 * (notesTop - LINE))
    );
    this._frames = frames;
    this._maps.forEach((map, i) =>
      drawTransferMap(this._surface, canvas, this.context, map, frames[i])
    );
    const below = drawTransferFacts(
      this._surface.group('facts'),
      this.context,
      result,
      this.width,
      bottom + 8
    );
    drawDistances(
      this._surface,
      this.context,
      result,
      this.width,
      below + 2,
      notesTop - 2
    );
  }

  private _drawEmpty(text: string, warning: boolean): void {
    drawNote(
      this._surface.group('empty'),
      wrapText(text, this.width - 32, 8).map(line => ({ text: line, warning })),
      16,
      LINE + 8
    );
  }

  /** A model that Python asks for is seen wherever the user is. */
  private _opened(): void {
    this.context.show('transfer');
  }

  private _setProblem(text: string): void {
    this._problem = text;
    this.refresh();
  }

  private _pointerMoved(): void {
    // Only what lies over the maps.
    super.redraw();
  }

  private _pairCame(): void {
    this._problem = '';
    this.refresh();
  }

  private _pixelAt(event: MouseEvent): readonly [number, number] | null {
    const { pair } = this.context.shown;
    const box = this.body.node.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const frame = frameAt(this._frames, x, y);
    return pair && frame ? pixelAt(frame, pair, x, y) : null;
  }

  private _click(event: MouseEvent): void {
    const pixel = this._pixelAt(event);
    if (pixel) {
      this.context.workspace.navigation.setPointer(...pixel);
    }
  }

  private _hover(event: PointerEvent): void {
    const { tooltip, shown } = this.context;
    const pixel = this._pixelAt(event);
    if (!pixel) {
      tooltip.hide();
      return;
    }
    const flat = pixel[0] * (shown.pair?.nx ?? 0) + pixel[1];
    tooltip.show(
      event.clientX,
      event.clientY,
      this._maps.map(map => mapText(map, flat))
    );
  }

  private _surface: Surface;
  private _form: Rendering;
  private _problem = '';
  private _frames: readonly IPictureFrame[] = [];
  private _maps: readonly ITransferMap[] = [];
  private _stale = true;
}
