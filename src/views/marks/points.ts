/** Many small points at once: thousands of drawing commands would take longer than a frame. */
import { figureMode } from './figure-mode';

export interface IPoints {
  /** (count, 2) places, px. */
  readonly places: Float64Array;
  /** Colours as red, green, blue; (n, 3). */
  readonly table: ArrayLike<number>;
  /** Row of `table` for a point. */
  readonly colour: (point: number) => number;
  /** False: a point is left out. */
  readonly drawn?: (point: number) => boolean;
  /** The frame that points outside of are left out, px: a square, or wider. */
  readonly left: number;
  readonly top: number;
  readonly side: number;
  readonly across?: number;
  /** Side of a point, px. */
  readonly size: number;
}

/** Draws square points; later ones cover earlier ones. */
export function drawSquarePoints(
  context: CanvasRenderingContext2D,
  points: IPoints
): void {
  onSheet(context, points, (data, { wide, high }, ratio) => {
    const { places, table, left, top } = points;
    const width = Math.max(1, Math.round(points.size * ratio));
    for (let i = 0; i < places.length / 2; i++) {
      if (points.drawn?.(i) === false) {
        continue;
      }
      const x0 = Math.round((places[2 * i] - left) * ratio - width / 2);
      const y0 = Math.round((places[2 * i + 1] - top) * ratio - width / 2);
      const c = 3 * points.colour(i);
      for (let y = Math.max(0, y0); y < Math.min(high, y0 + width); y++) {
        for (let x = Math.max(0, x0); x < Math.min(wide, x0 + width); x++) {
          const at = 4 * (y * wide + x);
          data[at] = table[c];
          data[at + 1] = table[c + 1];
          data[at + 2] = table[c + 2];
          data[at + 3] = 255;
        }
      }
    }
  });
}

export interface IDiscs extends IPoints {
  /** Red, green, blue and opacity (0 to 1) of the outline; null for none. */
  readonly outline: readonly [number, number, number, number] | null;
  /** Width of the outline, px. */
  readonly lineWidth: number;
}

/** Places within a screen pixel that discs are drawn for, along x and y. */
const PHASES = 4;

/** Draws discs of diameter `size`; later ones cover earlier ones. Their places are rounded to a quarter of a screen pixel. */
export function drawDiscs(
  context: CanvasRenderingContext2D,
  points: IDiscs
): void {
  onSheet(context, points, (data, { wide, high }, ratio) => {
    const { places, table, left, top, outline } = points;
    const radius = (points.size / 2) * ratio;
    const line = outline ? points.lineWidth * ratio : 0;
    const stampAtPhase = stampsOf(radius, line);
    const [lineRed, lineGreen, lineBlue, lineOpacity] = outline ?? [0, 0, 0, 0];
    for (let i = 0; i < places.length / 2; i++) {
      if (points.drawn?.(i) === false) {
        continue;
      }
      const x = Math.round((places[2 * i] - left) * ratio * PHASES);
      const y = Math.round((places[2 * i + 1] - top) * ratio * PHASES);
      // Places that are not finite fail every comparison.
      if (!(x > -1e6 && x < 1e6 && y > -1e6 && y < 1e6)) {
        continue;
      }
      const column = Math.floor(x / PHASES);
      const row = Math.floor(y / PHASES);
      const { reach, discs, rings } =
        stampAtPhase[(y - row * PHASES) * PHASES + (x - column * PHASES)];
      const c = 3 * points.colour(i);
      const width = 2 * reach + 1;
      for (let dy = -reach; dy <= reach; dy++) {
        const v = row + dy;
        if (v < 0 || v >= high) {
          continue;
        }
        for (let dx = -reach; dx <= reach; dx++) {
          const u = column + dx;
          if (u < 0 || u >= wide) {
            continue;
          }
          const k = (dy + reach) * width + dx + reach;
          const at = 4 * (v * wide + u);
          blend(data, at, table[c], table[c + 1], table[c + 2], discs[k]);
          blend(data, at, lineRed, lineGreen, lineBlue, lineOpacity * rings[k]);
        }
      }
    }
  });
}

interface IStamp {
  /** Pixels to either side of the middle one. */
  readonly reach: number;
  /** (2 reach + 1)^2 shares of the pixels that the disc covers. */
  readonly discs: Float32Array;
  /** The same of its outline. */
  readonly rings: Float32Array;
}

