/** The [0, 1] scale of training and errors. */
import { valuesAtRanks } from './order-statistics';
import type { IPair, IRange, IScaling } from './types';

/** What of a pair its scaling is taken from. */
export type ScalingSource = Pick<
  IPair,
  'image' | 'spectra' | 'channels' | 'mask'
>;

/** Percentiles that the robust scale takes for 0 and 1. */
export const ROBUST_PERCENTILES: readonly [number, number] = [0.1, 99.9];

/** Values at fractions (0 to 1) of the way through the sorted values, linear in between. */
function quantiles(
  values: Float32Array,
  channels: number,
  mask: Uint8Array | null,
  fractions: readonly number[]
): number[] {
  let n = 0;
  const found = valuesAtRanks(values, channels, mask, count => {
    n = count;
    return fractions.flatMap(fraction => {
      const low = Math.floor(fraction * (n - 1));
      return [low, Math.min(n - 1, low + 1)];
    });
  });
  return n === 0
    ? []
    : fractions.map((fraction, i) => {
        const place = fraction * (n - 1);
        const [low, high] = found.slice(2 * i, 2 * i + 2);
        return low + (place - Math.floor(place)) * (high - low);
      });
}

function rangeOf(
  values: Float32Array,
  channels: number,
  mask: Uint8Array | null,
  robust: boolean,
  what: string
): IRange {
  if (robust) {
    const fractions = ROBUST_PERCENTILES.map(percent => percent / 100);
    const [min, max] = quantiles(values, channels, mask, fractions);
    if (min !== undefined) {
      return { min, max };
    }
  }
  let min = Infinity;
  let max = -Infinity;
  for (let start = 0; start < values.length; start += channels) {
    if (mask && mask[start / channels]) {
      continue;
    }
    for (let i = start; i < start + channels; i++) {
      const value = values[i];
      if (Number.isFinite(value)) {
        if (value < min) {
          min = value;
        }
        if (value > max) {
          max = value;
        }
      }
    }
  }
  if (min > max) {
    throw new RangeError(
      `The ${what} of ${values.length} values has no finite one outside the ` +
        'mask: nothing to scale. Check the data and the mask.'
    );
  }
  return { min, max };
}

/**
 * One range for the image and one for the spectra, in data units: min and max
 * over all finite values of the unmasked pixels, the test part included.
 * @param robust - take the 0.1 and 99.9 percentiles instead; values beyond
 * them keep their place outside [0, 1].
 */
export function scalingOf(pair: ScalingSource, robust = false): IScaling {
  const { mask } = pair;
  return {
    image: rangeOf(pair.image, 1, mask, robust, 'HAADF image'),
    spectrum: rangeOf(
      pair.spectra,
      pair.channels,
      mask,
      robust,
      'spectrum image'
    )
  };
}

/**
 * max - min, or 1 where the range holds one value only: constant data are then
 * 0 on the scale and come back as they were.
 */
export function spanOf(range: IRange): number {
  return range.max > range.min ? range.max - range.min : 1;
}

/** True where a range holds one value only, so that nothing can be learnt from it. */
export function isConstant(range: IRange): boolean {
  return !(range.max > range.min);
}

/**
 * Why nothing can be learnt where image or spectra do not vary; '' where both do.
 * @param robust - the scaling is that of the percentiles, between which data
 * may be constant that vary beyond them.
 */
export function constantProblem(scaling: IScaling, robust = false): string {
  const { image, spectrum } = scaling;
  const [low, high] = ROBUST_PERCENTILES;
  const between = ` between the ${low} and ${high} percentiles`;
  const everywhere = (where: string) => (robust ? between : ` ${where}`);
  const parts: string[] = [];
  if (isConstant(image)) {
    const where = everywhere('at every pixel');
    parts.push(`The HAADF image is constant (${image.min}${where})`);
  }
  if (isConstant(spectrum)) {
    const where = everywhere('in every channel');
    parts.push(`the spectra are constant (${spectrum.min}${where})`);
  }
  const text = parts.join(' and ');
  const remedy = robust
    ? 'Set the scaling to "range".'
    : 'Check the data and the mask.';
  return text
    ? `${text[0].toUpperCase()}${text.slice(1)}: nothing to learn. ${remedy}`
    : '';
}

/** Data units to the [0, 1] scale; `out` may be `values` itself. */
export function scaleTo(
  values: ArrayLike<number>,
  range: IRange,
  out: Float32Array = new Float32Array(values.length)
): Float32Array {
  const span = spanOf(range);
  for (let i = 0; i < values.length; i++) {
    out[i] = (values[i] - range.min) / span;
  }
  return out;
}

/** The [0, 1] scale to data units; `out` may be `values` itself. */
export function unscale(
  values: ArrayLike<number>,
  range: IRange,
  out: Float32Array = new Float32Array(values.length)
): Float32Array {
  const span = spanOf(range);
  for (let i = 0; i < values.length; i++) {
    out[i] = values[i] * span + range.min;
  }
  return out;
}
