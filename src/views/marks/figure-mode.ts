/**
 * How pictures are drawn while a figure is exported. It holds only within `drawnAs`, which returns
 * before the next frame, so that nobody sees it on screen.
 */
export interface IFigureMode {
  /** Canvas pixels a CSS pixel; null: as many as the screen has. */
  readonly ratio: number | null;
  readonly colourBars: boolean;
  readonly scaleBars: boolean;
}

const SCREEN: IFigureMode = { ratio: null, colourBars: true, scaleBars: true };

let mode = SCREEN;

/** The mode that holds now. */
export function figureMode(): IFigureMode {
  return mode;
}

/** Runs `task` with another mode; what it draws is to be drawn again afterwards. */
export function drawnAs<T>(figure: IFigureMode, task: () => T): T {
  mode = figure;
  try {
    return task();
  } finally {
    mode = SCREEN;
  }
}
