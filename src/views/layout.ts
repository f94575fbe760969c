/** Where each view stands, by the panel's own width; numbers are CSS pixels. */

import { bodyHeight, type ISlots, SLOT_VIEWS, type SlotView } from './slots';

/** The forms that share one column. */
export type FormName = 'data' | 'setup';

export type ViewName =
  | FormName
  | SlotView
  | 'navigator'
  | 'signal'
  | 'latent'
  | 'decoded'
  | 'projected'
  | 'readout';

export type LayoutMode = 'wide' | 'medium' | 'sections';

export interface IRect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface ILayoutInput {
  readonly width: number;
  readonly height: number;
  /** The form that is open; null for none. */
  readonly column: FormName | null;
  /** Height each form needs where it is not a column. */
  readonly formHeights: Readonly<Record<FormName, number>>;
  /** Height of the largest picture of the scan within a width, px. */
  readonly pictureHeight: (width: number) => number;
  /** Nodes on a side of the latent grid. */
  readonly gridSize: number;
  /** Sections that are open (narrow panels). */
  readonly open: ReadonlySet<ViewName>;
  /** Latent squares that are chosen (narrow panels). */
  readonly squares: ReadonlySet<ViewName>;
  /** The one view shown alone; null for all. */
  readonly alone: ViewName | null;
  /** The views in the two places whose view is chosen. */
  readonly slots: ISlots;
}

export interface ILayout {
  readonly mode: LayoutMode;
  /** Width and height of the content; more than the panel's: it scrolls. */
  readonly width: number;
  readonly height: number;
  readonly headerHeight: number;
  readonly rects: Partial<Record<ViewName, IRect>>;
  /** Side of a tile of the latent squares; the three share it. */
  readonly tile: number;
  /** Least width of the frame of the points, px: they fill a view that stands alone. */
  readonly latentAcross: number;
  /** Space that the readout takes within Navigator and Signal. */
  readonly navigatorRight: number;
  readonly navigatorBottom: number;
  readonly signalRight: number;
  readonly readoutAcross: boolean;
  /** True where the toolbar keeps only what matters and a menu. */
  readonly compact: boolean;
}

/** Margins around a latent square, below the header. */
export const SQUARE = { left: 42, right: 16, top: 6, bottom: 38 };
export const FORM_WIDTH = 214;
export const SECTION_HEADER = 27;
const HEADER = 30;
const ROW_1 = 434;
const ROW_2 = 394;
const ASIDE = 124;
const FOOT = 104;

/** The layout for a size of the panel. */
export function layoutFor(input: ILayoutInput): ILayout {
  if (input.width < 640) {
    return sections(input);
  }
  const column = input.width >= 900;
  const free = input.width - (input.column && column ? FORM_WIDTH : 0);
  const layout =
    free >= 1360 - FORM_WIDTH && input.width >= 1360
      ? wide(input, free)
      : medium(input, free, column);
  return input.alone ? alone(input, layout) : layout;
}

/** Side of a tile for a square within a view of that size. */
function tileFor(width: number, bodyHeight: number, size: number): number {
  const side = Math.min(
    width - SQUARE.left - SQUARE.right,
    bodyHeight - SQUARE.top - SQUARE.bottom
  );
  return Math.max(6, Math.floor(side / Math.max(1, size)));
}

function wide(input: ILayoutInput, free: number): ILayout {
  const left = input.width - free;
  const last = Math.max(
    Math.round(free * 0.245),
    Math.min(392, Math.max(320, free - 1134))
  );
  const navigator = Math.round((free - last) * 0.49);
  const signal = free - last - navigator;
  const square = Math.floor((free - last) / 3);
  const row1 = Math.max(
    ROW_1,
    Math.min(input.height - ROW_2, Math.round(input.height * 0.524))
  );
  const row2 = Math.max(ROW_2, input.height - row1);
  const below = row1;
  const lastLeft = left + free - last;
  return {
    mode: 'wide',
    width: input.width,
    height: row1 + row2,
    headerHeight: HEADER,
    tile: tileFor(square, row2 - HEADER, input.gridSize),
    latentAcross: 0,
    navigatorRight: 0,
    navigatorBottom: 0,
    signalRight: ASIDE,
    readoutAcross: false,
    compact: false,
    rects: {
      ...formColumn(input, left, input.height),
      navigator: rect(left, 0, navigator, row1),
      signal: rect(left + navigator, 0, signal, row1),
      readout: rect(lastLeft - ASIDE, HEADER, ASIDE, row1 - HEADER),
      [input.slots.upper]: rect(lastLeft, 0, last, row1),
      latent: rect(left, below, square, row2),
      decoded: rect(left + square, below, square, row2),
      projected: rect(left + 2 * square, below, free - last - 2 * square, row2),
      [input.slots.lower]: rect(lastLeft, below, last, row2)
    }
  };
}

