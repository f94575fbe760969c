import * as React from 'react';
import type { IPalette } from './marks/palette';
import { boxPath, crossPath, drawHaloed, ringPath } from './marks/pointer';
import { Surface } from './marks/surface';
import type { IPictureFrame } from './navigator-frame';
import { listenOnNavigator } from './navigator-input';
import { shownLayer, type ShownLayer } from './navigator-layers';
import { NavigatorPicture } from './navigator-picture';
import { NavigatorTools } from './navigator-tools';
import { RegionEditor } from './region-editor';
import { drawRegions } from './regions-layer';
import { type IViewContext, View } from './view';

/** What has to be drawn again. */
type Part = 'picture' | 'regions' | 'pointer';

/** The HAADF image with its layers, the split, the regions, the pointer and its window. */
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
        />
      )
    });
    const { trans, workspace } = context;
    this.addClass('jp-Eelscape-navigator');
    this._surface = new Surface(this.body.node);
    this._picture = new NavigatorPicture(context, this._surface);
    this._surface.group('regions');
    this._surface.group('pointer');
    this.makeApplication(
      trans.__('Navigator: HAADF image, choose a pixel'),
      trans.__(
        'Arrow keys move the pointer by one pixel, with Shift by eight. 1 to 4 choose the layer. R selects the next region: Alt and an arrow key move it, Alt, Control and an arrow key resize it, with Shift by eight pixels; Delete removes it, Escape deselects it. With a region tool, Enter draws a region at the pointer; for a polygon Space sets a vertex at the pointer and Enter closes it. A drag with Shift draws over a region.'
      )
    );
    this._editor = new RegionEditor({
      regions: workspace.regions,
      frame: () => this._frame,
      pair: () => context.shown.pair,
      changed: () => this._touch('regions')
    });
    listenOnNavigator(this.body.node, context, this._editor, {
      frame: () => this._frame,
      layer: () => this._layer,
      setResidual: value => this._setResidual(value)
    });
    this._connect();
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
    if (all || stale.has('regions')) {
      const group = this._surface.group('regions');
      group.selectAll('*').remove();
      drawRegions(group, this.context, this._editor, frame, palette);
    }
    if (all || stale.has('pointer')) {
      this._surface.group('pointer').selectAll('*').remove();
      this._drawPointer(frame);
    }
  }

  private _connect(): void {
    const { workspace } = this.context;
    const { data, models, navigation } = workspace;
    navigation.pointerChanged.connect(this._touchPointer, this);
    navigation.latentCursorChanged.connect(this._touchPointer, this);
    navigation.energyRangeChanged.connect(this._rangeChanged, this);
    navigation.displayChanged.connect(this.refresh, this);
    data.pairChanged.connect(this.refresh, this);
    data.setupChanged.connect(this.refresh, this);
    models.itemsChanged.connect(this.refresh, this);
    models.activeChanged.connect(this.refresh, this);
    models.gridChanged.connect(this._touchPointer, this);
    workspace.regions.changed.connect(this._regionsChanged, this);
    workspace.factorisation.changed.connect(this._factorised, this);
    workspace.preprocessing.changed.connect(this._drafted, this);
  }

  private _touch(part: Part): void {
    this._stale.add(part);
    super.redraw();
  }

  private _touchPointer(): void {
    this._touch('pointer');
  }

  private _rangeChanged(): void {
    if (this._layer === 'energy') {
      this.redraw();
    }
  }

  private _regionsChanged(): void {
    const { tool } = this.context.workspace.regions;
    if (tool !== this._tool) {
      // Another tool: what was begun with the last one is dropped.
      this._tool = tool;
      this._editor.cancel();
    }
    this._touch('regions');
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
    this.node.dataset.eelscapeLayer = layer;
    this._frame = this._picture.draw(canvas, layer, {
      width: this.width - this._right,
      height: this.height - this._bottom,
      reserve: this._reserve
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

  private _surface: Surface;
  private _picture: NavigatorPicture;
  private _editor: RegionEditor;
  private _frame: IPictureFrame | null = null;
  private _stale = new Set<Part>();
  private _tool: string | null = null;
  private _factors: unknown = null;
  private _draftSources: readonly unknown[] = [];
  private _hasResidual = false;
  /** True where the residual map of the step being prepared is shown. */
  private _residual = false;
  private _right = 0;
  private _bottom = 0;
  private _reserve = false;
}
