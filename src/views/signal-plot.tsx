import * as React from 'react';
import { axisExtent, energyFactor, isEnergy } from '../signal/axis';
import { type IDraftWindow, withWindow } from './draft-windows';
import { Clip } from './marks/clip';
import type { IPalette } from './marks/palette';
import type { IPlotFrame } from './marks/range-band';
import { Surface } from './marks/surface';
import { shownLayer } from './navigator-layers';
import { RangeDrag } from './range-drag';
import { type ISignalContent, signalContent } from './signal-content';
import { drawSignal, type ISignalPlace } from './signal-drawing';
import { type ISignalDisplay, SignalTools } from './signal-tools';
import { type IViewContext, View } from './view';
import { WindowDrag } from './window-drag';
import { fixed, significant } from './wording';

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
        />
      )
    });
    const { trans, workspace } = context;
    this.addClass('jp-Eelscape-signal');
    this._surface = new Surface(this.body.node);
    this._clip = new Clip(this._surface.svg);
    this._part = document.createElement('span');
    this._part.className = 'jp-Eelscape-part';
    this.heading!.node.append(this._part);
    this.makeApplication(
      trans.__('Signal: spectrum at the pointer, choose the energy range'),
      trans.__(
        'Left and right arrow move the energy range by a channel, with Shift by ten, with Alt they change its width. Escape chooses the full range. L switches the logarithmic scale. While a step is prepared the arrows move its energy window; W takes the next one.'
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
      energyAt: x => (this._x ? this._x.invert(x) * this._electronVolts : 0),
      xOf: energy => this._x?.(energy / this._electronVolts) ?? 0,
      chosen: () => this.redraw(),
      step: () => this._step(),
      moved: window => {
        this._moved = window;
        this.redraw();
      },
      commit: window => this._edit(window)
    });
    this.body.node.addEventListener('keydown', event => {
      if (
        event.key.toLowerCase() === 'l' &&
        !event.ctrlKey &&
        !event.metaKey &&
        !event.altKey
      ) {
        this._change({ log: !this._display.log });
        event.preventDefault();
        event.stopPropagation();
      }
    });
    const { data, models, navigation } = workspace;
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

  protected draw(palette: IPalette): void {
    this._surface.begin(this.width, this.height);
    this._surface.clear();
    this._frame = null;
    this._x = null;
    const content = signalContent(
      this.context,
      palette,
      this._display,
      this._right > 0
    );
    this._content = content;
    if (!content) {
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
    const { frame, x } = drawSignal(
      this._surface,
      this._clip,
      this.context,
      shown,
      {
        width: this.width,
        height: this.height,
        right: this._right,
        log: this._display.log
      }
    );
    this._frame = frame;
    this._x = x;
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
    this._part.textContent =
      part === null
        ? ''
        : {
            train: trans.__('train'),
            guard: trans.__('guard'),
            test: trans.__('test')
          }[part];
  }

  private _hover(event: PointerEvent, channel: number): void {
    const { shown, tooltip } = this.context;
    const content = this._content;
    if (channel < 0 || !content) {
      tooltip.hide();
      return;
    }
    const { energy } = content;
    const at = energy.position(channel);
    const named = content.drafting || content.curves.length > 1;
    tooltip.show(event.clientX, event.clientY, [
      `${energy.label(at)} ${energy.units}`,
      ...content.curves.slice(0, 6).map(curve => {
        const value = curve.values[curve.energy.channelAt(at)];
        const text = `${fixed(value, 2)} ${shown.pair!.spectraUnits}`.trim();
        return named ? `${curve.text}: ${text}` : text;
      })
    ]);
  }

  private _channelAt(x: number): number {
    return this._content && this._x
      ? this._content.energy.channelAt(this._x.invert(x))
      : -1;
  }

  private _xOf(channel: number): number {
    return this._content && this._x
      ? this._x(this._content.energy.position(channel))
      : 0;
  }

  private _surface: Surface;
  private _clip: Clip;
  private _part: HTMLElement;
  private _drag: RangeDrag;
  private _windows: WindowDrag;
  private _content: ISignalContent | null = null;
  private _frame: IPlotFrame | null = null;
  private _x: ISignalPlace['x'] | null = null;
  private _display: ISignalDisplay = { log: false, regions: true, mean: false };
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
