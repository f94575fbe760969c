/** The colours of the pictures, read from the style sheet so that they follow the theme. */

export interface IPalette {
  readonly dark: boolean;
  readonly text: string;
  readonly text2: string;
  readonly line: string;
  readonly grid: string;
  readonly background: string;
  readonly measured: string;
  /** What is measured at the second pointer. */
  readonly second: string;
  /** What is chosen among others: the brand colour of the theme. */
  readonly chosen: string;
  /** One colour a model, in the order of training; a fifth model starts again. */
  readonly models: readonly string[];
  /** Regions in plots, in the order of the list; a seventh region starts again. */
  readonly regions: readonly string[];
  /** The same hues over pictures, which look alike in both themes. */
  readonly regionsOver: readonly string[];
  readonly train: string;
  readonly guard: string;
  readonly test: string;
  readonly pointer: string;
  readonly halo: string;
}

/** Dashes that tell the models apart without colour, in the order of the colours. */
export const MODEL_DASHES: readonly (string | null)[] = [
  '6 3',
  null,
  '8 3 2 3',
  '2 3'
];

/** Line widths that go with `MODEL_DASHES`, px. */
export const MODEL_WIDTHS: readonly number[] = [1.5, 2, 1.5, 1.5];

/** How many region colours there are: `--eelscape-region-1` and on. */
export const REGION_COLOURS = 6;

/** Dashes that tell the curves of regions apart without colour; they change at another pace than the colours. */
export const REGION_DASHES: readonly (string | null)[] = [
  null,
  '10 3',
  '2 2',
  '9 2 2 2'
];

const REGIONS = [
  '#6549c2',
  '#b3263f',
  '#00788c',
  '#8a5a00',
  '#567000',
  '#4a5b73'
];
const REGIONS_OVER = [
  '#b9a2ff',
  '#ff7a7a',
  '#4dd8ec',
  '#ffb45e',
  '#c3e05a',
  '#c3d0e6'
];

/** Reads the tokens that hold at `node`. */
export function readPalette(node: Element): IPalette {
  const style = getComputedStyle(node);
  const read = (name: string, fallback: string): string =>
    style.getPropertyValue(name).trim() || fallback;
  return {
    dark:
      document.body.dataset.jpThemeLight === 'false' &&
      !node.closest('.jp-mod-print'),
    text: read('--jp-ui-font-color1', '#212121'),
    text2: read('--jp-ui-font-color2', '#616161'),
    line: read('--eelscape-axis', '#9e9e9e'),
    grid: read('--eelscape-grid', '#eeeeee'),
    background: read('--jp-layout-color1', '#ffffff'),
    measured: read('--eelscape-measured', '#212121'),
    second: read('--eelscape-second', '#00838f'),
    chosen: read('--eelscape-chosen', '#1976d2'),
    models: [
      read('--eelscape-model-1', '#d55e00'),
      read('--eelscape-model-2', '#0072b2'),
      read('--eelscape-model-3', '#cc79a7'),
      read('--eelscape-model-4', '#009e73')
    ],
    regions: REGIONS.map((colour, i) =>
      read(`--eelscape-region-${i + 1}`, colour)
    ),
    regionsOver: REGIONS_OVER.map((colour, i) =>
      read(`--eelscape-region-over-${i + 1}`, colour)
    ),
    train: read('--eelscape-train', '#007f5c'),
    guard: read('--eelscape-guard', '#757575'),
    test: read('--eelscape-test', '#a3487f'),
    pointer: read('--eelscape-pointer', '#f0e442'),
    halo: read('--eelscape-halo', '#000000')
  };
}
