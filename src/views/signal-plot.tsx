import * as React from 'react';
import { axisExtent, energyFactor, isEnergy } from '../signal/axis';
import { type IDraftWindow, withWindow } from './draft-windows';
import { Clip } from './marks/clip';
import { PATHS, pixels } from './marks/curve-pen';
import { CurveSheet } from './marks/curve-raster';
import { figureMode } from './marks/figure-mode';
import type { IPalette } from './marks/palette';
import type { IPlotFrame } from './marks/range-band';
import { Surface } from './marks/surface';
import { shownLayer } from './navigator-layers';
import { partName } from './part-name';
import { RangeDrag } from './range-drag';
import { SelectionSpectrum } from './selection-spectrum';
import { CurvesMenu } from './signal-curves-menu';
import { type ISignalContent, signalContent } from './signal-content';
import { cursorLines, drawCursor } from './signal-cursor';
import { drawSignal, type ISignalPlace } from './signal-drawing';
import {
  type ISignalDisplay,
  SIGNAL_DISPLAY,
  SignalTools
} from './signal-tools';
import type { ITable } from './table';
import { curveTable } from './view-tables';
import { type IViewContext, View } from './view';
import { WindowDrag } from './window-drag';
import { significant } from './wording';

/** Spectra at the pointer and of the regions, residuals, the energy range and the step being prepared. */
export class SignalPlot extends View {
  constructor(context: IViewContext) {
    super(context, {
      name: 'signal',
      title: context.trans.__('Signal'),
      tools: () => (
        <SignalTools
          context={context}
          display={this._display}
          onChange={change => this._change(change)}
          openCurves={opener => this._curves.open(opener)}
        />
      )
    });
    const { trans, workspace } = context;
    this.addClass('jp-Eelscape-signal');
    this._below = new Surface(this.body.node);
    // Nothing is painted below the axes.
    this._below.canvas.remove();
    this._surface = new Surface(this.body.node);
    this._clip = new Clip(this._surface.svg);
    this._part = document.createElement('span');
    this._part.className = 'jp-Eelscape-part';
    this.heading!.node.append(this._part);
    this._selection = new SelectionSpectrum(context, () => this.redraw());
    this._curves = new CurvesMenu(context, this.heading!.node, {
      display: () => this._display,
      residual: () =>
        this._place?.residual === true && this._display.residual !== false,
      change: change => this._change(change),
      table: () => this.table()
    });
    this.makeApplication(
      trans.__('Signal: spectrum at the pointer, choose the energy range'),
      trans.__(
        'Left and right arrow move the energy range by a channel, with Shift by ten, with Alt they change its width. Escape chooses the full range. L switches the logarithmic scale, C chooses the curves, Ctrl C copies them as CSV. While a step is prepared the arrows move its energy window; W takes the next one.'
      )
    );
    this._drag = new RangeDrag(this.body.node, {
      frame: () => this._frame,
      locked: () => this._content?.drafting ?? false,
      channelAt: x => this._channelAt(x),
      xOf: channel => this._xOf(channel),
      range: () => workspace.navigation.energyRange,
      setRange: (first, last) =>
        workspace.navigation.setEnergyRange(first, last),
      dragged: () => this._showMap(),
      channels: () => context.shown.pair?.channels ?? 0,
      hover: (event, channel) => this._hover(event, channel)
    });
    this._windows = new WindowDrag(this.body.node, {
      frame: () => this._frame,
      windows: () => this._content?.windows ?? [],
      energyAt: x =>
        this._place ? this._place.x.invert(x) * this._electronVolts : 0,
      xOf: energy => this._place?.x(energy / this._electronVolts) ?? 0,
      chosen: () => this.redraw(),
      step: () => this._step(),
      moved: window => {
        this._moved = window;
        this.redraw();
      },
      commit: window => this._edit(window)
    });
    this.body.node.addEventListener('keydown', event => {
      if (this._press(event)) {
        event.preventDefault();
        event.stopPropagation();
      }
    });
    const { data, models, navigation, explorer } = workspace;
    navigation.secondPointerChanged.connect(this._compared, this);
    explorer.selection.changed.connect(this._compared, this);
    navigation.pointerChanged.connect(this.redraw, this);
    navigation.energyRangeChanged.connect(this.redraw, this);
    navigation.displayChanged.connect(this.refresh, this);
    models.cursorDecoded.connect(this.redraw, this);
    models.itemsChanged.connect(this.redraw, this);
    models.activeChanged.connect(this.redraw, this);
    data.pairChanged.connect(this.refresh, this);
    data.setupChanged.connect(this.redraw, this);
    workspace.regions.changed.connect(this._regionsChanged, this);
    workspace.factorisation.changed.connect(this._factorised, this);
    workspace.preprocessing.changed.connect(this._drafted, this);
  }

