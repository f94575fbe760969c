import * as React from 'react';
import type { Layer } from '../model/types';
import { drawColourBar } from './marks/colour-bar';
import { addHatch } from './marks/hatch';
import { boxPath, crossPath, drawHaloed, ringPath } from './marks/pointer';
import { RasterCache } from './marks/raster';
import { areaWhere } from './marks/regions';
import { chooseScaleBar, drawScaleBar } from './marks/scale-bar';
import { Surface } from './marks/surface';
import {
  drawScanAxes,
  framePicture,
  type IPictureFrame,
  pixelAt
} from './navigator-frame';
import { NavigatorTools, shownLayer } from './navigator-tools';
import { drawSplit } from './split-layer';
import { type IViewContext, View } from './view';
import { fixed, percent, significant } from './wording';

/** Margins of the picture, px: the y axis, the x axis below, the colour bar at the right. */
const LEFT = 36;
const TOP = 1;
const BELOW = 30;
const BAR = 70;

/** The HAADF image with its layers, the split, the pointer and its window. */
export class Navigator extends View {
  constructor(context: IViewContext) {
    super(context, {
      name: 'navigator',
      title: context.trans.__('Navigator'),
      tools: () => <NavigatorTools context={context} width={this.width} />
    });
    const { trans, workspace } = context;
    this.addClass('jp-Eelscape-navigator');
    this._surface = new Surface(this.body.node);
    this._guardHatch = addHatch(this._surface.svg, 'jp-Eelscape-guardHatch');
    this._noneHatch = addHatch(this._surface.svg, 'jp-Eelscape-noneHatch');
    this.makeApplication(
      trans.__('Navigator: HAADF image, choose a pixel'),
      trans.__(
        'Arrow keys move the pointer by one pixel, with Shift by eight. 1 to 3 choose the layer.'
      )
    );
    const { data, models, navigation } = workspace;
    navigation.pointerChanged.connect(this.redraw, this);
    navigation.latentCursorChanged.connect(this.redraw, this);
    navigation.energyRangeChanged.connect(this.redraw, this);
    navigation.displayChanged.connect(this.refresh, this);
    data.pairChanged.connect(this.refresh, this);
    data.setupChanged.connect(this.refresh, this);
    models.itemsChanged.connect(this.refresh, this);
    models.activeChanged.connect(this.refresh, this);
    models.gridChanged.connect(this.redraw, this);
    this._listen();
  }

  /**
   * Space at the right and below that the readout takes, px; `reserve` keeps the room of the
   * colour bar free on layers without one, so that the picture keeps its size.
   */
  setInset(right: number, bottom: number, reserve: boolean): void {
    this._right = right;
    this._bottom = bottom;
    this._reserve = reserve;
    this.redraw();
  }

  get picture(): Surface {
    return this._surface;
  }

  protected draw(): void {
    const { shown, workspace, trans } = this.context;
    const pair = shown.pair;
    const context = this._surface.begin(this.width, this.height);
    this._surface.clear();
    if (!pair) {
      return;
    }
    const layer = shownLayer(this.context);
    const bar = layer !== 'haadf';
    const frame = framePicture(
      pair,
      LEFT,
      TOP,
      this.width - this._right - LEFT - (bar || this._reserve ? BAR : 16),
      this.height - this._bottom - TOP - BELOW
    );
    this._frame = frame;
    if (context) {
      context.imageSmoothingEnabled = frame.pixelWidth < 1;
      this._paint(context, frame, layer);
    }
    const axes = this._surface.group('axes');
    drawScanAxes(axes, pair, frame);
    if (bar) {
      this._drawBar(context, frame, layer);
    }
    const over = this._surface.group('over');
    if (layer === 'error' && pair.mask) {
      const mask = pair.mask;
      over
        .append('path')
        .attr('fill', this._noneHatch)
        .attr(
          'd',
          areaWhere(
            pair.nx,
            pair.ny,
            i => mask[i] !== 0,
            x => frame.left + x * frame.pixelWidth,
            y => frame.top + y * frame.pixelHeight
          )
        );
    }
    const split =
      layer === 'error' ? shown.split : (workspace.data.windows?.map ?? null);
    const setup =
      layer === 'error'
        ? (shown.active?.setup ?? workspace.data.setup)
        : workspace.data.setup;
    if (split) {
      drawSplit(over, pair, frame, split, setup, {
        // Hatching would hide the values of a layer.
        hatch: layer === 'haadf' ? this._guardHatch : 'none',
        trans
      });
    }
    const length = Math.abs(pair.x.scale) * pair.nx;
    const scaleBar = pair.x.values
      ? null
      : chooseScaleBar(length, pair.x.units);
    if (scaleBar) {
      drawScaleBar(
        over,
        scaleBar,
        frame.left,
        frame.top + frame.height,
        frame.width / length
      );
    }
    this._drawPointer(frame);
  }

  private _paint(
    context: CanvasRenderingContext2D,
    frame: IPictureFrame,
    layer: Layer
  ): void {
    const { shown, workspace } = this.context;
    const pair = shown.pair!;
    const [low, high] = shown.imageLimits();
    const size = { width: pair.nx, height: pair.ny };
    const place = [frame.left, frame.top, frame.width, frame.height] as const;
    const base = {
      ...size,
      values: pair.image,
      colours: 'grey',
      low,
      high
    } as const;
    context.drawImage(this._image.paint(base), ...place);
    const values =
      layer === 'energy'
        ? shown.energyMap()
        : layer === 'error'
          ? (shown.active?.error ?? null)
          : null;
    if (!values) {
      return;
    }
    const [from, to] =
      layer === 'energy' ? shown.energyLimits() : shown.errorLimits();
    context.globalAlpha = workspace.navigation.opacity;
    context.drawImage(
      this._layer.paint({
        ...size,
        values,
        colours: layer === 'energy' ? 'viridis' : 'magma',
        low: from,
        high: to
      }),
      ...place
    );
    context.globalAlpha = 1;
  }

