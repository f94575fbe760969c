import * as React from 'react';
import { copyText } from './clipboard';
import { openDialog } from './dialog';
import { fileName, saveBytes } from './export-file';
import { SelectField } from './fields';
import { type Cell, csvOf, type ITable } from './table';
import type { IViewContext, View } from './view';
import { arraysOf } from './view-arrays';
import { npzOf } from './npz';
import { grouped, significant } from './wording';

/** Rows that a page takes without delay; files have all of them. */
const MOST = 500;

/** Shows the numbers of a view as a table. `first`: the view that is chosen; '' for the first one with numbers. */
export function openTableDialog(
  context: IViewContext,
  opener: HTMLElement,
  views: Readonly<Record<string, View>>,
  first = ''
): void {
  openDialog(opener, context.trans.__('Table'), close => (
    <TableDialog context={context} views={views} first={first} close={close} />
  ));
}

interface IDialogProps {
  readonly context: IViewContext;
  readonly views: Readonly<Record<string, View>>;
  readonly first: string;
  close(): void;
}

function TableDialog(props: IDialogProps): JSX.Element {
  const { context } = props;
  const { trans, workspace } = context;
  // As they are when the dialog opens: a table that changes under the reader cannot be read.
  const [tables] = React.useState(() => tablesOf(props.views));
  const [name, setName] = React.useState(
    props.first || Object.keys(tables)[0] || ''
  );
  const [said, setSaid] = React.useState('');
  const table = tables[name];
  const title =
    table?.title ?? props.views[name]?.headingText ?? trans.__('Table');
  const copy = (): void => {
    copyText(csvOf(table)).then(
      () => setSaid(trans.__('Copied')),
      reason =>
        setSaid(reason instanceof Error ? reason.message : String(reason))
    );
  };
  return (
    <div className="jp-Eelscape-tableDialog">
      <h2>{title}</h2>
      {Object.keys(tables).length > 1 && (
        <SelectField
          label={trans.__('View')}
          title={trans.__('The views in sight that have numbers')}
          value={name}
          choices={Object.keys(tables).map(
            id => [id, props.views[id].headingText] as const
          )}
          onChange={setName}
        />
      )}
      {table ? (
        <NumberTable context={context} table={table} title={title} />
      ) : (
        <p>{trans.__('No view in sight has numbers yet. Open one first.')}</p>
      )}
      <div className="jp-Eelscape-dialogButtons">
        <span role="status">{said}</span>
        <button
          type="button"
          className="jp-Eelscape-button"
          disabled={!table}
          onClick={copy}
        >
          {trans.__('Copy as CSV')}
        </button>
        <button
          type="button"
          className="jp-Eelscape-button"
          disabled={!table}
          onClick={() =>
            saveBytes(
              csvOf(table),
              `${fileName(workspace.title)}-${name}.csv`,
              'text/csv'
            )
          }
        >
          {trans.__('Save as CSV')}
        </button>
        <button
          type="button"
          className="jp-Eelscape-button"
          disabled={!table}
          title={trans.__(
            'The arrays behind the view for numpy.load, each in its own shape; "about" in it says what they are'
          )}
          onClick={() =>
            saveBytes(
              npzOf(arraysOf(context, props.views[name].name, table)),
              `${fileName(workspace.title)}-${name}.npz`,
              'application/octet-stream'
            )
          }
        >
          {trans.__('Save as NPZ')}
        </button>
        <button
          type="button"
          className="jp-Eelscape-button"
          autoFocus
          onClick={props.close}
        >
          {trans.__('Close')}
        </button>
      </div>
    </div>
  );
}

function tablesOf(
  views: Readonly<Record<string, View>>
): Readonly<Record<string, ITable>> {
  const found: Record<string, ITable> = {};
  for (const [name, view] of Object.entries(views)) {
    const table = view.canDraw ? view.table() : null;
    if (table) {
      found[name] = table;
    }
  }
  return found;
}

function NumberTable(props: {
  context: IViewContext;
  table: ITable;
  title: string;
}): JSX.Element {
  const { table, title } = props;
  const { trans } = props.context;
  const rows = table.rows.slice(0, MOST);
  return (
    <>
      <div
        className="jp-Eelscape-tableScroll"
        role="region"
        aria-label={title}
        tabIndex={0}
      >
        <table>
          <thead>
            <tr>
              {table.columns.map((column, i) => (
                <th key={i} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                {row.map((cell, j) => (
                  <td
                    key={j}
                    className={typeof cell === 'number' ? 'jp-mod-number' : ''}
                  >
                    {cellText(cell)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="jp-Eelscape-tableNote">
        {rows.length < table.rows.length
          ? trans.__(
              '%1 of %2 rows; CSV has all of them',
              grouped(rows.length),
              grouped(table.rows.length)
            )
          : trans._n('%1 row', '%1 rows', rows.length)}
      </p>
    </>
  );
}

function cellText(cell: Cell): string {
  return typeof cell === 'number' ? significant(cell, 6) : cell;
}
