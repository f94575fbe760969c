import { colourOf, type ColourName, luminanceOf } from './colour-table';
import { thinCurve } from './curve';
import { paintRaster } from './raster';

/** A square of size x size tiles; tile (column, row) has row 0 at the BOTTOM. */
export interface ITileFrame {
  readonly left: number;
  readonly top: number;
  readonly size: number;
  /** Side of a tile, px. */
  readonly tile: number;
}

export interface ISpectraTiles {
  /** (size * size, channels). */
  readonly values: Float32Array;
  readonly channels: number;
  /** (size * size): what colours a tile. */
  readonly intensities: Float64Array;
  readonly low: number;
  readonly high: number;
  /** Intensities at the bottom and the top of every tile. */
  readonly bottom: number;
  readonly peak: number;
  readonly colours: ColourName;
}

export interface IImageTiles {
  /** (size * size, window, window). */
  readonly values: Float32Array;
  readonly window: number;
  readonly low: number;
  readonly high: number;
}

/** Left and top of a tile, px. */
export function tileOrigin(
  frame: ITileFrame,
  node: number
): readonly [number, number] {
  const column = node % frame.size;
  const row = Math.floor(node / frame.size);
  return [
    frame.left + column * frame.tile,
    frame.top + (frame.size - 1 - row) * frame.tile
  ];
}

/** The node under a point, or -1. */
export function tileAt(frame: ITileFrame, x: number, y: number): number {
  const column = Math.floor((x - frame.left) / frame.tile);
  const fromTop = Math.floor((y - frame.top) / frame.tile);
  if (
    column < 0 ||
    fromTop < 0 ||
    column >= frame.size ||
    fromTop >= frame.size
  ) {
    return -1;
  }
  return (frame.size - 1 - fromTop) * frame.size + column;
}

/** Draws a small spectrum on each tile, the tile coloured by its intensity. */
export function drawSpectraTiles(
  context: CanvasRenderingContext2D,
  frame: ITileFrame,
  tiles: ISpectraTiles
): void {
  const inner = frame.tile - 1;
  const pad = Math.max(1, Math.round(inner * 0.1));
  const width = inner - 2 * pad;
  const columns = Math.max(4, Math.round(width * 1.5));
  const span = tiles.peak - tiles.bottom || 1;
  context.lineWidth = 1.1;
  context.lineJoin = 'round';
  for (let node = 0; node < frame.size * frame.size; node++) {
    const [left, top] = tileOrigin(frame, node);
    const value = tiles.intensities[node];
    context.fillStyle = colourOf(tiles.colours, value, tiles.low, tiles.high);
    context.fillRect(left, top, inner, inner);
    const bright =
      luminanceOf(tiles.colours, value, tiles.low, tiles.high) > 0.5;
    context.strokeStyle = bright ? '#000000' : '#ffffff';
    const curve = thinCurve(
      tiles.values,
      node * tiles.channels,
      tiles.channels,
      columns
    );
    context.beginPath();
    for (let c = 0; c < curve.length; c++) {
      const x = left + pad + (width * c) / Math.max(1, curve.length - 1);
      const t = Math.max(0, Math.min(1, (curve[c] - tiles.bottom) / span));
      const y = top + inner - pad - (inner - 2 * pad) * t;
      if (c === 0) {
        context.moveTo(x, y);
      } else {
        context.lineTo(x, y);
      }
    }
    context.stroke();
  }
}

/** Draws a small grey image on each tile, one scale for all. */
export function drawImageTiles(
  context: CanvasRenderingContext2D,
  frame: ITileFrame,
  tiles: IImageTiles
): void {
  const { window, low, high } = tiles;
  const inner = frame.tile - 1;
  // One canvas for all: a canvas for each tile takes ten times as long.
  const side = frame.size * window;
  const sheet = paintRaster({
    values: onSheet(tiles, frame.size),
    width: side,
    height: side,
    colours: 'grey',
    low,
    high
  });
  // Below two screen pixels a value, nearest neighbours would double some columns and not others.
  context.imageSmoothingEnabled = inner < 2 * window;
  for (let node = 0; node < frame.size * frame.size; node++) {
    const [left, top] = tileOrigin(frame, node);
    const x = (node % frame.size) * window;
    const y = Math.floor(node / frame.size) * window;
    context.drawImage(sheet, x, y, window, window, left, top, inner, inner);
  }
  context.imageSmoothingEnabled = true;
}

/** (size * window, size * window): the images beside each other, node 0 at the top left. */
function onSheet({ values, window }: IImageTiles, size: number): Float32Array {
  const sheet = new Float32Array(values.length);
  for (let node = 0; node < size * size; node++) {
    const column = (node % size) * window;
    const row = Math.floor(node / size) * window;
    for (let i = 0; i < window; i++) {
      const start = (node * window + i) * window;
      sheet.set(
        values.subarray(start, start + window),
        (row + i) * size * window + column
      );
    }
  }
  return sheet;
}

/** Veils the tiles where `far` is 1, so that they recede into the background. */
export function dimTiles(
  context: CanvasRenderingContext2D,
  frame: ITileFrame,
  far: Uint8Array,
  background: string
): void {
  context.save();
  context.globalAlpha = 0.75;
  context.fillStyle = background;
  for (let node = 0; node < frame.size * frame.size; node++) {
    if (far[node]) {
      const [left, top] = tileOrigin(frame, node);
      context.fillRect(left, top, frame.tile - 1, frame.tile - 1);
    }
  }
  context.restore();
}
