import { pictureOf, type ShownLayer } from './navigator-layers';
import type { IViewContext } from './view';
import { significant } from './wording';

/** What the tooltip says of a pixel. */
export function pixelLines(
  context: IViewContext,
  layer: ShownLayer,
  row: number,
  column: number
): string[] {
  const { shown, workspace, trans } = context;
  const pair = shown.pair!;
  const pixel = row * pair.nx + column;
  const picture = pictureOf(context, layer);
  const lines = [
    `(${column}, ${row})`,
    picture && Number.isFinite(picture.values[pixel])
      ? picture.text(picture.values[pixel])
      : `${significant(pair.image[pixel], 4)} ${pair.imageUnits}`.trim()
  ];
  if (shown.excludedAt(row, column)) {
    lines.push(trans.__('excluded'));
  }
  if (workspace.preprocessing.preview?.flags?.[pixel]) {
    lines.push(trans.__('changed by the step'));
  }
  const regions = shown.regionsAt(row, column);
  if (regions.length) {
    lines.push(regions.map(region => region.name).join(', '));
  }
  const pins = workspace.explorer.pins.items.filter(
    pin => pin.row === row && pin.column === column
  );
  if (pins.length) {
    lines.push(
      pins.map(pin => [pin.letter, pin.name].filter(Boolean).join(' ')).join()
    );
  }
  return lines;
}
