import type { ITable } from './table';
import { latentSpread, nodeValues, nodeWindows } from './grid-words';
import { spreadOf } from './shown';
import type { IViewContext } from './view';
import { latentName } from './wording';

/**
 * The nodes of the latent grid, a row each, from the lowest values on.
 * @param intensities - (size * size) mean over the energy range where tiles are spectra, else null.
 */
export function gridTable(
  { shown, trans }: IViewContext,
  intensities: Float64Array | null
): ITable | null {
  const { active, grid, pair } = shown;
  if (!active || !grid || !pair) {
    return null;
  }
  return {
    title: trans.__('Latent grid, %1', shown.labelOf(active)),
    columns: [
      ...grid.axes.map(latentName),
      ...(intensities
        ? [
            trans.__(
              'intensity %1 (%2)',
              shown.energyText(),
              pair.spectraUnits || '1'
            )
          ]
        : []),
      trans.__('spread of the windows (% of full scale)'),
      trans.__('spread in latent'),
      trans.__('window near'),
      trans.__('nearest windows (column, row)')
    ],
    rows: Array.from({ length: grid.size ** 2 }, (_, node) => [
      ...nodeValues(grid, node),
      ...(intensities ? [intensities[node]] : []),
      100 * spreadOf(grid, node),
      latentSpread(active, grid, node),
      grid.far[node] ? 0 : 1,
      nodeWindows(active, grid, node)
        .map(pixel => `${pixel % pair.nx}, ${Math.floor(pixel / pair.nx)}`)
        .join('; ')
    ])
  };
}
