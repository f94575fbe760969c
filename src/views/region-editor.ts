import {
  hitShape,
  type IRegionHandle,
  isDrawable,
  movePoints,
  pullHandle,
  type ScanPoint,
  type ScanPoints
} from '../analysis/region-shapes';
import type { IRegion, IRegionsModel } from '../model/types';
import type { IPair, RegionKind } from '../signal/types';
import type { IPictureFrame } from './navigator-frame';
import { FrameBudget } from './frame-budget';

/** Where the editor works. */
export interface IRegionEditorHost {
  readonly regions: IRegionsModel;
  frame(): IPictureFrame | null;
  pair(): IPair | null;
  /** Draw the regions again in the next frame. */
  changed(): void;
}

/** An outline as it is drawn now, an edit under way included. */
export interface IShownRegion {
  readonly region: IRegion;
  readonly points: ScanPoints;
}

/** A new outline that is being drawn. */
export interface IDrawing {
  readonly kind: RegionKind;
  /** Outline as the mouse stands. */
  readonly points: ScanPoints;
  /** Vertices of a polygon that are set; null for a drag. */
  readonly vertices: ScanPoints | null;
}

type Grip =
  | {
      readonly what: 'new';
      readonly kind: RegionKind;
      readonly from: ScanPoint;
    }
  | {
      readonly what: 'move';
      readonly region: IRegion;
      readonly from: ScanPoint;
    }
  | {
      readonly what: 'handle';
      readonly region: IRegion;
      readonly index: number;
    };

/** Screen pixels within which an outline or a handle is hit. */
const REACH = 6;

/** The mouse on the regions of the navigator: draws, moves and reshapes them. */
export class RegionEditor {
  constructor(host: IRegionEditorHost) {
    this._host = host;
  }

  /** True while a drag or an unclosed polygon is under way. */
  get active(): boolean {
    return this._grip !== null || this._vertices !== null;
  }

  get regions(): readonly IShownRegion[] {
    return this._host.regions.items.map(region => ({
      region,
      points:
        this._edit?.name === region.name ? this._edit.points : region.points
    }));
  }

  get drawing(): IDrawing | null {
    if (this._vertices) {
      const points = this._over
        ? [...this._vertices, this._over]
        : this._vertices;
      return { kind: 'polygon', points, vertices: this._vertices };
    }
    return this._grip?.what === 'new' && this._edit
      ? { kind: this._grip.kind, points: this._edit.points, vertices: null }
      : null;
  }

  /** Takes a press at a place of the view; false: it belongs to the pointer. `fresh`: draw even over a region. */
  press(at: readonly [number, number], fresh: boolean): boolean {
    const { regions } = this._host;
    const place = this._scanPoint(at);
    if (!place) {
      return false;
    }
    if (this._vertices) {
      this.addVertex(snap(place));
      return true;
    }
    const hit = this._hit(place, fresh);
    if (hit) {
      regions.select(hit.region.name);
      this._grip =
        typeof hit.part === 'object'
          ? { what: 'handle', region: hit.region, index: hit.part.index }
          : { what: 'move', region: hit.region, from: place };
      this._moved = false;
      return true;
    }
    if (!regions.tool) {
      return false;
    }
    if (regions.tool === 'polygon') {
      this._vertices = [snap(place)];
    } else {
      this._grip = { what: 'new', kind: regions.tool, from: snap(place) };
    }
    this._host.changed();
    return true;
  }

  /** Follows the mouse; true where something is under way. */
  move(at: readonly [number, number]): boolean {
    const place = this._scanPoint(at);
    const pair = this._host.pair();
    if (!place || !pair || !this.active) {
      return false;
    }
    if (this._vertices) {
      this._over = snap(place);
      this._host.changed();
      return true;
    }
    const grip = this._grip!;
    const { ny, nx } = pair;
    if (grip.what === 'new') {
      this._edit = { name: '', points: [grip.from, snap(place)] };
    } else if (grip.what === 'move') {
      const by = [
        Math.round(place[0] - grip.from[0]),
        Math.round(place[1] - grip.from[1])
      ];
      if (!by[0] && !by[1] && !this._moved) {
        return true;
      }
      this._set(
        grip.region.name,
        movePoints(grip.region.points, by[0], by[1], ny, nx)
      );
    } else {
      this._set(
        grip.region.name,
        pullHandle(grip.region, grip.index, snap(place), ny, nx)
      );
    }
    this._host.changed();
    return true;
  }

  /** Ends a drag. Returns false for a click that drew and moved nothing. */
  release(): boolean {
    const grip = this._grip;
    const edit = this._edit;
    this._grip = null;
    this._edit = null;
    this._budget.drop();
    if (!grip) {
      // A vertex was set, or the drag was cancelled.
      return true;
    }
    const { regions } = this._host;
    this._host.changed();
    if (grip.what !== 'new') {
      if (edit) {
        regions.reshape(edit.name, edit.points);
      }
      return grip.what === 'handle' || edit !== null;
    }
    const drawn = edit !== null && isDrawable(grip.kind, edit.points);
    if (drawn) {
      addSelected(regions, grip.kind, edit.points);
    }
    return drawn;
  }

