import * as React from 'react';
import type { IGrid, ITrainedModel } from '../model/types';
import { LatentCloud } from './latent-cloud';
import { pointColours } from './latent-colours';
import {
  drawLatentAxes,
  drawLatentNote,
  type ILatentFrame
} from './latent-frame';
import { listenOnLatent } from './latent-gestures';
import { latentKeys } from './latent-keys';
import { LatentEllipses } from './latent-ellipses';
import { LatentOverlay } from './latent-overlay';
import { nearestPlace } from './latent-points';
import { windowLines, windowPicture } from './latent-hover';
import { LatentSelection } from './latent-selection';
import { latentTable } from './latent-table';
import { AxesChoice, ColourChoice, PointKey } from './latent-tools';
import { type IPalette, readPalette } from './marks/palette';
import { Surface } from './marks/surface';
import { ModelView } from './model-view';
import type { ITable } from './table';
import type { IViewContext } from './view';
import { grouped, latentName } from './wording';

type Point = readonly [number, number];

/** Magnification by a key. */
const KEY_ZOOM = 1.5;

/** Encodings of all windows over two latents. */
export class LatentPlot extends ModelView {
  constructor(context: IViewContext) {
    super(context, {
      name: 'latent',
      title: context.trans.__('Latent'),
      tools: () => this._renderTools()
    });
    const { trans } = context;
    this.addClass('jp-Eelscape-latent');
    this._surface = new Surface(this.body.node);
    this._ellipses = new LatentEllipses(this._surface, context);
    this._overlay = new LatentOverlay(this._surface);
    this._selection = new LatentSelection(context);
    this._cloud = new LatentCloud(context);
    this.makeApplication(
      trans.__('Latent: encodings of all windows, choose a point'),
      trans.__(
        'Arrow keys move the cursor by a grid step. Enter moves the pointer to the nearest window. S selects the windows within a grid step of the cursor, G lets the selection grow, Shift+G shrink. Plus and minus zoom, 0 fits. Escape clears the selection.'
      )
    );
    this._connect();
    latentKeys(this.body.node, context);
    this.body.node.addEventListener('keydown', event => this._press(event));
    const { zoom } = this._cloud;
    listenOnLatent(this.body.node, {
      frame: () => this._cloud.frame,
      zoomed: () => zoom.scale > 1,
      drawing: outline => {
        this._outline = outline && [...outline];
        super.redraw();
      },
      drawn: (shape, points) =>
        this._selection.take(this._cloud.frame!, shape, points),
      click: event => this._click(event),
      hover: event => this._hover(event),
      pan: (dx, dy) => this._zoomed(() => zoom.pan(dx, dy)),
      zoom: (factor, x, y) => this._zoomed(() => zoom.zoom(factor, x, y)),
      fit: () => this._zoomed(() => zoom.fit())
    });
  }

  /** Side of a grid tile, which sets the size of the square, px. */
  set tile(value: number) {
    this._cloud.tile = value;
    this.redraw();
  }

  set across(value: number) {
    this._cloud.across = value;
  }

  /** More tools of a narrow panel, where the squares share one header. */
  set extraTools(value: (() => JSX.Element) | null) {
    this._extra = value;
    this.tools?.update();
  }

  get picture(): Surface {
    return this._surface;
  }

  table(): ITable | null {
    return latentTable(this.context);
  }

  redraw(): void {
    this._stale = true;
    super.redraw();
  }

  protected draw(palette: IPalette): void {
    const { active, grid } = this.context.shown;
    if (this.showMissing(!active || !grid)) {
      this._surface.begin(this.width, this.height);
      this._surface.clear();
      this._cloud.clear();
      this.subtitle = '';
      return;
    }
    if (this.width !== this._fitted) {
      // The tools keep to the room that there is.
      this._fitted = this.width;
      this.tools?.update();
    }
    const start = performance.now();
    if (this._stale) {
      this._stale = false;
      this._drawAxes(active!, grid!, this._cloud.place(active!, grid!));
    }
    const moving = this._cloud.paint(
      () => this._surface.begin(this.width, this.height),
      pointColours(this.context, this._colour, palette),
      palette
    );
    this._drawOverlay();
    if (moving) {
      // Points on their way take a quarter of the time at most.
      const cost = performance.now() - start;
      this.context.queue.request(this, cost > 5 ? 3 * cost : 0);
    }
  }

