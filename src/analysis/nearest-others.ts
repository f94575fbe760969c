/** The nearest others of every point, by a tree: all pairs would take too long for large scans. */
import type { Slices } from '../signal/slices';

/** Points of a leaf, which are compared one by one. */
const LEAF = 12;
/** Points that are searched for between two places to pause. */
const PIECE = 64;

/**
 * (n, k) indices of the k points nearest to each point, itself left out, nearest first: Euclidean
 * distance in float64, ties to the lowest index. -1 where there are fewer, and for points that are
 * not finite, which are near to none.
 * @param points - (n, z).
 */
export function* nearestOthers(
  points: ArrayLike<number>,
  n: number,
  z: number,
  k: number
): Slices<Int32Array> {
  const found = new Int32Array(n * k).fill(-1);
  const order = Int32Array.from(
    Array.from({ length: n }, (_, i) => i).filter(i => finiteRow(points, i, z))
  );
  const tree = new Tree(points, z, order);
  const search = new Search(points, z, k);
  for (let at = 0; at < order.length; at++) {
    search.begin(order[at]);
    tree.visit(search);
    search.write(found);
    if (at % PIECE === 0) {
      yield;
    }
  }
  return found;
}

interface INode {
  /** Range of `order` below this node. */
  readonly from: number;
  readonly to: number;
  /** -1 for a leaf. */
  readonly axis: number;
  readonly split: number;
  readonly below: INode | null;
  readonly above: INode | null;
}

/** A k-d tree: each node parts its points at their middle, along the axis on which they spread most. */
class Tree {
  constructor(points: ArrayLike<number>, z: number, order: Int32Array) {
    this._points = points;
    this._z = z;
    this._order = order;
    this._root = this._build(0, order.length);
  }

  visit(search: Search): void {
    this._visit(this._root, search);
  }

  private _visit(node: INode, search: Search): void {
    const { axis, split, below, above, from, to } = node;
    if (!below || !above) {
      for (let at = from; at < to; at++) {
        search.offer(this._order[at]);
      }
      return;
    }
    const away = this._points[search.point * this._z + axis] - split;
    this._visit(away < 0 ? below : above, search);
    // One at the same distance may have a lower index.
    if (away * away <= search.reach) {
      this._visit(away < 0 ? above : below, search);
    }
  }

  private _build(from: number, to: number): INode {
    const leaf = { from, to, axis: -1, split: NaN, below: null, above: null };
    if (to - from <= LEAF) {
      return leaf;
    }
    const axis = this._widest(from, to);
    const part = this._order.subarray(from, to);
    const value = (i: number): number => this._points[i * this._z + axis];
    part.sort((a, b) => value(a) - value(b));
    const middle = from + ((to - from) >> 1);
    const split = value(this._order[middle]);
    // Equal values at the middle may lie on both sides; the search looks at both.
    if (value(part[0]) === value(part[part.length - 1])) {
      return leaf;
    }
    return {
      from,
      to,
      axis,
      split,
      below: this._build(from, middle),
      above: this._build(middle, to)
    };
  }

  private _widest(from: number, to: number): number {
    let best = 0;
    let most = -1;
    for (let axis = 0; axis < this._z; axis++) {
      let min = Infinity;
      let max = -Infinity;
      for (let at = from; at < to; at++) {
        const value = this._points[this._order[at] * this._z + axis];
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
      if (max - min > most) {
        most = max - min;
        best = axis;
      }
    }
    return best;
  }

  private _points: ArrayLike<number>;
  private _z: number;
  private _order: Int32Array;
  private _root: INode;
}

/** The k nearest others of one point, as far as they were offered. */
class Search {
  constructor(points: ArrayLike<number>, z: number, k: number) {
    this._points = points;
    this._z = z;
    this._k = k;
    this._indices = new Int32Array(k);
    this._squares = new Float64Array(k);
  }

  point = 0;

  /** Squared distance beyond which nothing is nearer. */
  get reach(): number {
    return this._squares[this._k - 1];
  }

  begin(point: number): void {
    this.point = point;
    this._indices.fill(-1);
    this._squares.fill(Infinity);
  }

  offer(other: number): void {
    if (other === this.point) {
      return;
    }
    const z = this._z;
    const squares = this._squares;
    const indices = this._indices;
    let square = 0;
    for (let axis = 0; axis < z; axis++) {
      const d =
        this._points[other * z + axis] - this._points[this.point * z + axis];
      square += d * d;
    }
    const nearer = (place: number): boolean =>
      square < squares[place] ||
      (square === squares[place] && other < indices[place]);
    let place = this._k - 1;
    if (!nearer(place)) {
      return;
    }
    while (place > 0 && nearer(place - 1)) {
      squares[place] = squares[place - 1];
      indices[place] = indices[place - 1];
      place--;
    }
    squares[place] = square;
    indices[place] = other;
  }

  write(found: Int32Array): void {
    found.set(this._indices, this.point * this._k);
  }

  private _points: ArrayLike<number>;
  private _z: number;
  private _k: number;
  private _indices: Int32Array;
  private _squares: Float64Array;
}

function finiteRow(points: ArrayLike<number>, i: number, z: number): boolean {
  for (let axis = 0; axis < z; axis++) {
    if (!Number.isFinite(points[i * z + axis])) {
      return false;
    }
  }
  return true;
}