  dispose(): void {
    this._curves.dispose();
    this._drag.dispose();
    this._windows.dispose();
    super.dispose();
  }

  /** Space at the right that the readout takes, px. */
  setInset(right: number): void {
    this._right = right;
    this.redraw();
  }

  get picture(): Surface {
    return this._surface;
  }

  table(): ITable | null {
    const { shown, trans } = this.context;
    const content = this._content;
    return (
      content &&
      curveTable(
        [
          ...content.curves,
          ...content.residuals
            .filter(curve => !content.curves.includes(curve))
            .map(curve => ({
              ...curve,
              text: content.drafting
                ? curve.text
                : trans.__('%1, residual', curve.text)
            }))
        ],
        shown.pair?.spectraUnits ?? '',
        trans.__.bind(trans)
      )
    );
  }

  protected draw(palette: IPalette): void {
    const surfaces = [this._below, this._surface];
    const [, canvas] = surfaces.map(surface => {
      surface.clear();
      return surface.begin(this.width, this.height);
    });
    this._frame = null;
    this._place = null;
    const content = signalContent(
      this.context,
      palette,
      this._display,
      this._right > 0,
      this._display.selection ? this._selection.spread : null
    );
    this._content = content;
    if (!content) {
      surfaces.forEach(surface => surface.empty());
      return;
    }
    const moved = this._moved;
    const shown = moved
      ? {
          ...content,
          windows: content.windows.map(window =>
            window.key === moved.key ? moved : window
          )
        }
      : content;
    this._content = shown;
    this._showPlace(content.drafting && this._display.mean);
    const units = content.energy.units;
    this._electronVolts = isEnergy(units) ? energyFactor(units, 'eV') : 1;
    // A figure has its curves as paths; so has a page without canvases.
    const painted = figureMode().ratio === null ? canvas : null;
    if (painted) {
      this._sheet.begin(painted, painted.getTransform().a);
    }
    const place = drawSignal(
      {
        below: this._below,
        above: this._surface,
        pen: painted ? this._pixels : PATHS
      },
      this._clip,
      this.context,
      shown,
      {
        width: this.width,
        height: this.height,
        right: this._right,
        log: this._display.log,
        residual: this._display.residual === true
      }
    );
    if (painted) {
      this._sheet.show(painted);
    }
    this._frame = place.frame;
    this._place = place;
  }

  private _press(event: KeyboardEvent): boolean {
    const key = event.key.toLowerCase();
    if (event.altKey) {
      return false;
    }
    if (event.ctrlKey || event.metaKey) {
      const copies = key === 'c' && !event.shiftKey && this._content !== null;
      if (copies) {
        this._curves.copy();
      }
      return copies;
    }
    if (key === 'l') {
      this._change({ log: !this._display.log });
      return true;
    }
    const opener = this.heading?.node.querySelector<HTMLElement>(
      '[data-eelscape-curves]'
    );
    if (key === 'c' && opener) {
      this._curves.open(opener);
      return true;
    }
    return false;
  }

  /** What is compared with the pointer has changed: the form says what there is. */
  private _compared(): void {
    this._curves.update();
    this.redraw();
  }

  /** A range that is dragged gives its map at once. */
  private _showMap(): void {
    const { navigation } = this.context.workspace;
    if (shownLayer(this.context) === 'haadf') {
      navigation.setLayer('energy');
    }
  }

  private _change(change: Partial<ISignalDisplay>): void {
    this._display = { ...this._display, ...change };
    this.refresh();
    this._curves.update();
  }