  private _connect(): void {
    const { highlight, workspace } = this.context;
    const { data, explorer, factorisation, models, navigation } = workspace;
    const { clusters, display, pins, selection, transfer, veracity } = explorer;
    models.gridChanged.connect(this._gridChanged, this);
    models.activeChanged.connect(this.refresh, this);
    models.itemsChanged.connect(this.refresh, this);
    data.setupChanged.connect(this.refresh, this);
    selection.changed.connect(this.redraw, this);
    for (const maps of [factorisation, display, clusters, veracity, transfer]) {
      (maps as typeof display).changed.connect(this._mapsChanged, this);
    }
    navigation.displayChanged.connect(this._mapsChanged, this);
    navigation.energyRangeChanged.connect(this._mapsChanged, this);
    navigation.latentCursorChanged.connect(this._cursorMoved, this);
    pins.changed.connect(this._overlayChanged, this);
    highlight.changed.connect(this._overlayChanged, this);
  }

  /** The points stay as they are. */
  private _overlayChanged(): void {
    super.redraw();
  }

  /** Points are painted again where their colours turn out to be others. */
  private _mapsChanged(): void {
    this.tools?.update();
    super.redraw();
  }

  private _gridChanged(): void {
    if (this._cloud.placed) {
      // With more than two latents the grid follows the pointer, the points do not.
      super.redraw();
    } else {
      this.refresh();
    }
  }

  /** A cursor that a key moves out of a magnified plot takes the plot along. */
  private _cursorMoved(): void {
    const cursor = this.context.workspace.navigation.latentCursor;
    const { whole, zoom } = this._cloud;
    if (
      cursor &&
      whole &&
      this.body.node === document.activeElement &&
      zoom.reveal(...sharesOf(whole, cursor))
    ) {
      this.redraw();
    } else {
      super.redraw();
    }
  }

  private _zoomed(change: () => unknown): void {
    change();
    this.redraw();
  }

  /** Draws all that is not on the canvas and stays while the cursor moves. */
  private _drawAxes(
    active: ITrainedModel,
    grid: IGrid,
    frame: ILatentFrame
  ): void {
    const { shown } = this.context;
    const axes = this._surface.group('axes');
    axes.selectAll('*').remove();
    drawLatentAxes(axes, frame, grid);
    drawLatentNote(axes, frame, this._note(active, grid, frame.across));
    this.subtitle =
      this._extra && grid.ranges.length <= 2
        ? `${shown.labelOf(active)}: ${grid.axes.map(latentName).join(', ')}`
        : '';
  }

  private _note(active: ITrainedModel, grid: IGrid, room: number): string {
    const { trans, workspace } = this.context;
    const { count } = workspace.explorer.selection;
    const total = grouped(active.positions.length);
    if (count) {
      return trans.__('%1 of %2 windows selected', grouped(count), total);
    }
    if (room < 240) {
      return trans.__('%1 windows', total);
    }
    return grid.ranges.length > 2
      ? trans.__('%1 windows \u00b7 other latents as at the pointer', total)
      : trans.__('%1 windows \u00b7 Shift-drag selects', total);
  }

  private _drawOverlay(): void {
    const { highlight, shown, workspace } = this.context;
    const nx = shown.pair?.nx ?? 0;
    const placesAt = (pixels: readonly number[]): Point[] =>
      pixels.flatMap(pixel => {
        const place = this._cloud.placeOf(pixel);
        return place ? [place] : [];
      });
    this._ellipses.draw(this._cloud.frame!);
    this._overlay.draw({
      frame: this._cloud.frame!,
      cursor: workspace.navigation.latentCursor,
      near: placesAt(shown.cursorWindows()),
      highlighted: placesAt(highlight.pixels),
      pins: workspace.explorer.pins.items.flatMap(({ letter, row, column }) => {
        const place = this._cloud.placeOf(row * nx + column);
        return place ? [{ letter, place }] : [];
      }),
      outline: this._outline
    });
  }