  private _drawBar(
    context: CanvasRenderingContext2D | null,
    frame: IPictureFrame,
    layer: Layer
  ): void {
    const { shown, trans } = this.context;
    const error = layer === 'error' && shown.active;
    const [low, high] = error ? shown.errorLimits() : shown.energyLimits();
    const units = shown.pair?.spectraUnits;
    drawColourBar(context, this._surface.group('bar'), {
      left: frame.left + frame.width + 8,
      top: frame.top,
      width: 11,
      height: frame.height,
      colours: error ? 'magma' : 'viridis',
      low: error ? 100 * low : low,
      high: error ? 100 * high : high,
      title: error
        ? trans.__('Error %1 (%)', shown.labelOf(error))
        : units
          ? trans.__('Intensity (%1)', units)
          : trans.__('Intensity'),
      titleGap: 41,
      format: value => significant(value, 4)
    });
  }

  private _drawPointer(frame: IPictureFrame): void {
    const { shown, workspace } = this.context;
    const group = this._surface.group('pointer');
    const [row, column] = workspace.navigation.pointer;
    const x = (c: number): number => frame.left + c * frame.pixelWidth;
    const y = (r: number): number => frame.top + r * frame.pixelHeight;
    for (const index of shown.cursorWindows()) {
      const nx = shown.pair!.nx;
      const centre = [(index % nx) + 0.5, Math.floor(index / nx) + 0.5];
      drawHaloed(
        group,
        ringPath(x(centre[0]), y(centre[1]), 5),
        'jp-Eelscape-pointer jp-mod-thin'
      );
    }
    if (shown.fits(row, column)) {
      const half = shown.window / 2;
      drawHaloed(
        group,
        boxPath(
          x(column - half),
          y(row - half),
          x(column + half),
          y(row + half)
        )
      );
    }
    drawHaloed(group, crossPath(x(column + 0.5), y(row + 0.5), 16, 4));
  }

  private _listen(): void {
    const node = this.body.node;
    const { navigation } = this.context.workspace;
    let dragging = false;
    const move = (event: PointerEvent): void => {
      const pair = this.context.shown.pair;
      if (pair && this._frame) {
        const [row, column] = pixelAt(this._frame, pair, ...this._place(event));
        navigation.setPointer(row, column);
      }
    };
    node.addEventListener('pointerdown', event => {
      if (event.button === 0 && this._inside(event)) {
        dragging = true;
        node.setPointerCapture?.(event.pointerId);
        move(event);
      }
    });
    node.addEventListener('pointermove', event => {
      if (dragging) {
        move(event);
      }
      this._hover(event, dragging);
    });
    const end = (): void => {
      dragging = false;
    };
    node.addEventListener('pointerup', end);
    node.addEventListener('pointercancel', end);
    node.addEventListener('pointerleave', () => this.context.tooltip.hide());
    node.addEventListener('keydown', event => {
      const step = event.shiftKey ? 8 : 1;
      const [row, column] = navigation.pointer;
      const moves: Record<string, readonly [number, number]> = {
        ArrowUp: [-step, 0],
        ArrowDown: [step, 0],
        ArrowLeft: [0, -step],
        ArrowRight: [0, step]
      };
      const by = moves[event.key];
      const layers: Record<string, Layer> = {
        '1': 'haadf',
        '2': 'energy',
        '3': 'error'
      };
      if (by) {
        navigation.setPointer(row + by[0], column + by[1]);
      } else if (layers[event.key] && !event.ctrlKey && !event.metaKey) {
        navigation.setLayer(layers[event.key]);
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    });
  }

  private _hover(event: PointerEvent, dragging: boolean): void {
    const { shown, tooltip } = this.context;
    const pair = shown.pair;
    if (!pair || !this._frame || dragging || !this._inside(event)) {
      tooltip.hide();
      return;
    }
    const [row, column] = pixelAt(this._frame, pair, ...this._place(event));
    const lines = [`(${column}, ${row})`];
    const layer = shownLayer(this.context);
    if (layer === 'error' && shown.active) {
      lines.push(percent(shown.errorAt(shown.active, row, column)));
    } else if (layer === 'energy') {
      const value = shown.energyMap()![row * pair.nx + column];
      lines.push(`${fixed(value, 2)} ${pair.spectraUnits}`);
    } else {
      const value = pair.image[row * pair.nx + column];
      lines.push(`${significant(value, 4)} ${pair.imageUnits}`);
    }
    tooltip.show(event.clientX, event.clientY, lines);
  }

  private _place(event: PointerEvent): [number, number] {
    const box = this.body.node.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private _inside(event: PointerEvent): boolean {
    const frame = this._frame;
    const [x, y] = this._place(event);
    return (
      frame !== null &&
      x >= frame.left &&
      y >= frame.top &&
      x < frame.left + frame.width &&
      y < frame.top + frame.height
    );
  }

  private _surface: Surface;
  private _guardHatch: string;
  private _noneHatch: string;
  private _image = new RasterCache();
  private _layer = new RasterCache();
  private _frame: IPictureFrame | null = null;
  private _right = 0;
  private _bottom = 0;
  private _reserve = false;
}