  /** The button comes and goes with the first and the last region. */
  private _regionsChanged(): void {
    const any = this.context.workspace.regions.items.length > 0;
    if (any !== this._anyRegions) {
      this._anyRegions = any;
      this.refresh();
    } else {
      this.redraw();
    }
  }

  /** Its progress changes nothing here. */
  private _factorised(): void {
    const { factorisation } = this.context.shown;
    if (factorisation !== this._factors) {
      this._factors = factorisation;
      this.redraw();
    }
  }

  private _drafted(): void {
    const { draft, preview } = this.context.workspace.preprocessing;
    if (draft !== this._draft || preview !== this._preview) {
      this._draft = draft;
      this._preview = preview;
      this.refresh();
    }
  }

  /** Asks for an energy window of the step being prepared. */
  private _edit(window: IDraftWindow): void {
    const { preprocessing } = this.context.workspace;
    this._moved = null;
    if (preprocessing.draft) {
      preprocessing.edit(
        withWindow(preprocessing.draft, window.key, window.from, window.to)
      );
    }
  }

  /** Width of a channel, eV. */
  private _step(): number {
    const axis = this.context.workspace.preprocessing.preview?.energyBefore;
    if (!axis || axis.size < 2) {
      return 1e-3;
    }
    const [low, high] = axisExtent(axis);
    const factor = isEnergy(axis.units) ? energyFactor(axis.units, 'eV') : 1;
    return (factor * (high - low)) / (axis.size - 1);
  }

  private _showPlace(mean: boolean): void {
    const { shown, trans } = this.context;
    const [row, column] = shown.pointer;
    const pair = shown.pair!;
    const at = (axis: typeof pair.x, i: number): string =>
      significant(axis.values?.[i] ?? axis.offset + axis.scale * i, 4);
    this.subtitle = mean
      ? trans.__('mean of the scan')
      : trans.__(
          'pixel (%1, %2) \u00b7 x %3, y %4 %5',
          column,
          row,
          at(pair.x, column),
          at(pair.y, row),
          pair.x.units || 'px'
        );
    const part = mean ? null : shown.partAt(row, column);
    this._part.hidden = part === null;
    this._part.className = `jp-Eelscape-part jp-mod-${part}`;
    this._part.textContent = part === null ? '' : partName(part, trans);
  }

  private _hover(event: PointerEvent, channel: number): void {
    const { shown, tooltip } = this.context;
    const content = this._content;
    const group = this._surface.group('cursor');
    group.selectAll('*').remove();
    if (channel < 0 || !content || !this._place) {
      tooltip.hide();
      return;
    }
    const at = content.energy.position(channel);
    drawCursor(group, this._place, content.curves, at);
    tooltip.show(
      event.clientX,
      event.clientY,
      cursorLines(content, at, shown.pair?.spectraUnits ?? '')
    );
  }

  private _channelAt(x: number): number {
    return this._content && this._place
      ? this._content.energy.channelAt(this._place.x.invert(x))
      : -1;
  }

  private _xOf(channel: number): number {
    return this._content && this._place
      ? this._place.x(this._content.energy.position(channel))
      : 0;
  }

  /** Axes and bands, which lie below the curves. */
  private _below: Surface;
  private _surface: Surface;
  private _sheet = new CurveSheet();
  private _pixels = pixels(this._sheet);
  private _clip: Clip;
  private _part: HTMLElement;
  private _drag: RangeDrag;
  private _windows: WindowDrag;
  private _content: ISignalContent | null = null;
  private _frame: IPlotFrame | null = null;
  private _place: ISignalPlace | null = null;
  private _display: ISignalDisplay = SIGNAL_DISPLAY;
  private _selection: SelectionSpectrum;
  private _curves: CurvesMenu;
  /** A window that is being dragged. */
  private _moved: IDraftWindow | null = null;
  /** One unit of the energies shown, eV. */
  private _electronVolts = 1;
  private _draft: unknown = null;
  private _preview: unknown = null;
  private _factors: unknown = null;
  private _anyRegions = false;
  private _right = 0;
}
