/** Places of the image that show a model from different sides: a void, a particle, a gap, an edge. */
import { TEST } from '../signal/types';

export type PlaceKind = 'void' | 'particle' | 'gap' | 'edge';

export interface ISuggestedPlace {
  readonly kind: PlaceKind;
  readonly row: number;
  readonly column: number;
}

export interface ISuggestionInput {
  /** (ny, nx). */
  readonly image: Float32Array;
  readonly ny: number;
  readonly nx: number;
  /** (ny, nx) labels of the split: -1 where no window fits. */
  readonly split: Int8Array;
  /** (ny, nx) 1 where a pixel is excluded; null for none. */
  readonly mask: Uint8Array | null;
  /** Side of the windows, pixels. */
  readonly window: number;
  /** (row, column) of places that are there already. */
  readonly taken: readonly (readonly [number, number])[];
}

/** Side of the square whose mean stands for a pixel: noise of one pixel must not decide. */
const NEAR = 3;
/** Nearer than this share of a window, two places show much the same. */
const APART = 0.5;
const KINDS: readonly PlaceKind[] = ['void', 'particle', 'gap', 'edge'];

/**
 * One place of each kind, by the mean of the image over 3 x 3 pixels (m), over a window (w), and the
 * gradient of m by central differences (g), all on the image's [0, 1] scale:
 *
 * - void: lowest w + m + g - what is dark far around
 * - particle: highest m - g - the bright middle of something
 * - gap: highest w - m - dark between bright
 * - edge: highest g
 *
 * Test windows are preferred, since errors there are those of data that were not trained on. Places
 * lie at least half a window from each other and from those that are taken; ties go to the lowest
 * row-major index. Fewer than four where there is no room.
 */
export function suggestPlaces(input: ISuggestionInput): ISuggestedPlace[] {
  const { nx, split, mask, window } = input;
  const usable = (pixel: number): boolean =>
    split[pixel] >= 0 && !mask?.[pixel];
  const all = Array.from(split.keys()).filter(usable);
  const test = all.filter(pixel => split[pixel] === TEST);
  const scores = scoresOf(input);
  const taken = input.taken.map(([row, column]) => [row, column]);
  const free = (pixel: number): boolean => {
    const row = Math.floor(pixel / nx);
    const column = pixel % nx;
    return taken.every(
      ([y, x]) =>
        Math.max(Math.abs(row - y), Math.abs(column - x)) >= APART * window
    );
  };
  const places: ISuggestedPlace[] = [];
  for (const kind of KINDS) {
    const score = scores[kind];
    const best = bestOf(test, score, free) ?? bestOf(all, score, free);
    if (best !== null) {
      const place = { kind, row: Math.floor(best / nx), column: best % nx };
      places.push(place);
      taken.push([place.row, place.column]);
    }
  }
  return places;
}

function bestOf(
  pixels: readonly number[],
  score: Float64Array,
  free: (pixel: number) => boolean
): number | null {
  let best: number | null = null;
  for (const pixel of pixels) {
    const better = best === null || score[pixel] > score[best];
    if (better && Number.isFinite(score[pixel]) && free(pixel)) {
      best = pixel;
    }
  }
  return best;
}

function scoresOf(input: ISuggestionInput): Record<PlaceKind, Float64Array> {
  const { ny, nx, window } = input;
  const image = scaled(input.image);
  const near = boxMean(image, ny, nx, NEAR);
  const far = boxMean(image, ny, nx, 2 * Math.floor(window / 2) + 1);
  const slope = gradient(near, ny, nx);
  const each = (value: (i: number) => number): Float64Array =>
    near.map((_, i) => value(i));
  return {
    void: each(i => -far[i] - near[i] - slope[i]),
    particle: each(i => near[i] - slope[i]),
    gap: each(i => far[i] - near[i]),
    edge: slope
  };
}

/** The image on the [0, 1] scale of its finite values. */
function scaled(image: Float32Array): Float64Array {
  let low = Infinity;
  let high = -Infinity;
  for (const value of image) {
    if (Number.isFinite(value)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  const span = high > low ? high - low : 1;
  return Float64Array.from(image, value => (value - low) / span);
}

/** Mean over a square of an odd side, cut at the edges; values that are not finite are left out. */
function boxMean(
  values: Float64Array,
  ny: number,
  nx: number,
  side: number
): Float64Array {
  // Sums over everything above and left of a place: a mean takes four of them, whatever the side.
  const stride = nx + 1;
  const sums = new Float64Array((ny + 1) * stride);
  const counts = new Float64Array((ny + 1) * stride);
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      const value = values[y * nx + x];
      const finite = Number.isFinite(value);
      const at = (y + 1) * stride + x + 1;
      const before = (table: Float64Array): number =>
        table[at - 1] + table[at - stride] - table[at - stride - 1];
      sums[at] = before(sums) + (finite ? value : 0);
      counts[at] = before(counts) + (finite ? 1 : 0);
    }
  }
  const reach = (side - 1) / 2;
  return values.map((_, pixel) => {
    const y = Math.floor(pixel / nx);
    const x = pixel % nx;
    const top = Math.max(0, y - reach) * stride;
    const bottom = Math.min(ny, y + reach + 1) * stride;
    const left = Math.max(0, x - reach);
    const right = Math.min(nx, x + reach + 1);
    const within = (table: Float64Array): number =>
      table[bottom + right] -
      table[top + right] -
      table[bottom + left] +
      table[top + left];
    return within(sums) / within(counts);
  });
}

/** Length of the gradient by central differences; one-sided at the edges. */
function gradient(values: Float64Array, ny: number, nx: number): Float64Array {
  return values.map((_, pixel) => {
    const y = Math.floor(pixel / nx);
    const x = pixel % nx;
    const [left, right] = [Math.max(0, x - 1), Math.min(nx - 1, x + 1)];
    const [top, bottom] = [Math.max(0, y - 1), Math.min(ny - 1, y + 1)];
    const across = values[y * nx + right] - values[y * nx + left];
    const down = values[bottom * nx + x] - values[top * nx + x];
    return Math.hypot(
      across / Math.max(1, right - left),
      down / Math.max(1, bottom - top)
    );
  });
}
