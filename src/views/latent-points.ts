/** The points of the latent plot on its canvas. */
import { extractWindow } from '../signal/windows';
import type { IPair } from '../signal/types';
import { channelsOf, colourRows, cssColour } from './latent-colours';
import type { ILatentFrame } from './latent-frame';
import type { IPalette } from './marks/palette';
import { drawDiscs, drawSquarePoints } from './marks/points';
import { drawThumbnails, pickThumbnails } from './marks/thumbnails';
import type { ILayerPicture } from './navigator-layers';

/** Radius below which points are squares without outline, px: circles could not be told from them. */
const LEAST_CIRCLE = 1.5;
/** Opacity of points that are not selected beside those that are. */
const FADED = 0.2;
/** Outlines of points: red, green, blue, opacity. */
const LIGHT_LINE = [255, 255, 255, 0.4] as const;
const DARK_LINE = [0, 0, 0, 0.25] as const;
/** Pictures of windows in one plot at most: more cannot be told apart. */
const MOST_PICTURES = 160;
/** Magnification from which windows are drawn as pictures. */
const PICTURES_FROM = 2.5;

export interface IPointsPicture {
  readonly frame: ILatentFrame;
  /** Magnification; 1 is fitted. */
  readonly scale: number;
  /** (n, 2) px. */
  readonly places: Float64Array;
  /** (n) flat pixel indices. */
  readonly positions: Int32Array;
  readonly colours: ILayerPicture | null;
  /** (ny, nx) 1 where selected; null for none. */
  readonly selected: Uint8Array | null;
  readonly palette: IPalette;
  readonly pair: IPair;
  /** Side of the windows, pixels of the scan. */
  readonly window: number;
  /** Grey limits of the pictures. */
  readonly grey: readonly [number, number];
}

/** Radius of a point, px: smaller where there are many. */
export function pointRadius(count: number, scale: number): number {
  const fitted = Math.max(1, Math.min(2.4, (160 / Math.sqrt(count + 1)) * 0.7));
  return Math.min(4, fitted * Math.sqrt(scale));
}

/** Index of the place nearest to a point, px; -1 where none is within `reach`. */
export function nearestPlace(
  places: Float64Array,
  x: number,
  y: number,
  reach: number
): number {
  let best = -1;
  let least = reach * reach;
  for (let i = 0; i < places.length / 2; i++) {
    const dx = places[2 * i] - x;
    const dy = places[2 * i + 1] - y;
    if (dx * dx + dy * dy < least) {
      least = dx * dx + dy * dy;
      best = i;
    }
  }
  return best;
}

/** Draws the points, and windows as pictures where the plot is magnified. */
export function paintPoints(
  context: CanvasRenderingContext2D,
  picture: IPointsPicture
): void {
  const { frame, selected, positions, places } = picture;
  context.save();
  context.beginPath();
  context.rect(frame.left, frame.top, frame.across, frame.side);
  context.clip();
  if (selected) {
    paintSome(context, picture, FADED, i => !selected[positions[i]]);
    paintSome(context, picture, 1, i => selected[positions[i]] === 1);
  } else {
    paintSome(context, picture, 1, () => true);
  }
  if (picture.scale >= PICTURES_FROM) {
    const side = pictureSide(picture.window, picture.scale);
    const shown = pickThumbnails(places, frame, side + 8, MOST_PICTURES);
    paintWindows(context, picture, shown, side);
  }
  context.restore();
}

/** A whole number of screen pixels for a pixel of the window, where windows are small enough. */
function pictureSide(window: number, scale: number): number {
  const wanted = Math.min(56, 22 + 4 * scale);
  return wanted < window ? wanted : Math.floor(wanted / window) * window;
}

function paintSome(
  context: CanvasRenderingContext2D,
  { colours, frame, palette, places, positions, scale }: IPointsPicture,
  opacity: number,
  drawn: (point: number) => boolean
): void {
  const radius = pointRadius(positions.length, scale);
  const rows = colours && colourRows(colours);
  const own = rows?.table ?? [];
  // The last row is for points without a value.
  const none = own.length / 3;
  const points = {
    ...frame,
    places,
    size: 2 * radius,
    table: [...own, ...channelsOf(palette.guard)],
    drawn,
    colour: (i: number) => {
      const row = rows?.row(positions[i]) ?? -1;
      return row < 0 ? none : row;
    }
  };
  context.globalAlpha = opacity;
  if (radius < LEAST_CIRCLE) {
    drawSquarePoints(context, points);
  } else {
    drawDiscs(context, {
      ...points,
      // Outlines of many faded points would add up to dark ones.
      outline: opacity < 1 ? null : palette.dark ? LIGHT_LINE : DARK_LINE,
      lineWidth: 0.5
    });
  }
  context.globalAlpha = 1;
}

function paintWindows(
  context: CanvasRenderingContext2D,
  picture: IPointsPicture,
  points: readonly number[],
  side: number
): void {
  const { colours, pair, palette, places, positions, window } = picture;
  const size = window * window;
  const images = new Float32Array(points.length * size);
  points.forEach((point, i) =>
    extractWindow(
      pair.image,
      pair.nx,
      window,
      positions[point],
      images.subarray(i * size, (i + 1) * size)
    )
  );
  drawThumbnails(context, {
    images,
    window,
    low: picture.grey[0],
    high: picture.grey[1],
    places: Float64Array.from(
      points.flatMap(point => [places[2 * point], places[2 * point + 1]])
    ),
    colours: points.map(point =>
      colours
        ? cssColour(colours, positions[point], palette.guard)
        : palette.guard
    ),
    side
  });
}
