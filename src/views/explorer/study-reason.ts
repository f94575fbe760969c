import type { TranslationBundle } from '@jupyterlab/translation';
import {
  type ISizeSuggestion,
  SIZE_TOLERANCE
} from '../../analysis/latent-size';
import type { Shown } from '../shown';
import { fixed, percent, significant } from '../wording';

/** Why a size is suggested, in two sentences; '' without a suggestion. */
export function reasonText(
  suggestion: ISizeSuggestion | null,
  shown: Shown,
  trans: TranslationBundle
): string {
  if (!suggestion) {
    return '';
  }
  const { chosen, best, largest } = suggestion;
  const first =
    chosen.latents === best.latents
      ? trans.__(
          '%1 latents suggested for %2: lowest test error (%3), smaller sizes lie over %4 above it.',
          chosen.latents,
          shown.kind,
          shown.errorText(chosen.test),
          percent(SIZE_TOLERANCE, 0)
        )
      : trans.__(
          '%1 latents suggested for %2: smallest size with a test error (%3) within %4 of the lowest (%5 at %6).',
          chosen.latents,
          shown.kind,
          shown.errorText(chosen.test),
          percent(SIZE_TOLERANCE, 0),
          shown.errorText(best.test),
          best.latents
        );
  if (largest.latents === chosen.latents) {
    return trans.__(
      '%1 It is the largest that was trained: a larger one may do better.',
      first
    );
  }
  return trans.__(
    '%1 To %2 latents r goes from %3 to %4, MSE from %5 to %6.',
    first,
    largest.latents,
    fixed(chosen.r, 2),
    fixed(largest.r, 2),
    significant(chosen.mse, 2),
    significant(largest.mse, 2)
  );
}
