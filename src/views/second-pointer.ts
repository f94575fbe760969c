import { pictureOf, shownLayer } from './navigator-layers';
import { distanceText } from './navigator-marks';
import type { IViewContext } from './view';
import { significant } from './wording';

/** What the picture says of the second pointer: where it is, how far from the first, and the values of both. */
export function secondPointerLines(context: IViewContext): string[] {
  const { shown, workspace, trans } = context;
  const { pointer, secondPointer } = workspace.navigation;
  const { pair } = shown;
  if (!secondPointer || !pair) {
    return [];
  }
  const [row, column] = secondPointer;
  const lines = [
    trans.__(
      '2 at (%1, %2), %3 away',
      column,
      row,
      distanceText(context, pointer, secondPointer)
    )
  ];
  const picture = pictureOf(context, shownLayer(context));
  const valueAt = ([y, x]: readonly [number, number]): string => {
    const pixel = y * pair.nx + x;
    const value = picture?.values[pixel] ?? NaN;
    return picture
      ? Number.isFinite(value)
        ? picture.text(value)
        : '\u2013'
      : `${significant(pair.image[pixel], 4)} ${pair.imageUnits}`.trim();
  };
  lines.push(
    trans.__('1: %1, 2: %2', valueAt(pointer), valueAt(secondPointer))
  );
  return lines;
}
