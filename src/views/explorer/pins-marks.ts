/** Parts of the gallery that both of its forms draw: windows, images, curves. */
import { crossPath, drawHaloed } from '../marks/pointer';
import { paintRaster } from '../marks/raster';
import type { GroupSelection } from '../marks/surface';
import type { Shown } from '../shown';
import type { IPinEntry } from './pins-content';

export interface ISquare {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** Paints an image of (window, window) on the grey scale of the HAADF image and frames it. */
export function drawImage(
  canvas: CanvasRenderingContext2D | null,
  group: GroupSelection,
  shown: Shown,
  values: Float32Array,
  { left, top, side }: ISquare
): void {
  const [low, high] = shown.imageLimits();
  const size = Math.round(Math.sqrt(values.length));
  if (canvas) {
    canvas.imageSmoothingEnabled = false;
    const picture = paintRaster({
      values,
      width: size,
      height: size,
      colours: 'grey',
      low,
      high
    });
    canvas.drawImage(picture, left, top, side, side);
  }
  drawFrame(group, 'jp-Eelscape-frame', { left, top, side });
}

/** The window of a location with the crosshair on its pixel; hatched where it leaves the image. */
export function drawWindow(
  canvas: CanvasRenderingContext2D | null,
  group: GroupSelection,
  shown: Shown,
  { pin, image }: IPinEntry,
  square: ISquare,
  hatch: string
): void {
  const { left, top, side } = square;
  const { window, pair } = shown;
  drawImage(canvas, group, shown, image, square);
  const pixel = side / window;
  const half = window / 2;
  const hidden = (count: number): number => Math.max(0, count) * pixel;
  const above = hidden(half - pin.row);
  const before = hidden(half - pin.column);
  const below = hidden(pin.row + half - (pair?.ny ?? 0));
  const after = hidden(pin.column + half - (pair?.nx ?? 0));
  for (const [x, y, width, height] of [
    [left, top, side, above],
    [left, top + side - below, side, below],
    [left, top + above, before, side - above - below],
    [left + side - after, top + above, after, side - above - below]
  ]) {
    if (width > 0 && height > 0) {
      group
        .append('rect')
        .attr('x', x)
        .attr('y', y)
        .attr('width', width)
        .attr('height', height)
        .attr('fill', hatch);
    }
  }
  const at = (half + 0.5) * pixel;
  const arm = Math.min(11, 0.18 * side);
  drawHaloed(
    group,
    crossPath(left + at, top + at, arm, Math.min(4, 0.35 * arm)),
    side < 48 ? 'jp-Eelscape-pointer jp-mod-thin' : 'jp-Eelscape-pointer'
  );
}

/** The place of an image that there is not. */
export function drawNoImage(
  group: GroupSelection,
  square: ISquare,
  hatch: string
): void {
  drawFrame(group, 'jp-Eelscape-frame', square).attr('fill', hatch);
}

function drawFrame(
  group: GroupSelection,
  className: string,
  { left, top, side }: ISquare
): GroupSelection {
  return group
    .append('rect')
    .attr('class', className)
    .attr('x', left + 0.5)
    .attr('y', top + 0.5)
    .attr('width', side - 1)
    .attr('height', side - 1) as unknown as GroupSelection;
}

/** The highest and the lowest intensity of all that is drawn, on one scale for all locations. */
export function sharedCurves(entries: readonly IPinEntry[]): Float32Array[] {
  const spectra = entries.flatMap(({ excluded, spectrum, predictions }) => [
    // A saturated pixel must not flatten the others.
    ...(excluded || !spectrum.length ? [] : [spectrum]),
    ...predictions.flatMap(({ model, values }) =>
      values && model.kind === 'im2spec' ? [values] : []
    )
  ]);
  return spectra.length ? spectra : entries.map(({ spectrum }) => spectrum);
}
