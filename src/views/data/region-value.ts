import { regionStatistics } from '../../analysis/regions';

/** What a map says in a region. */
export interface IRegionValue {
  /** NaN without a pixel. */
  readonly mean: number;
  /** Sample standard deviation over pixels / sqrt(pixels); NaN below two pixels. */
  readonly standardError: number;
}

/**
 * Mean of a map over the pixels of a region. The error is that of the pixels'
 * values: channels of one spectrum are not independent of one another.
 * @param map - (ny, nx).
 * @param inside - (ny, nx) 1 inside the region.
 * @param excluded - (ny, nx) 1 where a pixel is masked; null where none is.
 */
export function regionValue(
  map: Float32Array,
  inside: Uint8Array,
  excluded: Uint8Array | null
): IRegionValue {
  const { mean, standardError } = regionStatistics(map, 1, inside, excluded);
  return {
    mean: mean?.[0] ?? NaN,
    standardError: standardError?.[0] ?? NaN
  };
}
