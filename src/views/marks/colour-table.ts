import { rgb } from 'd3-color';
import {
  interpolateCividis,
  interpolateMagma,
  interpolateRdBu,
  interpolateViridis
} from 'd3-scale-chromatic';

/**
 * Colours of a raster: grey for HAADF, viridis for intensities, magma for errors; diverging, from
 * blue over white to red, for what has a sign.
 */
export type ColourName = 'grey' | 'viridis' | 'magma' | 'cividis' | 'diverging';

/** 256 colours as red, green, blue; (768). */
export type ColourTable = Uint8ClampedArray;

const tables = new Map<ColourName, ColourTable>();

/** The table of a name; made once. */
export function colourTable(name: ColourName): ColourTable {
  let table = tables.get(name);
  if (!table) {
    table = new Uint8ClampedArray(768);
    for (let i = 0; i < 256; i++) {
      const colour = rgb(interpolator(name)(i / 255));
      table[3 * i] = colour.r;
      table[3 * i + 1] = colour.g;
      table[3 * i + 2] = colour.b;
    }
    tables.set(name, table);
  }
  return table;
}

/** Position (0 to 255) of a value in a table with limits `low` and `high`. */
export function colourIndex(value: number, low: number, high: number): number {
  const span = high - low;
  const t = span > 0 ? (value - low) / span : 0.5;
  return Math.max(0, Math.min(255, Math.round(255 * t)));
}

/** The colour of a value as CSS text. */
export function colourOf(
  name: ColourName,
  value: number,
  low: number,
  high: number
): string {
  const table = colourTable(name);
  const i = 3 * colourIndex(value, low, high);
  return `rgb(${table[i]}, ${table[i + 1]}, ${table[i + 2]})`;
}

/** Relative luminance (0 to 1) of the colour of a value: decides between black and white lines on it. */
export function luminanceOf(
  name: ColourName,
  value: number,
  low: number,
  high: number
): number {
  const table = colourTable(name);
  const i = 3 * colourIndex(value, low, high);
  return (
    (0.2126 * table[i] + 0.7152 * table[i + 1] + 0.0722 * table[i + 2]) / 255
  );
}

function interpolator(name: ColourName): (t: number) => string {
  switch (name) {
    case 'viridis':
      return interpolateViridis;
    case 'magma':
      return interpolateMagma;
    case 'cividis':
      return interpolateCividis;
    case 'diverging':
      return t => interpolateRdBu(1 - t);
    default:
      return t => {
        const v = Math.round(255 * t);
        return `rgb(${v}, ${v}, ${v})`;
      };
  }
}
