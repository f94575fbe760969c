import type { TranslationBundle } from '@jupyterlab/translation';
import type { Part } from './shown';

/** What a part of the split is called. */
export function partName(part: Part, trans: TranslationBundle): string {
  return {
    train: trans.__('train'),
    guard: trans.__('guard'),
    test: trans.__('test')
  }[part];
}
