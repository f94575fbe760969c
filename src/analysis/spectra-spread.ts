/** Means over several pixels: the square around the pointer, the selected windows. */
import { atOnce, type Slices } from '../signal/slices';

/** Spectra as `IPair` holds them. */
export interface ISpectra {
  readonly ny: number;
  readonly nx: number;
  readonly channels: number;
  /** (ny, nx, channels). */
  readonly spectra: Float32Array;
  /** (ny, nx) 1 where a pixel is excluded; null for none. */
  readonly mask: Uint8Array | null;
}

/** Mean and spread of some spectra; (channels) in the units of the spectra. */
export interface ISpectraSpread {
  /** Pixels that count: not excluded. */
  readonly pixels: number;
  readonly mean: Float32Array;
  /** Standard deviation over the pixels (ddof 1); null below two pixels. */
  readonly deviation: Float32Array | null;
}

/** Values that are looked at between two places to pause. */
const PIECE = 1 << 17;

/** Flat indices of the pixels within a square of an odd side around a pixel, cut at the edges of the scan. */
export function squareAround(
  { ny, nx }: Pick<ISpectra, 'ny' | 'nx'>,
  row: number,
  column: number,
  side: number
): number[] {
  const reach = (side - 1) / 2;
  const pixels: number[] = [];
  for (let y = row - reach; y <= row + reach; y++) {
    for (let x = column - reach; x <= column + reach; x++) {
      if (y >= 0 && x >= 0 && y < ny && x < nx) {
        pixels.push(y * nx + x);
      }
    }
  }
  return pixels;
}

/** Mean and spread of the spectra of some pixels, in slices; null where none of them counts. */
export function* spectraSpread(
  { spectra, channels, mask }: ISpectra,
  pixels: readonly number[] | Int32Array
): Slices<ISpectraSpread | null> {
  const used = Array.from(pixels).filter(pixel => !mask?.[pixel]);
  if (!used.length) {
    return null;
  }
  const piece = Math.max(1, Math.floor(PIECE / channels));
  const sums = new Float64Array(channels);
  for (let i = 0; i < used.length; i++) {
    if (i % piece === piece - 1) {
      yield;
    }
    const start = used[i] * channels;
    for (let e = 0; e < channels; e++) {
      sums[e] += spectra[start + e];
    }
  }
  const means = sums.map(sum => sum / used.length);
  const mean = Float32Array.from(means);
  if (used.length < 2) {
    return { pixels: 1, mean, deviation: null };
  }
  // A second pass: the difference of two large sums would lose the small spread of strong peaks.
  const squares = new Float64Array(channels);
  for (let i = 0; i < used.length; i++) {
    if (i % piece === piece - 1) {
      yield;
    }
    const start = used[i] * channels;
    for (let e = 0; e < channels; e++) {
      const difference = spectra[start + e] - means[e];
      squares[e] += difference * difference;
    }
  }
  const deviation = Float32Array.from(squares, square =>
    Math.sqrt(square / (used.length - 1))
  );
  return { pixels: used.length, mean, deviation };
}

/**
 * Mean spectrum of the square around a pixel; that of the pixel itself where
 * the side is 1 or all of the square is excluded.
 */
export function spectrumAround(
  data: ISpectra,
  row: number,
  column: number,
  side: number
): Float32Array {
  const { spectra, channels, nx } = data;
  const own = row * nx + column;
  const found =
    side > 1
      ? atOnce(spectraSpread(data, squareAround(data, row, column, side)))
      : null;
  return found?.mean ?? spectra.subarray(own * channels, (own + 1) * channels);
}

/** Mean of several curves of one length; null for none. */
export function meanCurve(
  curves: readonly Float32Array[]
): Float32Array | null {
  if (curves.length < 2) {
    return curves[0] ?? null;
  }
  return curves[0].map((_, i) => {
    let sum = 0;
    for (const curve of curves) {
      sum += curve[i];
    }
    return sum / curves.length;
  });
}
