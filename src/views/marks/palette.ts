/** The colours of the pictures, read from the style sheet so that they follow the theme. */

export interface IPalette {
  readonly dark: boolean;
  readonly text: string;
  readonly text2: string;
  readonly line: string;
  readonly grid: string;
  readonly background: string;
  readonly measured: string;
  /** One colour a model, in the order of training; a fifth model starts again. */
  readonly models: readonly string[];
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

/** Reads the tokens that hold at `node`. */
export function readPalette(node: Element): IPalette {
  const style = getComputedStyle(node);
  const read = (name: string, fallback: string): string =>
    style.getPropertyValue(name).trim() || fallback;
  return {
    dark: document.body.dataset.jpThemeLight === 'false',
    text: read('--jp-ui-font-color1', '#212121'),
    text2: read('--jp-ui-font-color2', '#616161'),
    line: read('--eelscape-axis', '#9e9e9e'),
    grid: read('--eelscape-grid', '#eeeeee'),
    background: read('--jp-layout-color1', '#ffffff'),
    measured: read('--eelscape-measured', '#212121'),
    models: [
      read('--eelscape-model-1', '#d55e00'),
      read('--eelscape-model-2', '#0072b2'),
      read('--eelscape-model-3', '#cc79a7'),
      read('--eelscape-model-4', '#009e73')
    ],
    train: read('--eelscape-train', '#007f5c'),
    guard: read('--eelscape-guard', '#757575'),
    test: read('--eelscape-test', '#a3487f'),
    pointer: read('--eelscape-pointer', '#f0e442'),
    halo: read('--eelscape-halo', '#000000')
  };
}
