/** Ranks and the correlation of ranks. */
import { pearson } from './statistics';

/** (n) ranks from 1; equal values share the mean of their ranks, as scipy.stats.rankdata. */
export function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => values[a] - values[b]
  );
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) {
      to++;
    }
    for (let at = from; at < to; at++) {
      ranks[order[at]] = (from + to + 1) / 2;
    }
    from = to;
  }
  return ranks;
}

/**
 * Spearman's rank correlation over the places where both values are finite, -1 to 1: 1 where one
 * always grows with the other. NaN with fewer than two places or where one side is constant.
 */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const usable = Array.from({ length: a.length }, (_, i) => i).filter(
    i => Number.isFinite(a[i]) && Number.isFinite(b[i])
  );
  return pearson(
    ranksOf(usable.map(i => a[i])),
    ranksOf(usable.map(i => b[i]))
  );
}
