import type { IPair } from '../signal/types';
import { drawDraft } from './draft-layer';
import { drawExcluded, drawFlagged } from './excluded-layer';
import { layerState } from './layer-state';
import { drawCategoryBar } from './marks/category-bar';
import { Clip } from './marks/clip';
import { drawColourBar } from './marks/colour-bar';
import type { ColourName } from './marks/colour-table';
import { addFlagHatch, addHatch } from './marks/hatch';
import { wrapText } from './marks/note';
import { drawPlate } from './marks/plate';
import { RasterCache } from './marks/raster';
import { chooseScaleBar, drawScaleBar } from './marks/scale-bar';
import type { GroupSelection, Surface } from './marks/surface';
import { missingOf } from './missing-values';
import type { Camera } from './navigator-camera';
import {
  drawScanAxes,
  framePicture,
  type IPictureFrame
} from './navigator-frame';
import {
  type ILayerPicture,
  imagePicture,
  pictureOf,
  type ShownLayer
} from './navigator-layers';
import { drawSplit } from './split-layer';
import type { IViewContext } from './view';
import { significant } from './wording';

/** Margins of the picture, px: the y axis, the x axis below, the colour bar at the right. */
const LEFT = 36;
const TOP = 1;
const BELOW = 30;
const BAR = 70;

/** Room that the picture has, px. */
export interface IPictureRoom {
  readonly width: number;
  readonly height: number;
  /** True where the room of a colour bar stays free on layers without one. */
  readonly reserve: boolean;
}

/** Groups over the picture, from the lowest to the highest; each is cut to it where it is magnified. */
const OVER = ['over', 'regions', 'selection', 'pointer', 'pins'] as const;

/** What does not follow the pointer: image, layer, axes, colour bar, hatches, split, scale bar. */
export class NavigatorPicture {
  constructor(context: IViewContext, surface: Surface) {
    this._context = context;
    this._surface = surface;
    this._guardHatch = addHatch(surface.svg, 'jp-Eelscape-guardHatch');
    this._maskHatch = addFlagHatch(surface.svg, 'jp-Eelscape-maskHatch');
    this._flagHatch = addFlagHatch(surface.svg, 'jp-Eelscape-flagHatch');
    this._missingHatch = addFlagHatch(surface.svg, 'jp-Eelscape-missingHatch');
    this._clip = new Clip(surface.svg);
    for (const name of ['axes', 'bar', ...OVER, 'scale']) {
      surface.group(name);
    }
  }

  /** Where the whole scan stands, as it was drawn last; null without data. */
  get base(): IPictureFrame | null {
    return this._base;
  }

  /** Draws onto the empty surface and returns where the picture stands; null without data. */
  draw(
    canvas: CanvasRenderingContext2D | null,
    layer: ShownLayer,
    room: IPictureRoom,
    camera: Camera
  ): IPictureFrame | null {
    const pair = this._context.shown.pair;
    if (!pair) {
      this._base = null;
      return null;
    }
    const picture = pictureOf(this._context, layer);
    // The picture keeps its size while a layer is being computed.
    const barred = picture !== null || layer !== 'haadf' || room.reserve;
    const base = framePicture(
      pair,
      LEFT,
      TOP,
      room.width - LEFT - (barred ? BAR : 16),
      room.height - TOP - BELOW
    );
    this._base = base;
    const frame = camera.frame(base);
    this._cut(frame);
    if (canvas) {
      this._paint(canvas, frame, picture);
    }
    drawScanAxes(this._surface.group('axes'), pair, frame);
    if (picture) {
      this._drawBar(canvas, frame, picture);
    }
    const over = this._surface.group('over');
    drawExcluded(over, pair, frame, this._maskHatch);
    const missing =
      picture && missingOf(picture, pair, this._context.shown.window);
    if (missing) {
      const look = 'jp-mod-missing';
      drawFlagged(over, pair, frame, missing, this._missingHatch, look);
    }
    drawDraft(over, this._context, frame, this._flagHatch);
    this._split(over, frame, layer);
    this._drawScale(pair, frame);
    const state = picture ? '' : layerState(this._context, layer);
    if (state) {
      const room = Math.floor((frame.seen.width - 24) / 6.2);
      const lines = wrapText(state, 5.8 * room, 4);
      drawPlate(this._surface.group('scale'), frame.seen, lines);
    }
    return frame;
  }

