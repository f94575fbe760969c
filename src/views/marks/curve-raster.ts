/**
 * Curves painted pixel by pixel. A noisy spectrum is a line that goes up and down within a pixel
 * column: as a path it costs a software renderer several frames, column by column some tenths of
 * a millisecond. Every point counts, so that peaks keep their height however narrow they are.
 */
import { rgb } from 'd3-color';
import { blend } from './points';

/** Part of the sheet that is painted on, px. */
export interface IBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface IPaint {
  readonly colour: string;
  /** 0 to 1. */
  readonly opacity: number;
}

export interface IRasterLine extends IPaint {
  readonly count: number;
  /** Places of the points, px; one that is not finite breaks the line. */
  readonly x: (i: number) => number;
  readonly y: (i: number) => number;
  /** px. */
  readonly width: number;
  /** Lengths drawn and left out in turn, px; empty: all is drawn. */
  readonly dash: readonly number[];
}

export interface IRasterArea extends IPaint {
  readonly count: number;
  readonly x: (i: number) => number;
  readonly low: (i: number) => number;
  readonly high: (i: number) => number;
}

/** Lines of sight a pixel column: a steep line has so many shades across. */
const SIGHTS = 4;
/** A segment that is longer lies outside of the plot for the most part: it is not dashed, px. */
const LONGEST = 4000;

/** The pixels of a canvas, kept from one drawing to the next. */
export class CurveSheet {
  /** Begins anew: an empty sheet of that size, px, with `ratio` screen pixels a px. */
  begin(context: CanvasRenderingContext2D, ratio: number): void {
    const { width, height } = context.canvas;
    this._ratio = ratio;
    if (this._picture?.width !== width || this._picture.height !== height) {
      this._picture = context.createImageData(width, height);
      this._cover = new Float32Array(width * (height + 2));
      this._low = new Float64Array(SIGHTS * width).fill(Infinity);
      this._high = new Float64Array(SIGHTS * width).fill(-Infinity);
      this._top = new Int32Array(width).fill(height);
      this._bottom = new Int32Array(width).fill(-1);
    } else {
      this._picture.data.fill(0);
    }
  }

  /** Lays a line over what is there. */
  line(line: IRasterLine, box: IBox): void {
    const ratio = this._ratio;
    this._limit(box);
    const half = (Math.max(1, line.width * ratio) || 1) / 2;
    const dash = line.dash.map(length => length * ratio);
    const dashed = dash.some(length => length > 0);
    let lastX = NaN;
    let lastY = NaN;
    let at = 0;
    let left = dash[0];
    for (let i = 0; i < line.count; i++) {
      const x = line.x(i) * ratio;
      const y = line.y(i) * ratio;
      const broken = !(Number.isFinite(x) && Number.isFinite(y));
      if (broken || Number.isNaN(lastX)) {
        this._flush();
        at = 0;
        left = dash[0];
      } else if (!dashed) {
        this._segment(lastX, lastY, x, y, half);
      } else {
        const length = Math.hypot(x - lastX, y - lastY);
        let done = length > LONGEST ? length : 0;
        if (done) {
          this._segment(lastX, lastY, x, y, half);
        }
        while (done < length) {
          const next = Math.min(length, done + left);
          if (at % 2 === 0) {
            const [a, b] = [done / length, next / length];
            this._segment(
              lastX + a * (x - lastX),
              lastY + a * (y - lastY),
              lastX + b * (x - lastX),
              lastY + b * (y - lastY),
              half
            );
          }
          left -= next - done;
          done = next;
          if (left <= 1e-9) {
            this._flush();
            at = (at + 1) % (2 * dash.length);
            left = dash[at % dash.length];
          }
        }
      }
      lastX = broken ? NaN : x;
      lastY = y;
    }
    this._flush();
    this._paint(line);
  }

  /** Lays the area between two curves over what is there. */
  area(area: IRasterArea, box: IBox): void {
    const ratio = this._ratio;
    this._limit(box);
    const at = (i: number): [number, number, number] => [
      area.x(i) * ratio,
      area.low(i) * ratio,
      area.high(i) * ratio
    ];
    for (let i = 1; i < area.count; i++) {
      const [a, b] = [at(i - 1), at(i)].sort((p, q) => p[0] - q[0]);
      if (![...a, ...b].every(Number.isFinite)) {
        continue;
      }
      const [first, last] = this._sights(a[0], b[0]);
      for (let s = first; s <= last; s++) {
        const share = ((s + 0.5) / SIGHTS - a[0]) / (b[0] - a[0] || 1);
        const one = a[1] + share * (b[1] - a[1]);
        const other = a[2] + share * (b[2] - a[2]);
        this._widen(s, Math.min(one, other), Math.max(one, other));
      }
    }
    this._flush();
    this._paint(area);
  }

