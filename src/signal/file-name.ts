/** Titles as parts of file names. */

/** Characters of a part at most: file systems take names of 255 bytes, of four for some. */
const MOST = 50;
/** Names that Windows gives to devices, with any extension. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(?=$|\.)/i;

/**
 * Letters, digits, dots, dashes and underscores of a title: a name within one folder on every
 * system. '' where it has none.
 */
export function plainFileName(title: string): string {
  const name = title
    .normalize('NFKC')
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-')
    .replace(/^[-._\p{M}]+/u, '');
  return Array.from(name)
    .slice(0, MOST)
    .join('')
    .replace(/[-.]+$/, '')
    .replace(DEVICE, '$1-');
}
