/** Choosing the number of latents from models of several sizes. */

/** What a model of one size came to. */
export interface ISizeResult {
  readonly latents: number;
  /** Mean errors over the windows of a part; NaN for an empty one. */
  readonly train: number;
  readonly test: number;
  /** Structure of the error map: see `structureOf`. */
  readonly r: number;
  readonly mse: number;
}

export interface ISizeSuggestion {
  readonly chosen: ISizeResult;
  /** The size of the lowest test error. */
  readonly best: ISizeResult;
  /** The largest size: what comes behind the chosen one ends there. */
  readonly largest: ISizeResult;
}

/** How far above the lowest test error the chosen one may lie, as a share of the lowest. */
export const SIZE_TOLERANCE = 0.05;

/**
 * The smallest size whose mean test error is at most `tolerance` above the lowest of all: more
 * latents than that fit the training windows, not the sample. null below three sizes with a
 * test error: two points show no trend.
 */
export function suggestSize(
  results: readonly ISizeResult[],
  tolerance = SIZE_TOLERANCE
): ISizeSuggestion | null {
  const usable = results
    .filter(result => Number.isFinite(result.test))
    .sort((a, b) => a.latents - b.latents);
  if (usable.length < 3) {
    return null;
  }
  const best = usable.reduce((a, b) => (b.test < a.test ? b : a));
  const chosen = usable.find(
    result => result.test <= best.test * (1 + tolerance)
  )!;
  return { chosen, best, largest: usable[usable.length - 1] };
}
