import * as React from 'react';
import type { IVeracity } from '../../model/explorer/types';
import { drawNote, wrapText } from '../marks/note';
import type { IPalette } from '../marks/palette';
import { Surface } from '../marks/surface';
import { ModelView } from '../model-view';
import { slotTitle } from '../slots';
import type { ITable } from '../table';
import { type IViewContext, Rendering } from '../view';
import { veracityLines, veracityTable } from './veracity-content';
import {
  correlationHelp,
  CorrelationNote,
  correlationText,
  VeracityControls
} from './veracity-controls';
import { drawVeracity, type IVeracityFrame } from './veracity-drawing';
import { type IBox, listenOnVeracity } from './veracity-input';

/** Height of the controls, px. */
const CONTROLS = 30;

/** Veracity of the back-projection: dispersion in feature space against dispersion in latent space. */
export class VeracityView extends ModelView {
  constructor(context: IViewContext) {
    super(context, {
      name: 'veracity',
      title: slotTitle('veracity', context.trans),
      tools: () => this._number()
    });
    const { trans, workspace } = context;
    const { data, explorer, models, navigation } = workspace;
    this.addClass('jp-Eelscape-veracity');
    this._surface = new Surface(this.body.node);
    this.makeApplication(
      trans.__('Dispersion in feature space against that in latent space'),
      trans.__(
        'Left and right arrow keys go to the window with the next lower or higher dispersion in feature space, with Shift 20 windows, Home and End to the lowest and highest. Enter selects the windows whose neighbours differ at least as much. Escape clears the selection.'
      )
    );
    this._controls = new Rendering('jp-Eelscape-exploreControls', () => (
      <VeracityControls context={context} />
    ));
    this.addWidget(this._controls);
    explorer.veracity.changed.connect(this.redraw, this);
    explorer.selection.changed.connect(this._marksChanged, this);
    navigation.pointerChanged.connect(this._marksChanged, this);
    navigation.displayChanged.connect(this.redraw, this);
    data.pairChanged.connect(this.redraw, this);
    models.activeChanged.connect(this.redraw, this);
    models.itemsChanged.connect(this.redraw, this);
    listenOnVeracity(this.body.node, {
      near: (x, y) => this._near(x, y),
      go: window => this._go(window),
      select: box => this._select(box),
      drafted: box => this._draft(box),
      hover: (event, window) => this._hover(event, window),
      press: event => this._press(event)
    });
  }

  get picture(): Surface {
    return this._surface;
  }

  table(): ITable | null {
    const found = this._found;
    return found && veracityTable(this.context, found);
  }

  redraw(): void {
    this._stale = true;
    super.redraw();
  }

  protected describe(): void {
    const { shown, trans } = this.context;
    const found = this._found;
    this.subtitle = shown.active
      ? found
        ? trans.__('%1, %2 neighbours', shown.labelOf(shown.active), found.k)
        : shown.labelOf(shown.active)
      : '';
  }

  protected draw(palette: IPalette): void {
    if (this._stale) {
      this._stale = false;
      this._drawAll(palette);
    }
    this._drawMarks();
  }

  /** The dispersions that belong to what is shown. */
  private get _found(): IVeracity | null {
    const { shown, workspace } = this.context;
    const { result } = workspace.explorer.veracity;
    const active = shown.active;
    return result && active?.id === result.model ? result : null;
  }

  private _drawAll(palette: IPalette): void {
    const { shown, trans, workspace } = this.context;
    const { veracity } = workspace.explorer;
    const context = this._surface.begin(this.width, this.height);
    this._surface.clear();
    this._frame = null;
    const missing = this.showMissing(!shown.active || !shown.pair);
    this._controls.setHidden(missing || this.height < 1);
    if (missing) {
      return;
    }
    veracity.want();
    this._controls.update();
    this.tools?.update();
    const found = this._found;
    if (!found) {
      const text =
        veracity.blocked ||
        trans.__('Comparing each window with its neighbours');
      drawNote(
        this._surface.group('note'),
        wrapText(text, this.width - 48, 4).map(line => ({
          text: line,
          warning: false
        })),
        24,
        CONTROLS + 24
      );
      return;
    }
    const image = shown.active!.kind === 'im2spec';
    this._frame = drawVeracity(this._surface, context, {
      left: 0,
      top: CONTROLS,
      width: this.width,
      height: this.height - CONTROLS - 4,
      latent: found.latent,
      feature: found.feature,
      outline: palette.line,
      names: {
        latent: trans.__('Dispersion in latent space (% of all)'),
        feature: image
          ? trans.__('Dispersion of images (% of all)')
          : trans.__('Dispersion of spectra (% of all)'),
        windows: trans.__('Windows'),
        equal: trans.__('As far apart in feature space as in latent space'),
        correlation: correlationText(found.correlation, trans)
      }
    });
  }

  /** The selected windows, the pointer's window and the box that is drawn. */
  private _drawMarks(): void {
    const { workspace } = this.context;
    const { mask } = workspace.explorer.selection;
    const group = this._surface.group('marks');
    group.selectAll('*').remove();
    const found = this._found;
    const frame = this._frame;
    if (!found || !frame) {
      return;
    }
    if (mask) {
      let path = '';
      found.positions.forEach((pixel, i) => {
        if (mask[pixel]) {
          const [x, y] = frame.place(i);
          path += `M${x.toFixed(1)},${y.toFixed(1)}h0`;
        }
      });
      for (const halo of ['jp-mod-halo', '']) {
        group
          .append('path')
          .attr('class', `jp-Eelscape-veracitySelected ${halo}`)
          .attr('d', path);
      }
    }
    const here = this._pointerWindow(found);
    if (here >= 0) {
      const [cx, cy] = frame.place(here);
      for (const halo of ['jp-mod-halo', '']) {
        group
          .append('circle')
          .attr('class', `jp-Eelscape-veracityHere ${halo}`)
          .attr('cx', cx)
          .attr('cy', cy)
          .attr('r', 6);
      }
    }
    if (this._box) {
      const [x0, y0, x1, y1] = this._box;
      group
        .append('rect')
        .attr('class', 'jp-Eelscape-cardMark jp-mod-selected')
        .attr('x', Math.min(x0, x1))
        .attr('y', Math.min(y0, y1))
        .attr('width', Math.abs(x1 - x0))
        .attr('height', Math.abs(y1 - y0));
    }
    this.body.node.setAttribute(
      'aria-label',
      here >= 0 && this._byKey
        ? veracityLines(this.context, found, here).join(', ')
        : correlationText(found.correlation, this.context.trans)
    );
  }

