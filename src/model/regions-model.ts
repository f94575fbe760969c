/** Regions drawn on the navigator, with what the data say in them. */
import { Signal, type ISignal } from '@lumino/signaling';
import { boundsOf, clampPoints, movePoints } from '../analysis/region-shapes';
import {
  regionMask,
  regionStatistics,
  type IRegionStatistics
} from '../analysis/regions';
import { MAX_NAME, MAX_POINTS, MAX_REGIONS } from '../signal/limits';
import type { IPair, IRegionShape, RegionKind } from '../signal/types';
import { scanMove } from './calibrated-moves';
import type { IRegion, IRegionsModel } from './types';

type Points = IRegionShape['points'];

/** Mask and statistics are computed when first asked for, and kept. */
class Region implements IRegion {
  constructor(shape: IRegionShape, pair: IPair) {
    this.name = shape.name;
    this.kind = shape.kind;
    this.points = shape.points;
    this._pair = pair;
  }

  readonly name: string;
  readonly kind: RegionKind;
  readonly points: Points;

  get mask(): Uint8Array {
    this._mask ??= regionMask(this, this._pair.ny, this._pair.nx);
    return this._mask;
  }

  get pixels(): number {
    return this._said.pixels;
  }

  get mean(): Float32Array | null {
    return this._said.mean;
  }

  get standardError(): Float32Array | null {
    return this._said.standardError;
  }

  private get _said(): IRegionStatistics {
    const { spectra, mask, absent } = this._pair;
    const channels = absent ? 0 : this._pair.channels;
    this._statistics ??= regionStatistics(spectra, channels, this.mask, mask);
    return absent
      ? { ...this._statistics, mean: null, standardError: null }
      : this._statistics;
  }

  private _pair: IPair;
  private _mask: Uint8Array | null = null;
  private _statistics: IRegionStatistics | null = null;
}

/** An outline as the user left it, and the scan it was drawn on. */
interface IDrawn {
  readonly shape: IRegionShape;
  readonly scan: Pick<IPair, 'y' | 'x'>;
  /** On the present scan; null where it lies outside. */
  readonly region: Region | null;
}

/**
 * Outlines stay where they are on the sample: on a scan of another shape they
 * are found again by the calibrated axes. One that lies outside is kept aside
 * and comes back with a scan that holds it.
 */
export class RegionsModel implements IRegionsModel {
  get items(): readonly IRegion[] {
    return this._items;
  }

  get selected(): string | null {
    return this._selected;
  }

  get tool(): RegionKind | null {
    return this._tool;
  }

  get changed(): ISignal<IRegionsModel, void> {
    return this._changed;
  }

  setTool(tool: RegionKind | null): void {
    if (tool !== this._tool) {
      this._tool = tool;
      this._changed.emit();
    }
  }

  /** Returns the name it got; '' where there is no scan or no such outline. */
  add(kind: RegionKind, points: Points): string {
    const pair = this._pair;
    if (
      !pair ||
      !isOutline(kind, points) ||
      this._drawn.length >= MAX_REGIONS
    ) {
      return '';
    }
    const name = this._freeName();
    const shape = { name, kind, points: clampPoints(points, pair.ny, pair.nx) };
    this._selected = name;
    this._take([...this._drawn, draw(shape, pair)]);
    return name;
  }

  reshape(name: string, points: Points): void {
    const pair = this._pair;
    const old = this._items.find(item => item.name === name);
    if (!pair || !old || !isOutline(old.kind, points)) {
      return;
    }
    const held = heldPoints(old.points, points, pair);
    if (samePoints(held, old.points)) {
      return;
    }
    const shape = { name, kind: old.kind, points: held };
    this._replace(name, () => draw(shape, pair));
  }

  /** A name that is empty or taken changes nothing. */
  rename(name: string, to: string): void {
    const text = to.trim().slice(0, MAX_NAME);
    const taken = this._drawn.some(({ shape }) => shape.name === text);
    const old = this._items.find(item => item.name === name);
    if (!old || !text || taken) {
      return;
    }
    if (this._selected === name) {
      this._selected = text;
    }
    this._replace(name, ({ shape, scan, region }) => ({
      shape: { ...shape, name: text },
      scan,
      region: region && new Region({ ...old, name: text }, this._pair!)
    }));
  }

  remove(name: string): void {
    if (!this._items.some(item => item.name === name)) {
      return;
    }
    if (this._selected === name) {
      this._selected = null;
    }
    this._take(this._drawn.filter(({ shape }) => shape.name !== name));
  }

  select(name: string | null): void {
    const known = this._items.some(item => item.name === name);
    const next = known ? name : null;
    if (next !== this._selected) {
      this._selected = next;
      this._changed.emit();
    }
  }