  private _renderTools(): JSX.Element | null {
    const { context } = this;
    const { active, grid } = context.shown;
    const narrow = this._extra !== null;
    if (!active || !grid) {
      return this._extra?.() ?? null;
    }
    const roomForKey = this.width >= (grid.ranges.length > 2 ? 390 : 300);
    const colours =
      !narrow && roomForKey
        ? pointColours(context, this._colour, readPalette(this.node))
        : null;
    return (
      <>
        {(!narrow || this.width >= 500) && (
          <>
            <AxesChoice context={context} />
            <ColourChoice
              context={context}
              value={this._colour}
              onChange={value => {
                this._colour = value;
                this.refresh();
              }}
            />
          </>
        )}
        {colours && <PointKey colours={colours} />}
        {this._extra?.()}
      </>
    );
  }

  private _click(event: MouseEvent): void {
    const { shown, workspace } = this.context;
    const i = this._nearest(event, 24);
    const { active, grid, pair } = shown;
    if (i < 0 || !active || !grid || !pair) {
      return;
    }
    const pixel = active.positions[i];
    const z = active.latents.length / active.positions.length;
    const { navigation } = workspace;
    navigation.setPointer(Math.floor(pixel / pair.nx), pixel % pair.nx);
    navigation.setLatentCursor(
      active.latents[i * z + grid.axes[0]],
      active.latents[i * z + grid.axes[1]]
    );
  }

  private _hover(event: PointerEvent | null): void {
    const { highlight, shown, tooltip } = this.context;
    const i = event ? this._nearest(event, 8) : -1;
    const { active, pair } = shown;
    if (i < 0 || !event || !active || !pair) {
      tooltip.hide();
      highlight.set([]);
      return;
    }
    const pixel = active.positions[i];
    const { colours } = this._cloud;
    tooltip.show(
      event.clientX,
      event.clientY,
      windowLines(this.context, active, pixel, colours, this._colour),
      windowPicture(this.context, active, pixel)
    );
    highlight.set([pixel]);
  }

  /** Index of the window whose point is nearest to the mouse; -1 farther than `reach` px. */
  private _nearest(event: MouseEvent, reach: number): number {
    const { places } = this._cloud;
    const box = this.body.node.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    return places ? nearestPlace(places, x, y, reach) : -1;
  }

  private _press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    switch (event.key) {
      case 's':
      case 'S':
        this._selection.around(0);
        break;
      case 'g':
        this._selection.around(1);
        break;
      case 'G':
        this._selection.around(-1);
        break;
      case '+':
      case '=':
        this._zoomAtCursor(KEY_ZOOM);
        break;
      case '-':
        this._zoomAtCursor(1 / KEY_ZOOM);
        break;
      case '0':
        this._zoomed(() => this._cloud.zoom.fit());
        break;
      case 'Escape':
        if (!this._selection.clear()) {
          this._zoomed(() => this._cloud.zoom.fit());
        }
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** About the cursor where it is in sight. */
  private _zoomAtCursor(factor: number): void {
    const { frame, zoom } = this._cloud;
    const cursor = this.context.workspace.navigation.latentCursor;
    if (frame) {
      const [x, y] = (cursor ? sharesOf(frame, cursor) : [0.5, 0.5]).map(at =>
        at >= 0 && at <= 1 ? at : 0.5
      );
      this._zoomed(() => zoom.zoom(factor, x, y));
    }
  }

  private _surface: Surface;
  private _ellipses: LatentEllipses;
  private _overlay: LatentOverlay;
  private _selection: LatentSelection;
  private _cloud: LatentCloud;
  /** True where more than what lies over the points has to be drawn. */
  private _stale = true;
  /** Width that the tools are made for, px. */
  private _fitted = 0;
  private _colour = 'error';
  private _outline: readonly Point[] | null = null;
  private _extra: (() => JSX.Element) | null = null;
}

/** A point of the latent space in shares of the frame from its lower left corner. */
function sharesOf(
  frame: ILatentFrame,
  [a, b]: readonly [number, number]
): [number, number] {
  return [
    (frame.x(a) - frame.left) / frame.across,
    1 - (frame.y(b) - frame.top) / frame.side
  ];
}
