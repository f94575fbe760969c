/** Planes of values with margins of zeros, and the tables of where positions and taps lie. */
import type { IConvolution } from '../architecture';
import type { Arena } from './arena';
import { TILE_MARGIN } from './kernels';

/**
 * Height and width of a layer's values for `samples` samples of C channels.
 *
 * Rows share their margins: behind each row and each sample lie as many zeros as
 * the widest tap reaches, and once in front of everything.
 */
export class Plane {
  constructor(
    arena: Arena,
    shape: {
      readonly height: number;
      readonly width: number;
      readonly samples: number;
      readonly channels: number;
      /** Rows and columns that the widest tap reaches. */
      readonly reach: readonly [number, number];
    }
  ) {
    const { height, width, samples, channels } = shape;
    const [above, before] = shape.reach;
    this._arena = arena;
    this._row = width + before;
    this._values =
      (samples * (height + above) + 2 * above) * this._row + 2 * before;
    this.height = height;
    this.width = width;
    this.size = height * width;
    this.channels = channels;
    this.samples = samples;
    const places = new Int32Array(samples * this.size + TILE_MARGIN);
    let i = 0;
    for (let s = 0; s < samples; s++) {
      for (let h = 0; h < height; h++) {
        const line = s * (height + above) + above + h;
        for (let w = 0; w < width; w++) {
          places[i++] = line * this._row + before + w;
        }
      }
    }
    places.fill(places[i - 1], i);
    this.places = places;
    this.at = arena.table(places.map(place => 4 * channels * place));
    this.thinAt = arena.table(places.map(place => 4 * place));
  }

  readonly height: number;
  readonly width: number;
  /** Positions of one sample. */
  readonly size: number;
  readonly channels: number;
  readonly samples: number;
  /** Index of each position among positions and margins. */
  readonly places: Int32Array;
  /** Tables of byte offsets, for C channels and for one. */
  readonly at: number;
  readonly thinAt: number;

  /** Values of C channels. */
  wide(): number {
    return this._arena.floats(this._values * this.channels);
  }

  /** Values of one channel. */
  thin(): number {
    return this._arena.floats(this._values);
  }

  /**
   * Table of the byte offsets of a convolution's taps, row by row.
   * @param channels - of what is read: C or 1.
   * @param turned - for gradients: the taps seen from the input.
   */
  taps(
    { kernel, dilation }: IConvolution,
    channels: number,
    turned = false
  ): number {
    const [kh, kw] = kernel;
    const offsets: number[] = [];
    for (let i = 0; i < kh; i++) {
      for (let j = 0; j < kw; j++) {
        const rows = (i - (kh >> 1)) * dilation[0];
        const columns = (j - (kw >> 1)) * dilation[1];
        offsets.push(4 * channels * (rows * this._row + columns));
      }
    }
    return this._arena.table(turned ? offsets.reverse() : offsets);
  }

  /** Table of where each position of a plane of twice the sides takes its value from. */
  doubled(large: Plane): number {
    const from = new Int32Array(large.samples * large.size);
    for (let p = 0; p < from.length; p++) {
      const column = p % large.width;
      const line = (p - column) / large.width;
      const source = (line >> 1) * this.width + (column >> 1);
      from[p] = 4 * this.channels * this.places[source];
    }
    return this._arena.table(from);
  }

  /** Table of (positions, 4) offsets of each position's copies in that plane. */
  copies(large: Plane): number {
    const offsets: number[] = [];
    for (let p = 0; p < this.samples * this.size; p++) {
      const column = p % this.width;
      const line = (p - column) / this.width;
      const first = 2 * line * large.width + 2 * column;
      for (const i of [0, 1, large.width, large.width + 1]) {
        offsets.push(4 * this.channels * large.places[first + i]);
      }
    }
    return this._arena.table(offsets);
  }

  private readonly _arena: Arena;
  /** Positions from one row to the next. */
  private readonly _row: number;
  /** Positions and margins. */
  private readonly _values: number;
}