const stamps = new Map<string, IStamp[]>();

/** A stamp for each place within a pixel, sampled 4 x 4 times a pixel. */
function stampsOf(radius: number, line: number): IStamp[] {
  const key = `${radius},${line}`;
  let known = stamps.get(key);
  if (!known) {
    // Zooming goes through many radii.
    if (stamps.size > 16) {
      stamps.clear();
    }
    known = Array.from({ length: PHASES * PHASES }, (_, phase) =>
      stampAt(
        (phase % PHASES) / PHASES,
        Math.floor(phase / PHASES) / PHASES,
        radius,
        line
      )
    );
    stamps.set(key, known);
  }
  return known;
}

function stampAt(
  middleX: number,
  middleY: number,
  radius: number,
  line: number
): IStamp {
  const reach = Math.ceil(radius + line / 2) + 1;
  const width = 2 * reach + 1;
  const samples = 4;
  const share = 1 / samples ** 2;
  const discs = new Float32Array(width * width);
  const rings = new Float32Array(width * width);
  for (let k = 0; k < width * width; k++) {
    const left = (k % width) - reach - middleX;
    const top = Math.floor(k / width) - reach - middleY;
    for (let s = 0; s < samples * samples; s++) {
      const x = left + ((s % samples) + 0.5) / samples;
      const y = top + (Math.floor(s / samples) + 0.5) / samples;
      const distance = Math.sqrt(x * x + y * y);
      discs[k] += distance <= radius ? share : 0;
      rings[k] += Math.abs(distance - radius) <= line / 2 ? share : 0;
    }
  }
  return { reach, discs, rings };
}

/** Lays a colour over a pixel; neither is premultiplied. */
export function blend(
  data: Uint8ClampedArray,
  at: number,
  red: number,
  green: number,
  blue: number,
  opacity: number
): void {
  if (opacity <= 0) {
    return;
  }
  if (opacity === 1) {
    data[at] = red;
    data[at + 1] = green;
    data[at + 2] = blue;
    data[at + 3] = 255;
    return;
  }
  const below = (data[at + 3] / 255) * (1 - opacity);
  const whole = opacity + below;
  data[at] = (red * opacity + data[at] * below) / whole;
  data[at + 1] = (green * opacity + data[at + 1] * below) / whole;
  data[at + 2] = (blue * opacity + data[at + 2] * below) / whole;
  data[at + 3] = 255 * whole;
}

/** Screen pixels of a sheet along x and y. */
interface ISheetSize {
  readonly wide: number;
  readonly high: number;
}

interface ISheet {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  readonly picture: ImageData;
}

/** The sheet of each canvas that is drawn on, kept: points that glide are drawn 60 times a second. */
const sheets = new WeakMap<CanvasRenderingContext2D, ISheet>();

/** An empty sheet; null where the browser gives none. */
function sheetFor(
  context: CanvasRenderingContext2D,
  { wide, high }: ISheetSize
): ISheet | null {
  const known = sheets.get(context);
  if (known?.canvas.width === wide && known.canvas.height === high) {
    known.picture.data.fill(0);
    return known;
  }
  const canvas = document.createElement('canvas');
  canvas.width = wide;
  canvas.height = high;
  const over = canvas.getContext('2d');
  if (!over) {
    return null;
  }
  const picture = over.createImageData(wide, high);
  const sheet = { canvas, context: over, picture };
  sheets.set(context, sheet);
  return sheet;
}

/** Has `paint` write the screen pixels of the frame, and lays them over what is there. */
function onSheet(
  context: CanvasRenderingContext2D,
  { left, top, side, across = side }: IPoints,
  paint: (data: Uint8ClampedArray, size: ISheetSize, ratio: number) => void
): void {
  const ratio = figureMode().ratio ?? (window.devicePixelRatio || 1);
  const size = {
    wide: Math.max(1, Math.round(across * ratio)),
    high: Math.max(1, Math.round(side * ratio))
  };
  const sheet = sheetFor(context, size);
  if (sheet) {
    paint(sheet.picture.data, size, ratio);
    sheet.context.putImageData(sheet.picture, 0, 0);
    context.drawImage(sheet.canvas, left, top, across, side);
  }
}
