/** Ends of the colours of pictures, as the data suggest them or as somebody chose them. */
import { percentiles } from '../analysis/statistics';
import type { ILayerLook } from '../model/types';
import { valuesAtRanks } from '../signal/order-statistics';

export type Limits = readonly [number, number];

/** What a picture asks of its limits. */
export interface ILimitsRule {
  /** Begins at 0 where nothing else was chosen: an offset would hide that there is little of it. */
  readonly fromZero?: boolean;
  /** As far below 0 as above: the middle of diverging colours is 0. */
  readonly symmetric?: boolean;
}

/** Shares that hold where nobody chose others, %. */
export const SHARES: Limits = [2, 98];

/** Arrays larger than this are not sorted. */
const LARGE = 20000;

const kept = new WeakMap<object, Map<string, Limits>>();

/** Limits of pictures that share their colours, so that they compare. */
export function lookLimits(
  look: ILayerLook,
  pictures: readonly (Float32Array | Float64Array)[],
  { fromZero = false, symmetric = false }: ILimitsRule = {}
): Limits {
  const { limits } = look;
  if (limits?.by === 'value') {
    return [limits.low, limits.high];
  }
  const shares = limits ? ([limits.low, limits.high] as const) : SHARES;
  const found = pictures
    .map(values => percentileLimits(values, shares))
    .filter(ends => ends.every(Number.isFinite));
  let low = Math.min(...found.map(ends => ends[0]));
  let high = Math.max(...found.map(ends => ends[1]));
  if (!found.length) {
    return [0, 1];
  }
  if (fromZero && !limits && low > 0) {
    low = 0;
  }
  if (symmetric) {
    high = Math.max(Math.abs(low), Math.abs(high));
    low = -high;
  }
  return low < high ? [low, high] : [low - 0.5, low + 0.5];
}

/** Percentiles of the finite values, as numpy.percentile; NaN without any. Kept as long as the array lives. */
export function percentileLimits(
  values: Float32Array | Float64Array,
  shares: Limits
): Limits {
  let known = kept.get(values);
  if (!known) {
    known = new Map();
    kept.set(values, known);
  }
  const key = shares.join();
  let limits = known.get(key);
  if (!limits) {
    limits = compute(values, shares);
    // Typing and dragging asks for many.
    if (known.size > 16) {
      known.clear();
    }
    known.set(key, limits);
  }
  return limits;
}

function compute(values: Float32Array | Float64Array, shares: Limits): Limits {
  if (values.length <= LARGE || !(values instanceof Float32Array)) {
    const finite = values.filter((value: number) => Number.isFinite(value));
    const [low, high] = percentiles(finite, shares);
    return [low, high];
  }
  const places: number[] = [];
  const found = valuesAtRanks(values, 1, null, n => {
    places.push(...shares.map(share => (share / 100) * (n - 1)));
    return places.flatMap(place => [
      Math.floor(place),
      Math.min(n - 1, Math.floor(place) + 1)
    ]);
  });
  const between = (i: number): number => {
    const part = places[i] - Math.floor(places[i]);
    return found[2 * i] + part * (found[2 * i + 1] - found[2 * i]);
  };
  return found.length ? [between(0), between(1)] : [NaN, NaN];
}
