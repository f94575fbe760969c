/** Where the parts of the gallery of pinned locations stand; numbers are CSS pixels. */

export interface IPinCell {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface IPinsLayout {
  /** One a location, in the order of the list. */
  readonly cells: readonly IPinCell[];
  /** Side of the windows. */
  readonly side: number;
}

/** Spectra beside their windows: rows, in columns where there are many. */
export interface ISpectraLayout extends IPinsLayout {
  readonly columns: number;
  readonly rows: number;
}

/** Images below their spectra: a column each, in bands where there are many. */
export interface IImagesLayout extends IPinsLayout {
  readonly bands: number;
  /** Height of the spectra. */
  readonly spectrum: number;
}

/** Room of the letter beside a window. */
export const LETTER = 24;
/** Room of the axis and of the note below the spectra. */
export const FOOT = 36;
/** Room of the names of the rows of images. */
export const NAMES = 62;
/** Room above and below the parts of a column of images. */
export const TITLE = 36;
export const AXIS = 18;
export const CAPTION = 15;
const MOST_COLUMNS = 4;
const LARGEST = 144;

/** As many columns as leave rows and spectra the most of what they need. */
export function spectraLayout(
  width: number,
  height: number,
  count: number,
  window: number
): ISpectraLayout {
  let best: ISpectraLayout | null = null;
  let most = -Infinity;
  for (let columns = 1; columns <= Math.min(MOST_COLUMNS, count); columns++) {
    const rows = Math.ceil(count / columns);
    const across = (width - 6) / columns;
    const down = Math.max(12, (height - FOOT) / rows);
    const side = wholePixels(
      Math.min(down - 8, 0.28 * across, LARGEST),
      window
    );
    const spectrum = across - LETTER - side - 20;
    const quality = Math.min(1, down / 72) * Math.min(1, spectrum / 150);
    if (quality > most) {
      most = quality;
      best = {
        columns,
        rows,
        side,
        cells: Array.from({ length: count }, (_, i) => ({
          left: 2 + across * Math.floor(i / rows),
          top: down * (i % rows),
          width: across,
          height: down
        }))
      };
    }
  }
  return best ?? { columns: 1, rows: 0, side: 0, cells: [] };
}

/** As many bands as make the images largest. */
export function imagesLayout(
  width: number,
  height: number,
  count: number,
  models: number,
  window: number
): IImagesLayout {
  let best: IImagesLayout | null = null;
  for (let bands = 1; bands <= Math.min(4, count); bands++) {
    const perBand = Math.ceil(count / bands);
    const across = Math.min((width - NAMES - 8) / perBand, LARGEST + 16);
    const down = (height - 18) / bands;
    const least = Math.round(Math.max(24, Math.min(56, 0.13 * down)));
    const room = down - TITLE - least - AXIS - 6 - models * (CAPTION + 3);
    const side = wholePixels(
      Math.max(8, Math.min(across - 10, room / (models + 1), LARGEST)),
      window
    );
    if (!best || side > best.side) {
      best = {
        bands,
        side,
        // What the images leave goes to the spectra.
        spectrum: Math.max(
          least,
          Math.min(Math.round(0.9 * side), least + room - side * (models + 1))
        ),
        cells: Array.from({ length: count }, (_, i) => ({
          left: NAMES + across * (i % perBand),
          top: down * Math.floor(i / perBand),
          width: across,
          height: down
        }))
      };
    }
  }
  return best ?? { bands: 1, side: 0, spectrum: 0, cells: [] };
}

/** The largest side with whole screen pixels for each pixel of a window, or half steps where those win a tenth. */
function wholePixels(side: number, window: number): number {
  const whole = Math.floor(side / window);
  const half = Math.floor((2 * side) / window) / 2;
  const scale = half - whole >= 0.1 * whole ? half : whole;
  return scale >= 2 ? scale * window : Math.max(6, Math.floor(side));
}
