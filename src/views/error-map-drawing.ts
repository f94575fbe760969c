/** Error maps over the HAADF image: where they stand and what is drawn over them. */
import type { IPair } from '../signal/types';
import { boxPath, crossPath, drawHaloed } from './marks/pointer';
import { outlineOfLabel } from './marks/regions';
import { chooseScaleBar, drawScaleBar } from './marks/scale-bar';
import type { GroupSelection } from './marks/surface';
import { framePicture, type IPictureFrame } from './navigator-frame';
import type { Shown } from './shown';

/** An area for pictures, px. */
export interface IArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Height of the caption above each of several maps, px. */
export const CAPTION = 30;
const GAP = 12;
/** Room for the caption of one of several maps, px. */
const NARROWEST = 84;

/** Frames of `count` pictures of one size in an area, in as many columns as make them largest. */
export function mapFrames(
  pair: IPair,
  count: number,
  area: IArea
): IPictureFrame[] {
  const caption = count > 1 ? CAPTION : 0;
  let best: IPictureFrame[] = [];
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const width = (area.width - (columns - 1) * GAP) / columns;
    if (count > 1 && columns > 1 && width < NARROWEST) {
      break;
    }
    const height = (area.height - (rows - 1) * GAP) / rows - caption;
    const frames = Array.from({ length: count }, (_, i) => {
      const column = i % columns;
      const row = Math.floor(i / columns);
      const { width: w, height: h } = framePicture(pair, 0, 0, width, height);
      return framePicture(
        pair,
        area.left + column * (count > 1 ? Math.max(w, NARROWEST) + GAP : 0),
        area.top + caption + row * (h + caption + GAP),
        width,
        height
      );
    });
    if (!best.length || frames[0].pixelWidth > best[0].pixelWidth) {
      best = frames;
    }
  }
  return best;
}

/** The frame that a point lies in; null beside all of them. */
export function frameAt(
  frames: readonly IPictureFrame[],
  x: number,
  y: number
): IPictureFrame | null {
  return (
    frames.find(
      frame =>
        x >= frame.left &&
        y >= frame.top &&
        x < frame.left + frame.width &&
        y < frame.top + frame.height
    ) ?? null
  );
}

/** The scale bar of a picture where its axis has units. */
export function drawMapScale(
  group: GroupSelection,
  pair: IPair,
  frame: IPictureFrame
): void {
  const length = Math.abs(pair.x.scale) * pair.nx;
  const bar = pair.x.values ? null : chooseScaleBar(length, pair.x.units);
  // On a small picture the bar would hide what it measures.
  if (bar && frame.width >= 120) {
    drawScaleBar(
      group,
      bar,
      frame.left,
      frame.top + frame.height,
      frame.width / length
    );
  }
}

/** The window of the pointer and its crosshair. */
export function drawMapPointer(
  group: GroupSelection,
  shown: Shown,
  frame: IPictureFrame
): void {
  const [row, column] = shown.pointer;
  const x = (c: number): number => frame.left + c * frame.pixelWidth;
  const y = (r: number): number => frame.top + r * frame.pixelHeight;
  if (shown.fits(row, column)) {
    const half = shown.window / 2;
    drawHaloed(
      group,
      boxPath(x(column - half), y(row - half), x(column + half), y(row + half))
    );
  }
  drawHaloed(group, crossPath(x(column + 0.5), y(row + 0.5), 10, 3));
}

/** Line around the windows that are selected. */
export function drawMapSelection(
  group: GroupSelection,
  pair: IPair,
  frame: IPictureFrame,
  mask: Uint8Array
): void {
  const path = outlineOfLabel(
    mask,
    pair.nx,
    pair.ny,
    1,
    x => frame.left + x * frame.pixelWidth,
    y => frame.top + y * frame.pixelHeight
  );
  for (const halo of [' jp-mod-halo', '']) {
    group
      .append('path')
      .attr('class', `jp-Eelscape-selectedWindows${halo}`)
      .attr('d', path);
  }
}