function medium(input: ILayoutInput, free: number, column: boolean): ILayout {
  const left = input.width - free;
  const first = Math.max(Math.round(free / 2), Math.min(392, free - 312));
  const second = free - first;
  const over =
    input.column && !column ? input.formHeights[input.column] + HEADER : 0;
  // Taller where a wider column lets the picture grow.
  const row1 = Math.max(
    ROW_1,
    Math.min(
      560,
      Math.ceil(input.pictureHeight(first - 106)) + 32 + HEADER + FOOT
    )
  );
  const { upper, lower } = input.slots;
  const lowerHeight = bodyHeight(lower);
  const row2 = Math.max(ROW_2, lowerHeight + bodyHeight(upper));
  const row3 = Math.max(ROW_2, input.height - over - row1 - row2);
  const y1 = over;
  const y2 = y1 + row1;
  const y3 = y2 + row2;
  const height = y3 + row3;
  const half = Math.floor(free / 2);
  return {
    mode: 'medium',
    width: input.width,
    height,
    headerHeight: HEADER,
    tile: tileFor(Math.min(second, half), row2 - HEADER, input.gridSize),
    latentAcross: 0,
    navigatorRight: 0,
    navigatorBottom: FOOT,
    signalRight: 0,
    readoutAcross: true,
    compact: !column,
    rects: {
      ...(column
        ? formColumn(input, left, input.height)
        : formColumn(input, input.width, over)),
      navigator: rect(left, y1, first, row1),
      readout: rect(left, y2 - FOOT, first, FOOT - 2),
      signal: rect(left + first, y1, second, row1),
      [lower]: rect(left, y2, first, lowerHeight),
      [upper]: rect(left, y2 + lowerHeight, first, row2 - lowerHeight),
      decoded: rect(left + first, y2, second, row2),
      latent: rect(left, y3, half, row3),
      projected: rect(left + half, y3, free - half, row3)
    }
  };
}

function sections(input: ILayoutInput): ILayout {
  const width = Math.max(360, input.width);
  const rects: Partial<Record<ViewName, IRect>> = {};
  const chosen = (['latent', 'decoded', 'projected'] as const).filter(
    name => name === 'latent' || input.squares.has(name)
  );
  const perRow = width >= 420 && chosen.length > 1 ? 2 : 1;
  const squareWidth = Math.floor(width / perRow);
  const tile = Math.max(
    6,
    Math.min(
      Math.floor((perRow === 1 ? width : 208) / input.gridSize),
      tileFor(squareWidth, 1000, input.gridSize)
    )
  );
  const across = width < 480;
  const aside = across ? 0 : ASIDE;
  const foot = across ? FOOT : 0;
  const picture = width - aside - 36 - 70;
  let y = 0;
  const add = (name: ViewName, body: number): void => {
    const open = input.open.has(name);
    rects[name] = rect(0, y, width, SECTION_HEADER + (open ? body : 0));
    y += SECTION_HEADER + (open ? body : 0);
  };
  const navigator = Math.max(
    across ? 0 : 250,
    Math.min(480, Math.ceil(input.pictureHeight(picture)) + 32) + foot
  );
  add('navigator', navigator);
  if (input.open.has('navigator')) {
    rects.readout = across
      ? rect(0, SECTION_HEADER + navigator - foot, width, foot - 2)
      : rect(width - aside, SECTION_HEADER, aside, navigator);
  }
  add('signal', width >= 420 ? 216 : 200);
  const squareHeight = SQUARE.top + SQUARE.bottom + tile * input.gridSize;
  const latentTop = y;
  add('latent', Math.ceil(chosen.length / perRow) * squareHeight);
  if (input.open.has('latent')) {
    chosen.forEach((name, i) => {
      const top =
        latentTop + SECTION_HEADER + Math.floor(i / perRow) * squareHeight;
      const x = (i % perRow) * squareWidth;
      if (name !== 'latent') {
        rects[name] = rect(x, top, squareWidth, squareHeight - 1);
      }
    });
  }
  for (const name of SLOT_VIEWS) {
    add(name, bodyHeight(name));
  }
  add('data', input.formHeights.data);
  add('setup', input.formHeights.setup);
  return {
    mode: 'sections',
    width,
    height: y,
    headerHeight: SECTION_HEADER,
    tile,
    latentAcross: 0,
    navigatorRight: aside,
    navigatorBottom: foot,
    signalRight: 0,
    readoutAcross: across,
    compact: true,
    rects
  };
}

/** One view over the whole area, as a double click on its header asks. */
function alone(input: ILayoutInput, layout: ILayout): ILayout {
  const name = input.alone!;
  const rects: Partial<Record<ViewName, IRect>> = {
    [name]: rect(0, 0, input.width, input.height)
  };
  if (name === 'navigator' || name === 'signal') {
    rects.readout = rect(
      input.width - ASIDE,
      HEADER,
      ASIDE,
      input.height - HEADER
    );
  }
  return {
    ...layout,
    height: input.height,
    width: input.width,
    tile: tileFor(input.width, input.height - HEADER, input.gridSize),
    latentAcross:
      name === 'latent' ? input.width - SQUARE.left - SQUARE.right : 0,
    navigatorRight: name === 'navigator' ? ASIDE : 0,
    navigatorBottom: 0,
    signalRight: name === 'signal' ? ASIDE : 0,
    readoutAcross: false,
    rects
  };
}

function formColumn(
  input: ILayoutInput,
  width: number,
  height: number
): Partial<Record<ViewName, IRect>> {
  return input.column ? { [input.column]: rect(0, 0, width, height) } : {};
}

function rect(left: number, top: number, width: number, height: number): IRect {
  return { left, top, width, height };
}
