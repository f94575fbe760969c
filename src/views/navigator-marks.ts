/** What is drawn over the navigator's picture: pointers with their windows, pins, rings, the selection. */
import { outlineOfLabel } from './marks/regions';
import { boxPath, crossPath, drawHaloed, ringPath } from './marks/pointer';
import { drawPlate } from './marks/plate';
import type { GroupSelection } from './marks/surface';
import type { IPictureFrame } from './navigator-frame';
import type { IViewContext } from './view';
import { significant } from './wording';

/** Radius of a pin's disc, px. */
export const PIN_RADIUS = 8;

/** Rings drawn at most: more would hide the picture. */
const MOST_RINGS = 200;

/** The pointer with its window, its size, and the windows of the latent cursor ringed. */
export function drawPointer(
  group: GroupSelection,
  { shown, workspace }: IViewContext,
  frame: IPictureFrame
): void {
  const { pointer, pointerSize } = workspace.navigation;
  const [row, column] = pointer;
  const { nx } = shown.pair!;
  drawRings(group, frame, shown.cursorWindows(), nx, {
    radius: 5,
    className: 'jp-Eelscape-pointer jp-mod-thin'
  });
  const box = windowBox(frame, row, column, shown.window);
  if (shown.fits(row, column)) {
    drawHaloed(group, box);
  }
  if (pointerSize > 1) {
    drawHaloed(
      group,
      squareAround(frame, row, column, pointerSize),
      'jp-Eelscape-pointer jp-mod-thin'
    );
  }
  drawHaloed(group, crossPath(...middle(frame, row, column), 16, 4));
}

/** The second pointer, dashed, with its window and what tells it from the first. */
export function drawSecondPointer(
  group: GroupSelection,
  { shown, workspace }: IViewContext,
  frame: IPictureFrame,
  lines: readonly string[]
): void {
  const second = workspace.navigation.secondPointer;
  if (!second) {
    return;
  }
  const [row, column] = second;
  const className = 'jp-Eelscape-pointer jp-mod-second';
  if (shown.fits(row, column)) {
    const box = windowBox(frame, row, column, shown.window);
    drawHaloed(group, box, className);
  }
  const [x, y] = middle(frame, row, column);
  drawHaloed(group, crossPath(x, y, 12, 4), className);
  group
    .append('text')
    .attr('class', 'jp-Eelscape-outlineName jp-mod-second')
    .attr('x', x + 6)
    .attr('y', y - 6)
    .text('2');
  drawPlate(group, frame.seen, lines);
}

/** The pinned locations with their letters. */
export function drawPins(
  group: GroupSelection,
  { workspace }: IViewContext,
  frame: IPictureFrame
): void {
  const [row, column] = workspace.navigation.pointer;
  for (const pin of workspace.explorer.pins.items) {
    const [x, y] = middle(frame, pin.row, pin.column);
    const here = pin.row === row && pin.column === column;
    group
      .append('circle')
      .attr('class', `jp-Eelscape-pin${here ? ' jp-mod-chosen' : ''}`)
      .attr('cx', x)
      .attr('cy', y)
      .attr('r', PIN_RADIUS);
    group
      .append('text')
      .attr('class', 'jp-Eelscape-pinLetter')
      .attr('x', x)
      .attr('y', y)
      .attr('dy', '0.34em')
      .text(pin.letter);
  }
}

/** The windows that another view points at. */
export function drawHighlight(
  group: GroupSelection,
  { highlight, shown }: IViewContext,
  frame: IPictureFrame
): void {
  const pixels = highlight.pixels.slice(0, MOST_RINGS);
  drawRings(group, frame, pixels, shown.pair!.nx, {
    radius: 7,
    className: 'jp-Eelscape-pointer jp-mod-highlight'
  });
}

interface IOutline {
  readonly frame: string;
  readonly path: string;
}

const outlines = new WeakMap<Uint8Array, IOutline>();

/** The outline of the selected windows, whoever selected them. */
export function drawSelection(
  group: GroupSelection,
  { shown, workspace }: IViewContext,
  frame: IPictureFrame
): void {
  const { mask } = workspace.explorer.selection;
  const pair = shown.pair!;
  if (mask?.length !== pair.nx * pair.ny) {
    return;
  }
  const key = JSON.stringify(frame);
  let outline = outlines.get(mask);
  if (outline?.frame !== key) {
    const toX = (x: number): number => frame.left + x * frame.pixelWidth;
    const toY = (y: number): number => frame.top + y * frame.pixelHeight;
    const path = outlineOfLabel(mask, pair.nx, pair.ny, 1, toX, toY);
    outline = { frame: key, path };
    outlines.set(mask, outline);
  }
  for (const halo of [' jp-mod-halo', '']) {
    group
      .append('path')
      .attr('class', `jp-Eelscape-selection${halo}`)
      .attr('d', outline.path);
  }
}

/** The rectangle of pixels that a drag selects. */
export function drawRubberBand(
  group: GroupSelection,
  frame: IPictureFrame,
  [top, left, bottom, right]: readonly [number, number, number, number]
): void {
  const path = boxPath(
    frame.left + left * frame.pixelWidth,
    frame.top + top * frame.pixelHeight,
    frame.left + (right + 1) * frame.pixelWidth,
    frame.top + (bottom + 1) * frame.pixelHeight
  );
  group.append('path').attr('class', 'jp-Eelscape-rubberBand').attr('d', path);
}

function drawRings(
  group: GroupSelection,
  frame: IPictureFrame,
  pixels: readonly number[],
  nx: number,
  { radius, className }: { radius: number; className: string }
): void {
  // One path for all: a grid may point at many windows with each move of the mouse.
  const path = pixels
    .map(pixel => {
      const row = Math.floor(pixel / nx);
      return ringPath(...middle(frame, row, pixel - row * nx), radius);
    })
    .join('');
  if (path) {
    drawHaloed(group, path, className);
  }
}

/** The middle of a pixel, px. */
export function middle(
  frame: IPictureFrame,
  row: number,
  column: number
): [number, number] {
  return [
    frame.left + (column + 0.5) * frame.pixelWidth,
    frame.top + (row + 0.5) * frame.pixelHeight
  ];
}

/** The window of a pixel, which is its element [w/2, w/2]. */
function windowBox(
  frame: IPictureFrame,
  row: number,
  column: number,
  window: number
): string {
  const half = window / 2;
  return boxPath(
    frame.left + (column - half) * frame.pixelWidth,
    frame.top + (row - half) * frame.pixelHeight,
    frame.left + (column + half) * frame.pixelWidth,
    frame.top + (row + half) * frame.pixelHeight
  );
}

function squareAround(
  frame: IPictureFrame,
  row: number,
  column: number,
  side: number
): string {
  const [x, y] = middle(frame, row, column);
  const a = (side / 2) * frame.pixelWidth;
  const b = (side / 2) * frame.pixelHeight;
  return boxPath(x - a, y - b, x + a, y + b);
}

/** Distance of two pixels in units of the axes; in pixels where those have none. */
export function distanceText(
  { shown }: IViewContext,
  from: readonly [number, number],
  to: readonly [number, number]
): string {
  const { x, y } = shown.pair!;
  const [dy, dx] = [to[0] - from[0], to[1] - from[1]];
  const scaled = x.units && x.units === y.units && !x.values && !y.values;
  const length = scaled
    ? Math.hypot(dx * x.scale, dy * y.scale)
    : Math.hypot(dx, dy);
  return `${significant(length, 3)} ${scaled ? x.units : 'px'}`;
}
