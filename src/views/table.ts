/** The numbers behind a picture, for those who read rather than look and for other programs. */

export type Cell = string | number;

export interface ITable {
  /** What the table holds, in a few words; the view's title where it is left out. */
  readonly title?: string;
  /** Names with units: "Energy loss (eV)". */
  readonly columns: readonly string[];
  /** As many cells a row as there are columns; NaN for no value. */
  readonly rows: readonly (readonly Cell[])[];
}

/** Comma-separated values with a line of names; an empty cell for no value. */
export function csvOf(table: ITable): string {
  return [table.columns, ...table.rows]
    .map(row => row.map(csvCell).join(','))
    .join('\n')
    .concat('\n');
}

function csvCell(cell: Cell): string {
  if (typeof cell === 'number') {
    return Number.isFinite(cell) ? String(cell) : '';
  }
  return /[",\n\r]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell;
}