  /** Adds a vertex to the polygon being drawn, or begins one; the first vertex closes it. */
  addVertex(at: ScanPoint): void {
    const vertices = this._vertices ?? [];
    const last = vertices[vertices.length - 1];
    const [first] = vertices;
    const near = REACH / (this._host.frame()?.pixelWidth ?? 1);
    if (
      vertices.length > 2 &&
      Math.hypot(first[0] - at[0], first[1] - at[1]) <= Math.max(near, 0.5)
    ) {
      this.close();
      return;
    }
    if (!last || last[0] !== at[0] || last[1] !== at[1]) {
      this._vertices = [...vertices, at];
    }
    this._over = null;
    this._host.changed();
  }

  /** Takes the last vertex back. */
  removeVertex(): void {
    const left = this._vertices?.slice(0, -1) ?? [];
    this._vertices = left.length ? left : null;
    this._host.changed();
  }

  /** Closes the polygon being drawn; false where it has no area yet. */
  close(): boolean {
    const points = this._vertices;
    if (!points || !isDrawable('polygon', points)) {
      return false;
    }
    this._vertices = null;
    this._over = null;
    addSelected(this._host.regions, 'polygon', points);
    this._host.changed();
    return true;
  }

  /** Drops what is being drawn or dragged; false where nothing is. */
  cancel(): boolean {
    const active = this.active;
    const grip = this._grip;
    if (grip && grip.what !== 'new' && this._edit) {
      this._host.regions.reshape(grip.region.name, grip.region.points);
    }
    this._grip = null;
    this._edit = null;
    this._vertices = null;
    this._over = null;
    this._budget.drop();
    if (active) {
      this._host.changed();
    }
    return active;
  }

  /** Mouse cursor at a place; '' for the view's own. */
  cursor(at: readonly [number, number], fresh: boolean): string {
    const place = this._scanPoint(at);
    const hit = place && !this._vertices ? this._hit(place, fresh) : null;
    if (!hit) {
      return '';
    }
    if (typeof hit.part === 'object') {
      const { pulls } = hit.part;
      return pulls === 'all' ? 'pointer' : `${pulls}-resize`;
    }
    return 'move';
  }

  /** What a press at a place takes hold of; the selected region lies on top. */
  private _hit(
    place: ScanPoint,
    fresh: boolean
  ): { region: IRegion; part: IRegionHandle | 'outline' | 'inside' } | null {
    const { items, selected, tool } = this._host.regions;
    const reach = REACH / Math.max(0.01, this._host.frame()!.pixelWidth);
    const order = [...items].reverse();
    order.sort(
      (a, b) => Number(b.name === selected) - Number(a.name === selected)
    );
    for (const region of order) {
      const chosen = region.name === selected;
      const part = hitShape(region, place, reach, chosen);
      const inside = part === 'inside' && (fresh || !(chosen || tool));
      if (part && !inside) {
        return { region, part };
      }
    }
    return null;
  }

  private _set(name: string, points: ScanPoints): void {
    this._moved = true;
    this._edit = { name, points };
    // The statistics of a large region cost more than a frame: they follow the outline as they can.
    this._budget.run(() => {
      const { regions } = this._host;
      regions.reshape(name, points);
      // Read here, so that their time counts: the model computes them when they are asked for.
      void regions.items.find(item => item.name === name)?.pixels;
    });
  }

  /** (x, y) in scan pixels, kept within the scan. */
  private _scanPoint(at: readonly [number, number]): ScanPoint | null {
    const frame = this._host.frame();
    const pair = this._host.pair();
    if (!frame || !pair) {
      return null;
    }
    const x = (at[0] - frame.left) / frame.pixelWidth;
    const y = (at[1] - frame.top) / frame.pixelHeight;
    return [
      Math.max(0, Math.min(pair.nx, x)),
      Math.max(0, Math.min(pair.ny, y))
    ];
  }

  private _host: IRegionEditorHost;
  private _grip: Grip | null = null;
  private _edit: { name: string; points: ScanPoints } | null = null;
  private _vertices: ScanPoints | null = null;
  /** Where the next vertex would stand. */
  private _over: ScanPoint | null = null;
  private _moved = false;
  private _budget = new FrameBudget();
}

/** Adds a region and selects it; the model refuses one that is too many. */
export function addSelected(
  regions: IRegionsModel,
  kind: RegionKind,
  points: ScanPoints
): void {
  const name = regions.add(kind, points);
  if (name) {
    regions.select(name);
  }
}

/** Corners lie on the borders of pixels, so that a region holds whole pixels. */
function snap([x, y]: ScanPoint): ScanPoint {
  return [Math.round(x), Math.round(y)];
}
