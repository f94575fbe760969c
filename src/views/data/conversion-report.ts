import type { ISourceSummary } from '../../model/types';
import type { IPair } from '../../signal/types';

/** What was converted on the way in: of the source, then what only the data in the panel say. */
export function reportOf(
  source: ISourceSummary | null,
  pair: IPair
): readonly string[] {
  return Array.from(new Set([...(source?.report ?? []), ...pair.report]));
}
