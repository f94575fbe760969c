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
  const text = withoutFormula(cell);
  return /[",\n\r\t]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** What a spreadsheet would take for a formula, behind blanks and invisible characters too. */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20]/u;

/** Text that a spreadsheet shows and does not compute; numbers stay numbers. */
function withoutFormula(text: string): string {
  const shown = text.replace(/\0/g, '\ufffd');
  const number = shown.trim() !== '' && Number.isFinite(Number(shown));
  return FORMULA.test(shown) && !number ? `'${shown}` : shown;
}