  /** Cuts what reaches beyond the picture; unmagnified nothing does but marks at its edge. */
  private _cut({ seen, width }: IPictureFrame): void {
    for (const name of OVER) {
      const group = this._surface.group(name);
      if (width > seen.width + 0.5) {
        const { left, top } = seen;
        const [right, bottom] = [left + seen.width, top + seen.height];
        this._clip.apply(group, left, top, right, bottom);
      } else {
        group.attr('clip-path', null);
      }
    }
  }

  private _drawBar(
    canvas: CanvasRenderingContext2D | null,
    { seen }: IPictureFrame,
    picture: ILayerPicture
  ): void {
    const group = this._surface.group('bar');
    const left = seen.left + seen.width + 8;
    const { categories, title, factor } = picture;
    if (categories) {
      const { top, height } = seen;
      drawCategoryBar(group, { left, top, height, categories, title });
      return;
    }
    drawColourBar(canvas, group, {
      left,
      top: seen.top,
      width: 11,
      height: seen.height,
      colours: picture.colours as ColourName,
      low: factor * picture.low,
      high: factor * picture.high,
      title,
      titleGap: 41,
      format: value => significant(value, 4)
    });
  }

  private _drawScale(pair: IPair, frame: IPictureFrame): void {
    const { seen } = frame;
    const length =
      (Math.abs(pair.x.scale) * pair.nx * seen.width) / frame.width;
    const bar = pair.x.values ? null : chooseScaleBar(length, pair.x.units);
    if (bar) {
      drawScaleBar(
        this._surface.group('scale'),
        bar,
        seen.left,
        seen.top + seen.height,
        seen.width / length
      );
    }
  }

  private _paint(
    canvas: CanvasRenderingContext2D,
    frame: IPictureFrame,
    picture: ILayerPicture | null
  ): void {
    const { shown, workspace } = this._context;
    const pair = shown.pair!;
    const size = { width: pair.nx, height: pair.ny };
    const place = [frame.left, frame.top, frame.width, frame.height] as const;
    const { seen } = frame;
    canvas.save();
    canvas.beginPath();
    canvas.rect(seen.left, seen.top, seen.width, seen.height);
    canvas.clip();
    canvas.imageSmoothingEnabled = frame.pixelWidth < 1;
    const image = imagePicture(this._context);
    canvas.drawImage(this._image.paint({ ...size, ...image }), ...place);
    if (picture) {
      canvas.globalAlpha = picture.opaque ? 1 : workspace.navigation.opacity;
      canvas.drawImage(this._layer.paint({ ...size, ...picture }), ...place);
    }
    canvas.restore();
  }

  /** The split steps back while a step is prepared: the data it belongs to may change. */
  private _split(
    over: GroupSelection,
    frame: IPictureFrame,
    layer: ShownLayer
  ): void {
    const { shown, workspace, trans } = this._context;
    const { windows, setup } = workspace.data;
    const model = FROM_MODEL.has(layer) ? shown.active : null;
    const split = model ? shown.split : (windows?.map ?? null);
    if (split && !workspace.preprocessing.draft) {
      drawSplit(over, shown.pair!, frame, split, model?.setup ?? setup, {
        // Hatching would hide the values of a layer.
        hatch: layer === 'haadf' ? this._guardHatch : 'none',
        trans
      });
    }
  }

  private _context: IViewContext;
  private _surface: Surface;
  private _guardHatch: string;
  private _maskHatch: string;
  private _flagHatch: string;
  private _missingHatch: string;
  private _clip: Clip;
  private _base: IPictureFrame | null = null;
  private _image = new RasterCache();
  private _layer = new RasterCache();
}

/** Layers that belong to the active model, and so does the split drawn over them. */
const FROM_MODEL: ReadonlySet<ShownLayer> = new Set<ShownLayer>([
  'error',
  'difference',
  'latent',
  'cluster',
  'veracity',
  'split'
]);
