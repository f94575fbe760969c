/** The identity of this browser tab, kept over a reload of the page. */
import { UUID } from '@lumino/coreutils';

const KEY = 'eelscape:tab';
const fallback = UUID.uuid4();

/** The same string for every page of one tab; a fresh one where storage is refused. */
export function tabId(): string {
  try {
    const known = sessionStorage.getItem(KEY);
    if (known) {
      return known;
    }
    sessionStorage.setItem(KEY, fallback);
  } catch {
    // No storage: a reloaded page counts as another tab.
  }
  return fallback;
}
