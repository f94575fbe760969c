/** Geometry of region outlines: handles, hits, moves and resizing, in pixels of the scan. */
import type { IRegionShape, RegionKind } from '../signal/types';
import { holds } from './regions';

/** (x, y) in pixels from the top left corner of the first pixel. */
export type ScanPoint = readonly [number, number];
export type ScanPoints = IRegionShape['points'];

/** What an edit of the outline pulls. */
export interface IRegionHandle {
  readonly point: ScanPoint;
  /** Index of the vertex of a polygon; of a bounding box 0 to 7, clockwise from the top left corner. */
  readonly index: number;
  /** Direction the handle pulls in, for the mouse cursor. */
  readonly pulls: 'nwse' | 'nesw' | 'ns' | 'ew' | 'all';
}

/** Left, top, right and bottom. */
export function boundsOf(
  points: ScanPoints
): readonly [number, number, number, number] {
  const xs = points.map(point => point[0]);
  const ys = points.map(point => point[1]);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** The handles of a shape: its vertices, or the corners and edges of its bounding box. */
export function handlesOf(shape: IRegionShape): readonly IRegionHandle[] {
  if (shape.kind === 'polygon') {
    return shape.points.map((point, index) => ({ point, index, pulls: 'all' }));
  }
  const [left, top, right, bottom] = boundsOf(shape.points);
  const x = (left + right) / 2;
  const y = (top + bottom) / 2;
  return (
    [
      [left, top, 'nwse'],
      [x, top, 'ns'],
      [right, top, 'nesw'],
      [right, y, 'ew'],
      [right, bottom, 'nwse'],
      [x, bottom, 'ns'],
      [left, bottom, 'nesw'],
      [left, y, 'ew']
    ] as const
  ).map(([px, py, pulls], index) => ({ point: [px, py], index, pulls }));
}

/** The points after the handle `index` was pulled to `to`; a box keeps at least a pixel. */
export function pullHandle(
  shape: IRegionShape,
  index: number,
  to: ScanPoint,
  ny: number,
  nx: number
): ScanPoints {
  const [x, y] = [within(to[0], nx), within(to[1], ny)];
  if (shape.kind === 'polygon') {
    return shape.points.map((point, i) => (i === index ? [x, y] : point));
  }
  let [left, top, right, bottom] = boundsOf(shape.points);
  if ([0, 6, 7].includes(index)) {
    left = Math.min(x, right - 1);
  }
  if ([2, 3, 4].includes(index)) {
    right = Math.max(x, left + 1);
  }
  if ([0, 1, 2].includes(index)) {
    top = Math.min(y, bottom - 1);
  }
  if ([4, 5, 6].includes(index)) {
    bottom = Math.max(y, top + 1);
  }
  return [
    [left, top],
    [right, bottom]
  ];
}

/** The points moved by (dx, dy) as far as the scan allows. */
export function movePoints(
  points: ScanPoints,
  dx: number,
  dy: number,
  ny: number,
  nx: number
): ScanPoints {
  const [left, top, right, bottom] = boundsOf(points);
  const by = [
    Math.max(-left, Math.min(nx - right, dx)),
    Math.max(-top, Math.min(ny - bottom, dy))
  ];
  return points.map(([x, y]) => [x + by[0], y + by[1]]);
}

/** The points with the right edge moved by dx and the bottom edge by dy; polygons are stretched. */
export function resizePoints(
  shape: IRegionShape,
  dx: number,
  dy: number,
  ny: number,
  nx: number
): ScanPoints {
  const [left, top, right, bottom] = boundsOf(shape.points);
  const wide = Math.max(left + 1, Math.min(nx, right + dx)) - left;
  const high = Math.max(top + 1, Math.min(ny, bottom + dy)) - top;
  const across = right > left ? wide / (right - left) : 1;
  const down = bottom > top ? high / (bottom - top) : 1;
  return shape.points.map(([x, y]) => [
    left + (x - left) * across,
    top + (y - top) * down
  ]);
}

/** The points kept within the scan, each by itself. */
export function clampPoints(
  points: ScanPoints,
  ny: number,
  nx: number
): ScanPoints {
  return points.map(([x, y]) => [within(x, nx), within(y, ny)]);
}

/** True where a shape is wide enough to hold the centre of a pixel. */
export function isDrawable(kind: RegionKind, points: ScanPoints): boolean {
  if (points.length < (kind === 'polygon' ? 3 : 2)) {
    return false;
  }
  const [left, top, right, bottom] = boundsOf(points);
  return right - left >= 1 && bottom - top >= 1;
}

/**
 * What lies under a point: a handle (only where `handles`), the outline within
 * `reach` pixels, or the inside; null beside the shape.
 */
export function hitShape(
  shape: IRegionShape,
  at: ScanPoint,
  reach: number,
  handles: boolean
): IRegionHandle | 'outline' | 'inside' | null {
  if (handles) {
    let best: IRegionHandle | null = null;
    let least = reach;
    for (const handle of handlesOf(shape)) {
      const far = Math.hypot(handle.point[0] - at[0], handle.point[1] - at[1]);
      if (far <= least) {
        best = handle;
        least = far;
      }
    }
    if (best) {
      return best;
    }
  }
  const ring = outlineOf(shape);
  for (let i = 0; i < ring.length; i++) {
    if (distanceTo(at, ring[i], ring[(i + 1) % ring.length]) <= reach) {
      return 'outline';
    }
  }
  return holds(shape, ...at) ? 'inside' : null;
}

/** The outline as a closed ring of points; an ellipse by 64 of them. */
export function outlineOf(shape: IRegionShape): ScanPoints {
  if (shape.kind === 'polygon') {
    return shape.points;
  }
  const [left, top, right, bottom] = boundsOf(shape.points);
  if (shape.kind === 'rectangle') {
    return [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom]
    ];
  }
  const [cx, cy] = [(left + right) / 2, (top + bottom) / 2];
  return Array.from({ length: 64 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 64;
    return [
      cx + ((right - left) / 2) * Math.cos(angle),
      cy + ((bottom - top) / 2) * Math.sin(angle)
    ];
  });
}

/** A shape of `side` pixels about a pixel, kept inside the scan: what the keyboard draws. */
export function shapeAbout(
  kind: RegionKind,
  row: number,
  column: number,
  side: number,
  ny: number,
  nx: number
): ScanPoints {
  const wide = Math.min(side, nx);
  const high = Math.min(side, ny);
  const left = Math.max(0, Math.min(nx - wide, column - Math.floor(wide / 2)));
  const top = Math.max(0, Math.min(ny - high, row - Math.floor(high / 2)));
  const corners: ScanPoints = [
    [left, top],
    [left + wide, top + high]
  ];
  return kind === 'polygon'
    ? outlineOf({ name: '', kind: 'rectangle', points: corners })
    : corners;
}

function within(value: number, size: number): number {
  return Math.max(0, Math.min(size, value));
}

function distanceTo(at: ScanPoint, from: ScanPoint, to: ScanPoint): number {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = dx * dx + dy * dy;
  const part = length
    ? ((at[0] - from[0]) * dx + (at[1] - from[1]) * dy) / length
    : 0;
  const t = Math.max(0, Math.min(1, part));
  return Math.hypot(at[0] - from[0] - t * dx, at[1] - from[1] - t * dy);
}
