/** What the tooltip of a point of the latent plot shows. */
import type { ITrainedModel } from '../model/types';
import { extractWindow } from '../signal/windows';
import type { ILayerPicture } from './navigator-layers';
import { enlargedTile } from './tile-preview';
import type { IViewContext } from './view';

/** Place, part, error and, where points are coloured by something else, its value. */
export function windowLines(
  { shown }: IViewContext,
  model: ITrainedModel,
  pixel: number,
  colours: ILayerPicture | null,
  choice: string
): string[] {
  const nx = shown.pair?.nx ?? 1;
  const row = Math.floor(pixel / nx);
  const column = pixel % nx;
  const value = colours?.values[pixel] ?? NaN;
  return [
    `(${column}, ${row}) ${shown.partAt(row, column) ?? ''}`,
    shown.errorText(shown.errorAt(model, row, column)),
    ...(choice !== 'error' && colours && Number.isFinite(value)
      ? [colours.text(value)]
      : [])
  ];
}

/** The window of the image that a point stands for. */
export function windowPicture(
  { shown }: IViewContext,
  model: ITrainedModel,
  pixel: number
): HTMLElement {
  const pair = shown.pair!;
  const image = extractWindow(pair.image, pair.nx, model.setup.window, pixel);
  return enlargedTile(image, false, image, shown.imageLimits());
}
