import { scaleLinear } from 'd3-scale';
import * as React from 'react';
import { isEnergy } from '../signal/axis';
import { EnergyUnit } from './energy-unit';
import type { ITrainedModel } from '../model/types';
import { drawBaseline, drawBottomAxis, drawLeftAxis } from './marks/axes';
import { curvePath } from './marks/curve';
import { drawLegend, type ILegendEntry } from './marks/legend';
import { extentOf, intensityLimits, niceBelow } from './marks/limits';
import { type IPalette, MODEL_DASHES, MODEL_WIDTHS } from './marks/palette';
import {
  drawRangeBand,
  drawRangeWords,
  type IPlotFrame
} from './marks/range-band';
import { type GroupSelection, Surface } from './marks/surface';
import { RangeDrag } from './range-drag';
import { type IViewContext, View } from './view';
import { fixed, significant } from './wording';

interface ICurve {
  readonly model: ITrainedModel;
  readonly values: Float32Array;
}

/** Measured and predicted spectrum at the pointer, the residual and the energy range. */
export class SignalPlot extends View {
  constructor(context: IViewContext) {
    super(context, {
      name: 'signal',
      title: context.trans.__('Signal'),
      tools: () => {
        const pair = context.shown.pair;
        return context.mode() !== 'wide' &&
          pair &&
          isEnergy(pair.energy.units) ? (
          <EnergyUnit context={context} />
        ) : null;
      }
    });
    const { trans, workspace } = context;
    this.addClass('jp-Eelscape-signal');
    this._surface = new Surface(this.body.node);
    this._part = document.createElement('span');
    this._part.className = 'jp-Eelscape-part';
    this.heading!.node.append(this._part);
    this.makeApplication(
      trans.__('Signal: spectrum at the pointer, choose the energy range'),
      trans.__(
        'Left and right arrow move the energy range by a channel, with Shift by ten, with Alt they change its width. Escape chooses the full range.'
      )
    );
    this._drag = new RangeDrag(this.body.node, {
      frame: () => this._frame,
      channelAt: x => this._channelAt(x),
      xOf: channel => this._xOf(channel),
      range: () => workspace.navigation.energyRange,
      setRange: (first, last) =>
        workspace.navigation.setEnergyRange(first, last),
      channels: () => context.shown.pair?.channels ?? 0,
      hover: (event, channel) => this._hover(event, channel)
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
  }

  dispose(): void {
    this._drag.dispose();
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
    const { shown, trans } = this.context;
    const pair = shown.pair;
    this._surface.begin(this.width, this.height);
    this._surface.clear();
    this._frame = null;
    const energy = shown.energy();
    if (!pair || !energy) {
      return;
    }
    const [row, column] = shown.pointer;
    this._showPlace(row, column);
    const measured = shown.spectrumAt(row, column)!;
    const curves = this._curves(row, column);
    const residual = curves.length > 0 && this.height >= 240;
    const residualHeight = residual
      ? Math.min(76, Math.round(this.height * 0.19))
      : 0;
    const frame = {
      left: 46,
      right: this.width - this._right - 14,
      top: 6,
      bottom: this.height - 42 - (residual ? residualHeight + 14 : 0)
    };
    this._frame = {
      ...frame,
      bottom: this.height - 42
    };
    const x = scaleLinear()
      .domain([...energy.domain])
      .range([frame.left, frame.right]);
    this._x = x;
    const cursor = this._cursorCurve();
    const all = [measured, ...curves.map(curve => curve.values)];
    const y = scaleLinear()
      .domain(intensityLimits(all))
      .range([frame.bottom, frame.top + 6]);
    // Groups lie in the order of their first use: the words stand over the curves.
    const axes = this._surface.group('axes');
    this._surface.group('band');
    this._surface.group('lines');
    drawLeftAxis(axes, {
      scale: y,
      at: frame.left,
      ticks: Math.max(2, Math.round((frame.bottom - frame.top) / 48)),
      title: pair.spectraUnits
        ? trans.__('Intensity (%1)', pair.spectraUnits)
        : trans.__('Intensity'),
      titleGap: 38,
      line: false,
      gridLength: frame.right - frame.left,
      format: value => significant(value, 4)
    });
    drawBottomAxis(axes, {
      scale: x,
      at: this.height - 42,
      ticks: Math.max(2, Math.round((frame.right - frame.left) / 70)),
      title: energy.title,
      titleGap: 32
    });
    if (residual) {
      drawBaseline(
        axes,
        frame.left,
        frame.right,
        y(Math.max(0, y.domain()[0]))
      );
    }
    const range = this.context.workspace.navigation.energyRange;
    const ends = [this._xOf(range[0]), this._xOf(range[1])];
    const [from, to] = [Math.min(...ends), Math.max(...ends)];
    drawRangeBand(this._surface.group('band'), this._frame, from, to);
    drawRangeWords(
      this._surface.group('words'),
      // The legend stands at the right end where there is no readout beside the plot.
      { ...this._frame, right: frame.right - (this._right ? 0 : 90) },
      from,
      to,
      trans.__('energy range'),
      energy.rangeText(...range)
    );
    const lines = this._surface.group('lines');
    const path = (
      values: Float32Array,
      to: (value: number) => number
    ): string =>
      curvePath(
        pair.channels,
        i => x(energy.position(i)),
        i => to(values[i])
      );
    lines
      .append('path')
      .attr('class', 'jp-Eelscape-measured')
      .attr('d', path(measured, y));
    for (const curve of curves) {
      this._drawModel(lines, curve.model, path(curve.values, y), palette);
    }
    if (cursor) {
      lines
        .append('path')
        .attr('class', 'jp-Eelscape-cursorCurve')
        .attr('d', path(cursor, y));
    }
    if (residual) {
      this._drawResidual(
        lines,
        measured,
        curves,
        residualHeight,
        path,
        palette
      );
    }
    if (this._right === 0) {
      drawLegend(
        this._surface.group('legend'),
        this._entries(curves, palette),
        frame.right - 84,
        frame.top
      );
    }
  }

  private _drawModel(
    group: GroupSelection,
    model: ITrainedModel,
    path: string,
    palette: IPalette
  ): void {
    const style = this.context.shown.styleOf(model);
    group
      .append('path')
      .attr('class', 'jp-Eelscape-curve')
      .attr('stroke', palette.models[style])
      .attr('stroke-dasharray', MODEL_DASHES[style])
      .attr('stroke-width', MODEL_WIDTHS[style])
      .attr('d', path);
  }

  private _drawResidual(
    lines: GroupSelection,
    measured: Float32Array,
    curves: readonly ICurve[],
    height: number,
    path: (values: Float32Array, to: (value: number) => number) => string,
    palette: IPalette
  ): void {
    const { trans } = this.context;
    const frame = this._frame!;
    const differences = curves.map(({ model, values }) => ({
      model,
      values: values.map((value, i) => value - measured[i])
    }));
    const [low, high] = extentOf(differences.map(curve => curve.values));
    const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
    const y = scaleLinear()
      .domain([-most, most])
      .range([frame.bottom - 4, frame.bottom - height + 4]);
    const tick = niceBelow(most * 0.75);
    const axes = this._surface.group('axes');
    drawLeftAxis(axes, {
      scale: y,
      at: frame.left,
      values: [-tick, 0, tick],
      title: trans.__('Residual'),
      titleGap: 38,
      line: false,
      format: value => (value > 0 ? '+' : '') + significant(value, 3)
    });
    drawBaseline(axes, frame.left, frame.right, y(0));
    for (const curve of differences) {
      this._drawModel(lines, curve.model, path(curve.values, y), palette);
    }
  }

  private _entries(
    curves: readonly ICurve[],
    palette: IPalette
  ): ILegendEntry[] {
    const { shown, trans } = this.context;
    return [
      {
        text: trans.__('measured'),
        colour: palette.measured,
        dash: null,
        width: 1
      },
      ...curves.map(({ model }) => {
        const style = shown.styleOf(model);
        return {
          text: shown.labelOf(model),
          colour: palette.models[style],
          dash: MODEL_DASHES[style],
          width: MODEL_WIDTHS[style]
        };
      })
    ];
  }

  /** Predicted spectra of the models shown; none where they predict images. */
  private _curves(row: number, column: number): ICurve[] {
    const { shown } = this.context;
    if (shown.kind !== 'im2spec') {
      return [];
    }
    const curves: ICurve[] = [];
    for (const model of shown.models) {
      const values = model.predictionAt(row, column);
      if (values) {
        curves.push({ model, values });
      }
    }
    return curves;
  }

  /** The spectrum decoded at the latent cursor, where that is not the pointer's own encoding. */
  private _cursorCurve(): Float32Array | null {
    const { shown, workspace } = this.context;
    const { active, grid } = shown;
    const cursor = workspace.navigation.latentCursor;
    const decoded = workspace.models.decodedAtCursor;
    if (!active || !grid || !cursor || !decoded || shown.kind !== 'im2spec') {
      return null;
    }
    const own = active.latentAt(...shown.pointer);
    const same =
      own !== null && grid.axes.every((axis, i) => near(own[axis], cursor[i]));
    return same ? null : decoded;
  }

  private _showPlace(row: number, column: number): void {
    const { shown, trans } = this.context;
    const pair = shown.pair!;
    const at = (axis: typeof pair.x, i: number): string =>
      significant(axis.values?.[i] ?? axis.offset + axis.scale * i, 4);
    this.subtitle = trans.__(
      'pixel (%1, %2) \u00b7 x %3, y %4 %5',
      column,
      row,
      at(pair.x, column),
      at(pair.y, row),
      pair.x.units || 'px'
    );
    const part = shown.partAt(row, column);
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
    const energy = shown.energy();
    const spectrum = shown.spectrumAt(...shown.pointer);
    if (channel < 0 || !energy || !spectrum) {
      tooltip.hide();
      return;
    }
    tooltip.show(event.clientX, event.clientY, [
      `${energy.label(energy.position(channel))} ${energy.units}`,
      `${fixed(spectrum[channel], 2)} ${shown.pair!.spectraUnits}`
    ]);
  }

  private _channelAt(x: number): number {
    const energy = this.context.shown.energy();
    return energy && this._x ? energy.channelAt(this._x.invert(x)) : -1;
  }

  private _xOf(channel: number): number {
    const energy = this.context.shown.energy();
    return energy && this._x ? this._x(energy.position(channel)) : 0;
  }

  private _surface: Surface;
  private _part: HTMLElement;
  private _drag: RangeDrag;
  private _frame: IPlotFrame | null = null;
  private _x: ReturnType<typeof scaleLinear<number, number>> | null = null;
  private _right = 0;
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a), Math.abs(b));
}
