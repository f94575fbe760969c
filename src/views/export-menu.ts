import { openExportDialog } from './export-dialog';
import { fileName, saveBytes } from './export-file';
import { type IMenuEntry, openMenu } from './menu';
import { openTableDialog } from './table-dialog';
import type { View, IViewContext } from './view';

/** The Export menu: figures, tables and the active model as a file. */
export class ExportMenu {
  constructor(
    context: IViewContext,
    views: () => { readonly [name: string]: View }
  ) {
    this._context = context;
    this._views = views;
  }

  /** Opens the menu below its button. */
  open(anchor: HTMLElement, before: readonly IMenuEntry[] = []): void {
    const { workspace, shown, trans, files } = this._context;
    const name = fileName(workspace.title);
    const entries: (IMenuEntry | null)[] = before.length
      ? [...before, null]
      : [];
    entries.push(
      {
        label: trans.__('Figure…'),
        caption: trans.__('Save a view or the whole panel as SVG or PNG'),
        run: () => openExportDialog(this._context, anchor, this._views())
      },
      {
        label: trans.__('Table…'),
        caption: trans.__(
          'Read the numbers of a view or save them as CSV or NPZ (NumPy)'
        ),
        run: () => openTableDialog(this._context, anchor, this._views())
      },
      null,
      {
        label: shown.active
          ? trans.__('Model %1 (safetensors)', shown.labelOf(shown.active))
          : trans.__('Model (safetensors)'),
        enabled: shown.active !== null,
        run: () => {
          const bytes = workspace.exportModel();
          if (bytes) {
            saveBytes(
              bytes,
              `${name}-${shown.kind}-${shown.active?.label ?? 'model'}.safetensors`,
              'application/octet-stream'
            );
          }
        }
      }
    );
    if (files.saveWorkspace) {
      entries.push({
        label: trans.__('Save workspace…'),
        caption: trans.__(
          'Save image, maps, models and settings as a file that opens without a kernel'
        ),
        run: files.saveWorkspace
      });
    }
    openMenu(anchor, entries);
  }

  private _context: IViewContext;
  private _views: () => { readonly [name: string]: View };
}

/** The menu of one view: its figure and its numbers. */
export function openViewMenu(
  context: IViewContext,
  view: View,
  anchor: HTMLElement
): void {
  const { trans } = context;
  const views = { [view.name]: view };
  openMenu(anchor, [
    {
      label: trans.__('Export figure…'),
      enabled: view.picture !== null,
      run: () => openExportDialog(context, anchor, views, view.name)
    },
    {
      label: trans.__('Show as table'),
      enabled: view.table() !== null,
      run: () => openTableDialog(context, anchor, views, view.name)
    }
  ]);
}
