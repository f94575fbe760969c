import type { ITable } from './table';
import type { IViewContext } from './view';
import { latentName } from './wording';

/** The encodings of all windows, a row each. */
export function latentTable({
  shown,
  trans,
  workspace
}: IViewContext): ITable | null {
  const { active, pair } = shown;
  if (!active || !pair) {
    return null;
  }
  const z = active.setup.latentDims;
  const { mask } = workspace.explorer.selection;
  return {
    title: trans.__('Encodings, %1', shown.labelOf(active)),
    columns: [
      trans.__('column'),
      trans.__('row'),
      trans.__('part'),
      trans.__('selected'),
      ...Array.from({ length: z }, (_, i) => latentName(i))
    ],
    rows: Array.from(active.positions, (pixel, i) => {
      const row = Math.floor(pixel / pair.nx);
      const column = pixel % pair.nx;
      return [
        column,
        row,
        shown.partAt(row, column) ?? '',
        mask?.[pixel] ?? 0,
        ...active.latents.subarray(i * z, (i + 1) * z)
      ];
    })
  };
}
