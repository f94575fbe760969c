import * as React from 'react';
import { CanvasButton } from './canvas-button';
import type { IPalette } from './marks/palette';
import { Surface } from './marks/surface';
import { Camera } from './navigator-camera';
import { NavigatorDisplay } from './navigator-display';
import type { IPictureFrame } from './navigator-frame';
import { type INavigatorHost, zoomAtPointer } from './navigator-host';
import { NavigatorMouse } from './navigator-input';
import { keysText, listenForKeys } from './navigator-keys';
import {
  imagePicture,
  pictureOf,
  shownLayer,
  type ShownLayer
} from './navigator-layers';
import {
  drawHighlight,
  drawPins,
  drawPointer,
  drawRubberBand,
  drawSecondPointer,
  drawSelection
} from './navigator-marks';
import { NavigatorPicture } from './navigator-picture';
import { navigatorTable } from './navigator-table';
import { NavigatorTools } from './navigator-tools';
import { Popover } from './popover';
import { RegionEditor } from './region-editor';
import { drawRegions } from './regions-layer';
import { secondPointerLines } from './second-pointer';
import { SelectionDrag } from './selection-drag';
import type { ITable } from './table';
import { type IViewContext, View } from './view';

/** What has to be drawn again. */
type Part = 'picture' | 'regions' | 'selection' | 'pins' | 'pointer';

/** The HAADF image with its layers, the split, the regions, the selection, pins and the pointers with their windows. */
export class Navigator extends View {
  constructor(context: IViewContext) {
    super(context, {
      name: 'navigator',
      title: context.trans.__('Navigator'),
      tools: () => (
        <NavigatorTools
          context={context}
          width={this.width}
          residual={this._residual}
          setResidual={value => this._setResidual(value)}
          openDisplay={opener => this._openDisplay(opener)}
        />
      )
    });
    const { trans, workspace } = context;
    this.addClass('jp-Eelscape-navigator');
    this._surface = new Surface(this.body.node);
    this._picture = new NavigatorPicture(context, this._surface);
    this.makeApplication(
      trans.__('Navigator: HAADF image, choose a pixel'),
      keysText(trans)
    );
    const editor = new RegionEditor({
      regions: workspace.regions,
      frame: () => this._frame,
      pair: () => context.shown.pair,
      changed: () => this._touch('regions')
    });
    this._host = {
      editor,
      selection: new SelectionDrag(context, () => this._touch('selection')),
      camera: new Camera(),
      frame: () => this._frame,
      base: () => this._picture.base,
      layer: () => this._layer,
      setResidual: value => this._setResidual(value),
      openDisplay: () => this._openDisplay(),
      moved: () => this._moved()
    };
    this._mouse = new NavigatorMouse(this.body.node, context, this._host);
    listenForKeys(this.body.node, context, this._host);
    this._display = new Popover(() => this._displayForm());
    this._fit = new CanvasButton(this.body.node, {
      text: trans.__('Fit'),
      title: trans.__('Show the whole scan (0)'),
      click: () => {
        this._host.camera.fit();
        this._moved();
        this.body.node.focus();
      }
    });
    this._connect();
  }

