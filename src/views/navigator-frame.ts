import { scaleLinear } from 'd3-scale';
import { axisValue } from '../signal/axis';
import type { IAxis, IPair } from '../signal/types';
import { drawBottomAxis, drawLeftAxis } from './marks/axes';
import { fitPicture } from './marks/fit';
import type { GroupSelection } from './marks/surface';

/** A rectangle on screen, CSS pixels. */
export interface IArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where a picture of the whole scan stands on screen, CSS pixels; magnified, it reaches beyond what is seen. */
export interface IPictureFrame extends IArea {
  readonly pixelWidth: number;
  readonly pixelHeight: number;
  /** The part of the screen that shows the picture. */
  readonly seen: IArea;
}

/** Height of a scan pixel over its width, in units of the axes; 1 where the units differ. */
export function pixelAspect(pair: IPair): number {
  const { x, y } = pair;
  if (x.units !== y.units || x.values || y.values) {
    return 1;
  }
  const ratio = Math.abs(y.scale / x.scale);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : 1;
}

/** The largest picture of the scan within an area. */
export function framePicture(
  pair: IPair,
  left: number,
  top: number,
  width: number,
  height: number
): IPictureFrame {
  const fit = fitPicture(width, height, pair.nx, pair.ny, pixelAspect(pair));
  const { width: across, height: down } = fit;
  return {
    left,
    top,
    ...fit,
    seen: { left, top, width: across, height: down }
  };
}

/** True where a point lies over what is seen of a picture, or within `border` px of it. */
export function isSeen(
  { seen }: IPictureFrame,
  x: number,
  y: number,
  border = 0
): boolean {
  return (
    x >= seen.left - border &&
    y >= seen.top - border &&
    x < seen.left + seen.width + border &&
    y < seen.top + seen.height + border
  );
}

/** Pixel (row, column) under a point, kept within the scan. */
export function pixelAt(
  frame: IPictureFrame,
  pair: IPair,
  x: number,
  y: number
): readonly [number, number] {
  const column = Math.floor((x - frame.left) / frame.pixelWidth);
  const row = Math.floor((y - frame.top) / frame.pixelHeight);
  return [
    Math.max(0, Math.min(pair.ny - 1, row)),
    Math.max(0, Math.min(pair.nx - 1, column))
  ];
}

/** Draws the x and y axes of a picture with their units. */
export function drawScanAxes(
  group: GroupSelection,
  pair: IPair,
  frame: IPictureFrame
): void {
  const { x, y } = pair;
  const { seen } = frame;
  const right = seen.left + seen.width;
  const bottom = seen.top + seen.height;
  const column = (at: number): number => (at - frame.left) / frame.pixelWidth;
  const row = (at: number): number => (at - frame.top) / frame.pixelHeight;
  // The tick of pixel 0 stands at its left edge, as the picture begins there.
  const xScale = scaleLinear()
    .domain([placeOn(x, column(seen.left)), placeOn(x, column(right))])
    .range([seen.left, right]);
  const yScale = scaleLinear()
    .domain([placeOn(y, row(seen.top)), placeOn(y, row(bottom))])
    .range([seen.top, bottom]);
  drawBottomAxis(group, {
    scale: xScale,
    at: bottom,
    ticks: Math.max(2, Math.round(seen.width / 62)),
    title: withUnits('x', x.units),
    titleGap: 27
  });
  drawLeftAxis(group, {
    scale: yScale,
    at: seen.left,
    ticks: Math.max(2, Math.round(seen.height / 56)),
    title: withUnits('y', y.units),
    titleGap: 30
  });
}

/** Value of an axis at a place in pixels from its beginning; between its values it runs straight. */
function placeOn(axis: IAxis, place: number): number {
  const before = Math.max(0, Math.min(axis.size - 2, Math.floor(place)));
  const from = axisValue(axis, before);
  const step = axis.size > 1 ? axisValue(axis, before + 1) - from : 1;
  return from + (place - before) * step;
}

function withUnits(name: string, units: string): string {
  return `${name} (${units || 'px'})`;
}
