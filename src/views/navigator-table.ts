import { axisValue } from '../signal/axis';
import { type IPictureFrame, pixelAt } from './navigator-frame';
import { imagePicture, pictureOf, type ShownLayer } from './navigator-layers';
import type { ITable } from './table';
import type { IViewContext } from './view';

/** Rows at most: a table of more is read by nobody, and Python has the whole map. */
const MOST = 20000;

/** Place, image and layer of each pixel that is seen; null where they are too many. */
export function navigatorTable(
  context: IViewContext,
  layer: ShownLayer,
  frame: IPictureFrame
): ITable | null {
  const { shown, trans } = context;
  const { pair } = shown;
  if (!pair) {
    return null;
  }
  const { seen } = frame;
  const [top, left] = pixelAt(frame, pair, seen.left + 0.5, seen.top + 0.5);
  const [bottom, right] = pixelAt(
    frame,
    pair,
    seen.left + seen.width - 0.5,
    seen.top + seen.height - 0.5
  );
  if ((bottom - top + 1) * (right - left + 1) > MOST) {
    return null;
  }
  const picture = pictureOf(context, layer);
  const withUnits = (name: string, units: string): string =>
    units ? `${name} (${units})` : name;
  const rows: (string | number)[][] = [];
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const i = row * pair.nx + column;
      const place = [
        column,
        row,
        axisValue(pair.x, column),
        axisValue(pair.y, row)
      ];
      const value = picture?.values[i];
      rows.push([
        ...place,
        pair.image[i],
        ...(picture
          ? [
              picture.categories
                ? picture.text(value!)
                : picture.factor * value!
            ]
          : [])
      ]);
    }
  }
  return {
    columns: [
      trans.__('column'),
      trans.__('row'),
      withUnits('x', pair.x.units),
      withUnits('y', pair.y.units),
      imagePicture(context).title,
      ...(picture ? [picture.title] : [])
    ],
    rows
  };
}