  /** Puts the sheet onto its canvas. */
  show(context: CanvasRenderingContext2D): void {
    if (this._picture) {
      context.putImageData(this._picture, 0, 0);
    }
  }

  private _limit(box: IBox): void {
    const { width, height } = this._picture!;
    const ratio = this._ratio;
    this._firstSight = Math.max(0, Math.round(box.left * ratio * SIGHTS));
    this._lastSight =
      Math.min(SIGHTS * width, Math.round(box.right * ratio * SIGHTS)) - 1;
    this._least = Math.max(0, box.top * ratio);
    this._most = Math.min(height, box.bottom * ratio);
  }

  /** The lines of sight between two places, screen pixels. */
  private _sights(from: number, to: number): [number, number] {
    return [
      Math.max(this._firstSight, Math.ceil(from * SIGHTS - 0.5)),
      Math.min(this._lastSight, Math.floor(to * SIGHTS - 0.5))
    ];
  }

  private _widen(sight: number, low: number, high: number): void {
    this._low[sight] = Math.min(this._low[sight], low);
    this._high[sight] = Math.max(this._high[sight], high);
    this._first = Math.min(this._first, sight);
    this._last = Math.max(this._last, sight);
  }

  /**
   * Adds a straight piece to what is drawn without a break. A line of sight sees the strip of
   * the line's width, cut off half a width beyond the ends of the piece.
   */
  private _segment(
    x1: number,
    y1: number,
    x2: number,
    y2: number,
    half: number
  ): void {
    const length = Math.hypot(x2 - x1, y2 - y1);
    if (!(length > 0)) {
      return;
    }
    const reach = (half * Math.abs(y2 - y1)) / length;
    const [first, last] = this._sights(
      Math.min(x1, x2) - reach,
      Math.max(x1, x2) + reach
    );
    const top = Math.min(y1, y2) - half;
    const bottom = Math.max(y1, y2) + half;
    const run = x2 - x1;
    const slope = (y2 - y1) / run;
    const height = (half * length) / Math.abs(run);
    const upright = !Number.isFinite(slope) || !Number.isFinite(height);
    for (let s = first; s <= last; s++) {
      const middle = upright ? 0 : y1 + slope * ((s + 0.5) / SIGHTS - x1);
      const low = upright ? top : Math.max(top, middle - height);
      const high = upright ? bottom : Math.min(bottom, middle + height);
      if (low < high) {
        this._widen(s, low, high);
      }
    }
  }

  /** Counts what was drawn without a break: how far each pixel is covered. */
  private _flush(): void {
    const rows = this._picture!.height + 2;
    for (let s = this._first; s <= this._last; s++) {
      const low = Math.max(this._least, this._low[s]);
      const high = Math.min(this._most, this._high[s]);
      this._low[s] = Infinity;
      this._high[s] = -Infinity;
      if (!(low < high)) {
        continue;
      }
      const column = Math.floor(s / SIGHTS);
      const from = Math.floor(low);
      const to = Math.floor(high);
      const at = column * rows;
      // Each pixel holds by how much it is covered more than the one above it.
      this._cover[at + from] += (1 - (low - from)) / SIGHTS;
      this._cover[at + from + 1] += (low - from) / SIGHTS;
      this._cover[at + to] -= (1 - (high - to)) / SIGHTS;
      this._cover[at + to + 1] -= (high - to) / SIGHTS;
      this._top[column] = Math.min(this._top[column], from);
      this._bottom[column] = Math.max(this._bottom[column], to);
    }
    this._first = Infinity;
    this._last = -1;
  }

  /** Colours what is covered and forgets it. */
  private _paint({ colour, opacity }: IPaint): void {
    const { width, height, data } = this._picture!;
    const { r, g, b, opacity: own } = rgb(colour);
    for (let column = 0; column < width; column++) {
      let share = 0;
      const bottom = this._bottom[column];
      for (let row = this._top[column]; row <= bottom + 1; row++) {
        const at = column * (height + 2) + row;
        share += this._cover[at];
        this._cover[at] = 0;
        if (share > 2e-3 && row < height) {
          const whole = Math.min(1, share) * opacity * own;
          blend(data, 4 * (row * width + column), r, g, b, whole);
        }
      }
      this._top[column] = height;
      this._bottom[column] = -1;
    }
  }

  private _ratio = 1;
  private _picture: ImageData | null = null;
  /** (columns, rows + 2) */
  private _cover = new Float32Array(0);
  /** What each line of sight has seen of the piece that is being drawn. */
  private _low = new Float64Array(0);
  private _high = new Float64Array(0);
  private _first = Infinity;
  private _last = -1;
  /** Rows that are covered in each column. */
  private _top = new Int32Array(0);
  private _bottom = new Int32Array(0);
  /** Where may be painted. */
  private _firstSight = 0;
  private _lastSight = 0;
  private _least = 0;
  private _most = 0;
}
