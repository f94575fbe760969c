import { drawDraft } from './draft-layer';
import { drawExcluded } from './excluded-layer';
import { drawColourBar } from './marks/colour-bar';
import { addFlagHatch, addHatch } from './marks/hatch';
import { RasterCache } from './marks/raster';
import { chooseScaleBar, drawScaleBar } from './marks/scale-bar';
import type { GroupSelection, Surface } from './marks/surface';
import {
  drawScanAxes,
  framePicture,
  type IPictureFrame
} from './navigator-frame';
import {
  type ILayerPicture,
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

/** What does not follow the pointer: image, layer, axes, colour bar, hatches, split, scale bar. */
export class NavigatorPicture {
  constructor(context: IViewContext, surface: Surface) {
    this._context = context;
    this._surface = surface;
    this._guardHatch = addHatch(surface.svg, 'jp-Eelscape-guardHatch');
    this._maskHatch = addFlagHatch(surface.svg, 'jp-Eelscape-maskHatch');
    this._flagHatch = addFlagHatch(surface.svg, 'jp-Eelscape-flagHatch');
    for (const name of ['axes', 'bar', 'over']) {
      surface.group(name);
    }
  }

  /** Draws onto the empty surface and returns where the picture stands; null without data. */
  draw(
    canvas: CanvasRenderingContext2D | null,
    layer: ShownLayer,
    room: IPictureRoom
  ): IPictureFrame | null {
    const pair = this._context.shown.pair;
    if (!pair) {
      return null;
    }
    const picture = pictureOf(this._context, layer);
    const frame = framePicture(
      pair,
      LEFT,
      TOP,
      room.width - LEFT - (picture || room.reserve ? BAR : 16),
      room.height - TOP - BELOW
    );
    if (canvas) {
      this._paint(canvas, frame, picture);
    }
    drawScanAxes(this._surface.group('axes'), pair, frame);
    if (picture) {
      drawColourBar(canvas, this._surface.group('bar'), {
        left: frame.left + frame.width + 8,
        top: frame.top,
        width: 11,
        height: frame.height,
        colours: picture.colours,
        low: picture.factor * picture.low,
        high: picture.factor * picture.high,
        title: picture.title,
        titleGap: 41,
        format: value => significant(value, 4)
      });
    }
    const over = this._surface.group('over');
    drawExcluded(over, pair, frame, this._maskHatch);
    drawDraft(over, this._context, frame, this._flagHatch);
    this._split(over, frame, layer);
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
    return frame;
  }

  private _paint(
    canvas: CanvasRenderingContext2D,
    frame: IPictureFrame,
    picture: ILayerPicture | null
  ): void {
    const { shown, workspace } = this._context;
    const pair = shown.pair!;
    const [low, high] = shown.imageLimits();
    const size = { width: pair.nx, height: pair.ny };
    const place = [frame.left, frame.top, frame.width, frame.height] as const;
    const image = { values: pair.image, colours: 'grey', low, high } as const;
    canvas.imageSmoothingEnabled = frame.pixelWidth < 1;
    canvas.drawImage(this._image.paint({ ...size, ...image }), ...place);
    if (picture) {
      canvas.globalAlpha = picture.opaque ? 1 : workspace.navigation.opacity;
      canvas.drawImage(this._layer.paint({ ...size, ...picture }), ...place);
      canvas.globalAlpha = 1;
    }
  }

  /** The split steps back while a step is prepared: the data it belongs to may change. */
  private _split(
    over: GroupSelection,
    frame: IPictureFrame,
    layer: ShownLayer
  ): void {
    const { shown, workspace, trans } = this._context;
    const { windows, setup } = workspace.data;
    const model = layer === 'error' ? shown.active : null;
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
  private _image = new RasterCache();
  private _layer = new RasterCache();
}
