import { scaleLinear } from 'd3-scale';
import { axisValue } from '../signal/axis';
import type { IPair } from '../signal/types';
import { drawBottomAxis, drawLeftAxis } from './marks/axes';
import { fitPicture } from './marks/fit';
import type { GroupSelection } from './marks/surface';

/** Where a picture of the scan stands on screen, CSS pixels. */
export interface IPictureFrame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly pixelWidth: number;
  readonly pixelHeight: number;
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
  return { left, top, ...fit };
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
  // The tick of pixel 0 stands at its left edge, as the picture begins there.
  const xScale = scaleLinear()
    .domain([axisValue(x, 0), edge(x.size, i => axisValue(x, i))])
    .range([frame.left, frame.left + frame.width]);
  const yScale = scaleLinear()
    .domain([axisValue(y, 0), edge(y.size, i => axisValue(y, i))])
    .range([frame.top, frame.top + frame.height]);
  drawBottomAxis(group, {
    scale: xScale,
    at: frame.top + frame.height,
    ticks: Math.max(2, Math.round(frame.width / 62)),
    title: withUnits('x', x.units),
    titleGap: 27
  });
  drawLeftAxis(group, {
    scale: yScale,
    at: frame.left,
    ticks: Math.max(2, Math.round(frame.height / 56)),
    title: withUnits('y', y.units),
    titleGap: 30
  });
}

/** Value one step beyond the last of an axis. */
function edge(size: number, value: (i: number) => number): number {
  return size > 1 ? 2 * value(size - 1) - value(size - 2) : value(0) + 1;
}

function withUnits(name: string, units: string): string {
  return `${name} (${units || 'px'})`;
}
