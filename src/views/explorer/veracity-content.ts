/** What the veracity view says in words and numbers. */
import type { IVeracity } from '../../model/explorer/types';
import type { ITable } from '../table';
import type { IViewContext } from '../view';
import { fixed, percent } from '../wording';

/** The dispersions of every window. */
export function veracityTable(
  { shown, trans }: IViewContext,
  found: IVeracity
): ITable {
  const nx = shown.pair?.nx ?? 1;
  return {
    title: trans.__(
      'Dispersions of %1 neighbours, %2',
      found.k,
      shown.labelOf(shown.active!)
    ),
    columns: [
      trans.__('Row (px)'),
      trans.__('Column (px)'),
      trans.__('Latent space (% of all windows)'),
      trans.__('Feature space (% of all windows)')
    ],
    rows: Array.from(found.positions, (pixel, i) => [
      Math.floor(pixel / nx),
      pixel % nx,
      100 * found.latent[i],
      100 * found.feature[i]
    ])
  };
}

/** "pixel 59, 17" and the dispersions there. */
export function veracityLines(
  { shown, trans }: IViewContext,
  found: IVeracity,
  window: number
): string[] {
  const nx = shown.pair?.nx ?? 1;
  const pixel = found.positions[window];
  const feature = found.feature[window];
  const latent = found.latent[window];
  return [
    trans.__('pixel %1, %2', pixel % nx, Math.floor(pixel / nx)),
    trans.__('feature space %1', percent(feature)),
    trans.__('latent space %1', percent(latent)),
    trans.__('feature / latent %1', fixed(feature / latent, 2))
  ];
}