  /**
   * Take other data; statistics are those of the new ones.
   * @returns what became of regions that the new scan does not hold whole, or ''.
   */
  follow(pair: IPair): string {
    const old = this._pair;
    this._pair = pair;
    if (this._drawn.length === 0) {
      return '';
    }
    const before = new Set(this._items.map(({ name }) => name));
    const cut: string[] = [];
    const sameShape = !!old && old.ny === pair.ny && old.nx === pair.nx;
    const sameAxes = sameShape && axesText(old) === axesText(pair);
    const drawn = this._drawn.flatMap(item => {
      if (sameShape && item.region) {
        return sameAxes
          ? [{ ...item, region: new Region(item.region, pair) }]
          : [draw(shapeOf(item.region), pair)];
      }
      const move = scanMove(item.scan, pair);
      const moved = move ? item.shape.points.map(move) : item.shape.points;
      const [left, top, right, bottom] = boundsOf(moved);
      if (right <= 0 || bottom <= 0 || left >= pair.nx || top >= pair.ny) {
        // Without a common scale it could not be found again.
        return move ? [{ ...item, region: null }] : [];
      }
      const points = clampPoints(moved, pair.ny, pair.nx);
      if (!samePoints(points, moved) && before.has(item.shape.name)) {
        cut.push(item.shape.name);
      }
      return [{ ...item, region: new Region({ ...item.shape, points }, pair) }];
    });
    this._take(drawn);
    const now = new Set(this._items.map(({ name }) => name));
    const gone = [...before].filter(name => !now.has(name));
    if (this._selected !== null && !now.has(this._selected)) {
      this._selected = null;
      this._changed.emit();
    }
    return lossText(gone, cut, pair);
  }

  /** Draw what the kernel remembers of an earlier page, where nothing is drawn. */
  restore(shapes: readonly IRegionShape[]): void {
    const pair = this._pair;
    if (!pair || this._drawn.length > 0 || shapes.length === 0) {
      return;
    }
    const names = new Set<string>();
    const usable = shapes.filter(({ name, kind, points }) => {
      const fits = !!name && !names.has(name) && isOutline(kind, points);
      names.add(name);
      return fits;
    });
    this._take(
      usable.slice(0, MAX_REGIONS).map(({ name, kind, points }) => {
        const held = clampPoints(points, pair.ny, pair.nx);
        return draw({ name, kind, points: held }, pair);
      })
    );
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private _replace(name: string, change: (drawn: IDrawn) => IDrawn): void {
    this._take(
      this._drawn.map(item => (item.shape.name === name ? change(item) : item))
    );
  }

  private _take(drawn: readonly IDrawn[]): void {
    this._drawn = drawn;
    this._items = drawn.flatMap(({ region }) => (region ? [region] : []));
    this._changed.emit();
  }

  /** "R1", "R2", ...: the smallest number that is free. */
  private _freeName(): string {
    const taken = new Set(this._drawn.map(({ shape }) => shape.name));
    let number = 1;
    while (taken.has(`R${number}`)) {
      number++;
    }
    return `R${number}`;
  }

  private _pair: IPair | null = null;
  private _drawn: readonly IDrawn[] = [];
  private _items: readonly Region[] = [];
  private _selected: string | null = null;
  private _tool: RegionKind | null = null;
  private _changed = new Signal<IRegionsModel, void>(this);
}

function draw(shape: IRegionShape, pair: IPair): IDrawn {
  const { y, x } = pair;
  return { shape, scan: { y, x }, region: new Region(shape, pair) };
}

function shapeOf({ name, kind, points }: IRegionShape): IRegionShape {
  return { name, kind, points };
}

function axesText({ y, x }: Pick<IPair, 'y' | 'x'>): string {
  return JSON.stringify([y, x]);
}

function isOutline(kind: RegionKind, points: Points): boolean {
  const { length } = points;
  return (
    points.every(point => point.every(Number.isFinite)) &&
    (kind === 'polygon' ? length >= 3 && length <= MAX_POINTS : length === 2)
  );
}

function samePoints(a: Points, b: Points): boolean {
  return (
    a.length === b.length &&
    a.every(([x, y], i) => x === b[i][0] && y === b[i][1])
  );
}

/** Points inside the scan; an outline that was moved as a whole keeps its form. */
function heldPoints(old: Points, points: Points, pair: IPair): Points {
  const { ny, nx } = pair;
  const [dx, dy] = [points[0][0] - old[0][0], points[0][1] - old[0][1]];
  const isMove =
    points.length === old.length &&
    points.every(
      ([x, y], i) =>
        Math.abs(x - old[i][0] - dx) < 1e-9 &&
        Math.abs(y - old[i][1] - dy) < 1e-9
    );
  return isMove ? movePoints(old, dx, dy, ny, nx) : clampPoints(points, ny, nx);
}

function lossText(
  gone: readonly string[],
  cut: readonly string[],
  { ny, nx }: IPair
): string {
  const scan = `the new scan of ${ny} x ${nx} pixels`;
  const parts = [
    gone.length > 0 &&
      `${listOf(gone)} outside ${scan}: not shown until the scan holds ` +
        `${gone.length > 1 ? 'them' : 'it'} again.`,
    cut.length > 0 &&
      `${listOf(cut)} partly outside ${scan}: cut at its border.`
  ];
  return parts.filter(Boolean).join(' ');
}

/** "R1 lies", "R1 and R2 lie", "R1, R2 and R3 lie". */
function listOf(names: readonly string[]): string {
  const last = names[names.length - 1];
  return names.length === 1
    ? `${last} lies`
    : `${names.slice(0, -1).join(', ')} and ${last} lie`;
}
