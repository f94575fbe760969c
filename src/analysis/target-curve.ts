/** Spectra that are wanted: made of peaks, or drawn. */

/** A Gaussian peak. */
export interface IPeak {
  /** Energy of its maximum, in the units of the axis. */
  readonly position: number;
  /** Full width at half maximum, in the units of the axis. */
  readonly width: number;
  /** In the units of the spectra; a negative one is a dip. */
  readonly height: number;
}

/**
 * (E) base + sum of height * exp(-4 ln 2 ((E - position) / width)^2).
 * @param energies - values of the channels.
 */
export function peakSpectrum(
  energies: ArrayLike<number>,
  peaks: readonly IPeak[],
  base: number
): Float32Array {
  const out = new Float32Array(energies.length);
  for (let i = 0; i < energies.length; i++) {
    let sum = base;
    for (const { position, width, height } of peaks) {
      const d = (energies[i] - position) / width;
      sum += height * Math.exp(-4 * Math.LN2 * d * d);
    }
    out[i] = sum;
  }
  return out;
}

/**
 * Where a further peak is not hidden by one that is there: the place that is wished for, or the
 * middle of the widest gap.
 * @param apart - distance at which two peaks are told apart, in the units of the axis.
 * @param ends - the first and the last energy.
 */
export function freePlace(
  taken: readonly number[],
  wish: number,
  apart: number,
  ends: readonly [number, number]
): number {
  if (taken.every(place => Math.abs(place - wish) >= apart)) {
    return wish;
  }
  const places = [...taken, ...ends].sort((a, b) => a - b);
  let widest = 1;
  for (let i = 2; i < places.length; i++) {
    const gap = places[i] - places[i - 1];
    if (gap > places[widest] - places[widest - 1]) {
      widest = i;
    }
  }
  return (places[widest - 1] + places[widest]) / 2;
}

/** A place on a plot of a spectrum. */
export type Place = readonly [channel: number, value: number];

/** A copy of a curve with a straight line from one place to another drawn over it. */
export function drawnOver(
  curve: Float32Array,
  from: Place,
  to: Place
): Float32Array {
  const out = curve.slice();
  const [[a, low], [b, high]] = from[0] <= to[0] ? [from, to] : [to, from];
  const last = curve.length - 1;
  for (let i = Math.max(0, Math.ceil(a)); i <= Math.min(last, b); i++) {
    out[i] = b > a ? low + ((high - low) * (i - a)) / (b - a) : to[1];
  }
  return out;
}

/**
 * A copy of a curve raised around a channel, by a Gaussian of the given full
 * width at half maximum in channels.
 */
export function raisedAt(
  curve: Float32Array,
  channel: number,
  by: number,
  width: number
): Float32Array {
  return curve.map((value, i) => {
    const d = (i - channel) / width;
    return value + by * Math.exp(-4 * Math.LN2 * d * d);
  });
}

/**
 * One peak like the strongest of a spectrum: its place, its height above the
 * lowest value and its full width at half of that height.
 */
export function strongestPeak(
  energies: ArrayLike<number>,
  spectrum: ArrayLike<number>
): { readonly peak: IPeak; readonly base: number } {
  const last = spectrum.length - 1;
  let top = 0;
  let base = Infinity;
  for (let i = 0; i <= last; i++) {
    if (spectrum[i] > (spectrum[top] ?? -Infinity)) {
      top = i;
    }
    base = spectrum[i] < base ? spectrum[i] : base;
  }
  if (!Number.isFinite(base)) {
    base = 0;
  }
  const height = Number.isFinite(spectrum[top]) ? spectrum[top] - base : 0;
  const half = base + height / 2;
  let left = top;
  let right = top;
  while (left > 0 && spectrum[left] > half) {
    left--;
  }
  while (right < last && spectrum[right] > half) {
    right++;
  }
  const width = Math.abs(energies[right] - energies[left]);
  return {
    base,
    peak: {
      position: energies[top] ?? 0,
      width: width > 0 ? width : 1,
      height
    }
  };
}