  dispose(): void {
    this._display.close();
    super.dispose();
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

  redraw(): void {
    this._touch('picture');
  }

  /** The values of the pixels that are seen. */
  table(): ITable | null {
    const frame = this._frame;
    return frame && navigatorTable(this.context, this._layer, frame);
  }

  protected draw(palette: IPalette): void {
    const stale = this._stale;
    this._stale = new Set();
    const all = stale.has('picture') || !this._frame;
    if (all) {
      this._drawPicture();
    }
    const frame = this._frame;
    if (!frame) {
      return;
    }
    const { context } = this;
    const { editor, selection } = this._host;
    if (all || stale.has('regions')) {
      drawRegions(this._emptied('regions'), context, editor, frame, palette);
    }
    if (all || stale.has('selection')) {
      const group = this._emptied('selection');
      drawSelection(group, context, frame);
      if (selection.box) {
        drawRubberBand(group, frame, selection.box);
      }
    }
    if (all || stale.has('pins')) {
      drawPins(this._emptied('pins'), context, frame);
    }
    if (all || stale.has('pointer')) {
      const group = this._emptied('pointer');
      drawPointer(group, context, frame);
      drawSecondPointer(group, context, frame, secondPointerLines(context));
      drawHighlight(group, context, frame);
    }
  }

  private _connect(): void {
    const { workspace, highlight } = this.context;
    const { data, models, navigation, explorer } = workspace;
    navigation.pointerChanged.connect(this._pointerMoved, this);
    navigation.secondPointerChanged.connect(this._touchPointer, this);
    navigation.latentCursorChanged.connect(this._touchPointer, this);
    navigation.energyRangeChanged.connect(this._rangeChanged, this);
    navigation.displayChanged.connect(this.refresh, this);
    data.pairChanged.connect(this._pairChanged, this);
    data.setupChanged.connect(this.refresh, this);
    models.itemsChanged.connect(this.refresh, this);
    models.activeChanged.connect(this.refresh, this);
    models.gridChanged.connect(this._touchPointer, this);
    workspace.regions.changed.connect(this._regionsChanged, this);
    workspace.factorisation.changed.connect(this._factorised, this);
    workspace.preprocessing.changed.connect(this._drafted, this);
    explorer.display.changed.connect(this.refresh, this);
    explorer.selection.changed.connect(this._touchSelection, this);
    explorer.pins.changed.connect(this._touchPins, this);
    for (const part of [
      explorer.clusters,
      explorer.veracity,
      explorer.transfer
    ]) {
      part.changed.connect(this.refresh, this);
    }
    highlight.changed.connect(this._touchPointer, this);
  }

  /** Renders the tools and what they opened again, and draws. */
  refresh(): void {
    super.refresh();
    this._display.update();
  }

  private _emptied(name: string): ReturnType<Surface['group']> {
    const group = this._surface.group(name);
    group.selectAll('*').remove();
    return group;
  }

  private _touch(part: Part): void {
    this._stale.add(part);
    super.redraw();
  }

  private _touchPointer(): void {
    this._touch('pointer');
  }

  private _touchSelection(): void {
    this._touch('selection');
  }

  private _touchPins(): void {
    this._touch('pins');
    this._touch('pointer');
  }

  private _pointerMoved(): void {
    const { pointer } = this.context.workspace.navigation;
    const { camera, selection } = this._host;
    const base = this._picture.base;
    this._display.update();
    if (selection.anchored) {
      selection.move(pointer);
    }
    if (this.context.workspace.explorer.pins.items.length) {
      this._touch('pins');
    }
    if (
      base &&
      !this._mouse.movesPointer &&
      camera.zoom > 1 &&
      camera.follow(base, ...pointer)
    ) {
      this._touch('picture');
    } else {
      this._touch('pointer');
    }
  }

  /** The camera moved. */
  private _moved(): void {
    this._touch('picture');
    this._display.update();
  }

  private _pairChanged(): void {
    const { pair } = this.context.shown;
    const shape = pair ? `${pair.ny},${pair.nx}` : '';
    if (shape !== this._shape) {
      this._shape = shape;
      this._host.camera.fit();
    }
    this.refresh();
  }

  private _rangeChanged(): void {
    if (this._layer === 'energy' || this._layer === 'difference') {
      this.redraw();
    }
  }

  private _regionsChanged(): void {
    const { tool } = this.context.workspace.regions;
    if (tool !== this._tool) {
      // Another tool: what was begun with the last one is dropped.
      this._tool = tool;
      this._host.editor.cancel();
    }
    this._touch('regions');
  }

  private _openDisplay(opener?: HTMLElement): void {
    const button =
      opener ?? this.node.querySelector<HTMLElement>('[data-eelscape-display]');
    if (button) {
      this._display.toggle(button, this.context.trans.__('Display'));
    }
  }

  private _displayForm(): JSX.Element {
    const { context, _host: host } = this;
    if (!context.shown.pair) {
      return <></>;
    }
    return (
      <NavigatorDisplay
        context={context}
        layer={pictureOf(context, this._layer)}
        image={imagePicture(context)}
        zoom={host.camera.zoom}
        zoomBy={factor => zoomAtPointer(host, context.shown.pointer, factor)}
        fit={() => {
          host.camera.fit();
          this._moved();
        }}
      />
    );
  }

  /** Its progress changes nothing here. */
  private _factorised(): void {
    const { factorisation } = this.context.shown;
    if (factorisation !== this._factors) {
      this._factors = factorisation;
      this.refresh();
    }
  }

  private _drafted(): void {
    const { draft, preview } = this.context.workspace.preprocessing;
    const { residualMap } = this.context.shown;
    const had = this._hasResidual;
    this._hasResidual = residualMap !== null;
    if (!draft) {
      this._residual = false;
    } else if (this._hasResidual && !had) {
      this._residual = true;
    }
    const sources = [draft, residualMap, preview?.flags];
    if (sources.some((source, i) => source !== this._draftSources[i])) {
      this._draftSources = sources;
      this.refresh();
    }
  }

  private get _layer(): ShownLayer {
    return shownLayer(this.context, this._residual);
  }

  private _setResidual(value: boolean): void {
    if (value !== this._residual) {
      this._residual = value;
      this.refresh();
    }
  }

  private _drawPicture(): void {
    const canvas = this._surface.begin(this.width, this.height);
    this._surface.clear();
    const layer = this._layer;
    const { camera } = this._host;
    this.node.dataset.eelscapeLayer = layer;
    this._frame = this._picture.draw(
      canvas,
      layer,
      {
        width: this.width - this._right,
        height: this.height - this._bottom,
        reserve: this._reserve
      },
      camera
    );
    this.node.dataset.eelscapeZoom = camera.zoom.toPrecision(3);
    const seen = this._frame?.seen;
    this._fit.place(
      seen && camera.zoom > 1
        ? { right: seen.left + seen.width - 4, top: seen.top + 4 }
        : null
    );
  }

  private _surface: Surface;
  private _picture: NavigatorPicture;
  private _host: INavigatorHost;
  private _mouse: NavigatorMouse;
  private _display: Popover;
  private _fit: CanvasButton;
  private _frame: IPictureFrame | null = null;
  private _stale = new Set<Part>();
  private _tool: string | null = null;
  private _shape = '';
  private _factors: unknown = null;
  private _draftSources: readonly unknown[] = [];
  private _hasResidual = false;
  /** True where the residual map of the step being prepared is shown. */
  private _residual = false;
  private _right = 0;
  private _bottom = 0;
  private _reserve = false;
}