  /** The one number of the view, with what it means. */
  private _number(): JSX.Element | null {
    const found = this._found;
    return (
      found && (
        <CorrelationNote
          correlation={found.correlation}
          trans={this.context.trans}
        />
      )
    );
  }

  private _pointerWindow({ positions }: IVeracity): number {
    const { shown } = this.context;
    const [row, column] = shown.pointer;
    return positions.indexOf(row * (shown.pair?.nx ?? 0) + column);
  }

  private _near(x: number, y: number): number {
    const frame = this._frame;
    const found = this._found;
    if (!frame || !found) {
      return -1;
    }
    let best = -1;
    let least = 12 ** 2;
    for (let i = 0; i < found.positions.length; i++) {
      const [px, py] = frame.place(i);
      const far = (px - x) ** 2 + (py - y) ** 2;
      if (far < least) {
        least = far;
        best = i;
      }
    }
    return best;
  }

  private _go(window: number): void {
    const { shown, workspace } = this.context;
    const pixel = this._found?.positions[window];
    if (pixel !== undefined && shown.pair) {
      const { nx } = shown.pair;
      workspace.navigation.setPointer(Math.floor(pixel / nx), pixel % nx);
    }
  }

  /** The windows in a box of the plot become the selection. */
  private _select([x0, y0, x1, y1]: IBox): void {
    const frame = this._frame;
    if (frame) {
      this._selectWhere((_, i) => {
        const [x, y] = frame.place(i);
        return (
          x >= Math.min(x0, x1) &&
          x <= Math.max(x0, x1) &&
          y >= Math.min(y0, y1) &&
          y <= Math.max(y0, y1)
        );
      });
    }
  }

  private _selectWhere(
    inside: (found: IVeracity, window: number) => boolean
  ): void {
    const { shown, workspace } = this.context;
    const found = this._found;
    if (found && shown.pair) {
      const mask = new Uint8Array(shown.pair.ny * shown.pair.nx);
      found.positions.forEach((pixel, i) => {
        mask[pixel] = inside(found, i) ? 1 : 0;
      });
      workspace.explorer.selection.set(mask);
    }
  }

  private _draft(box: IBox | null): void {
    this._box = box;
    this._marksChanged();
  }

  private _press(event: KeyboardEvent): void {
    const { selection } = this.context.workspace.explorer;
    const found = this._found;
    if (!found || event.target !== this.body.node) {
      return;
    }
    const order = this._orderOf(found);
    const here = this._pointerWindow(found);
    const at = order.indexOf(here);
    const step =
      (event.shiftKey ? 20 : 1) * (event.key === 'ArrowLeft' ? -1 : 1);
    const last = order.length - 1;
    this._byKey = true;
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      this._go(order[at < 0 ? 0 : Math.max(0, Math.min(last, at + step))]);
    } else if (event.key === 'Home' || event.key === 'End') {
      this._go(order[event.key === 'Home' ? 0 : last]);
    } else if (event.key === 'Enter' && here >= 0) {
      const least = found.feature[here];
      this._selectWhere(({ feature }, i) => feature[i] >= least);
    } else if (event.key === 'Escape' && selection.mask) {
      selection.set(null);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** Windows by their dispersion in feature space, the lowest first. */
  private _orderOf(found: IVeracity): readonly number[] {
    if (this._ordered !== found) {
      this._ordered = found;
      this._order = Array.from(found.feature.keys())
        .filter(i => Number.isFinite(found.feature[i]))
        .sort((a, b) => found.feature[a] - found.feature[b]);
    }
    return this._order;
  }

  private _hover(event: PointerEvent, window: number): void {
    const { tooltip, trans } = this.context;
    const found = this._found;
    if (found && this._onNumber(event)) {
      tooltip.show(event.clientX, event.clientY, [correlationHelp(trans)]);
      return;
    }
    if (!found || window < 0) {
      tooltip.hide();
      return;
    }
    tooltip.show(event.clientX, event.clientY, [
      ...veracityLines(this.context, found, window),
      trans.__('Click: pointer there. Drag: select windows')
    ]);
  }

  private _onNumber(event: PointerEvent): boolean {
    const box = this.body.node.getBoundingClientRect();
    const frame = this._frame;
    const y = event.clientY - box.top;
    return (
      frame !== null &&
      event.clientX - box.left > frame.number[0] &&
      event.clientX - box.left < frame.right &&
      y < frame.number[1] &&
      y > frame.number[1] - 18
    );
  }

  private _marksChanged(): void {
    super.redraw();
  }

  private _surface: Surface;
  private _controls: Rendering;
  private _frame: IVeracityFrame | null = null;
  /** True where more than the marks has to be drawn. */
  private _stale = true;
  private _box: IBox | null = null;
  private _byKey = false;
  private _ordered: IVeracity | null = null;
  private _order: readonly number[] = [];
}
