import { pictureOf, saveBytes, savePng, saveSvg } from './export-picture';
import { type IMenuEntry, openMenu } from './menu';
import type { View, IViewContext } from './view';

/** The Export menu: the active model as a file, each view as SVG or PNG. */
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
    const { workspace, shown, trans } = this._context;
    const name = fileName(workspace.title);
    const entries: (IMenuEntry | null)[] = before.length
      ? [...before, null]
      : [];
    entries.push({
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
    });
    entries.push(null);
    for (const [id, view] of Object.entries(this._views())) {
      const title = view.headingText;
      if (!view.canDraw || view.height <= 0 || !title || !view.picture) {
        continue;
      }
      const caption = this._caption();
      entries.push(
        {
          label: trans.__('%1 as SVG', title),
          run: () =>
            saveSvg(pictureOf(view, title, caption), `${name}-${id}.svg`)
        },
        {
          label: trans.__('%1 as PNG', title),
          run: () => {
            savePng(pictureOf(view, title, caption), `${name}-${id}.png`).catch(
              reason => console.error(reason)
            );
          }
        }
      );
    }
    openMenu(anchor, entries);
  }

  /** One line that says how the figure came about. */
  private _caption(): string {
    const { workspace, shown, trans } = this._context;
    const setup = shown.active?.setup ?? workspace.data.setup;
    const { steps } = workspace.preprocessing;
    const parts = [
      workspace.title,
      shown.pair?.simulated ? trans.__('simulated data') : '',
      steps.length
        ? trans._n(
            '%1 preprocessing step',
            '%1 preprocessing steps',
            steps.length
          )
        : '',
      trans.__('split %1', setup.split),
      trans.__('seed %1', setup.seed),
      shown.active?.backend ?? ''
    ];
    return parts.filter(Boolean).join(' \u00b7 ');
  }

  private _context: IViewContext;
  private _views: () => { readonly [name: string]: View };
}

function fileName(title: string): string {
  return (
    title
      .normalize('NFKD')
      .replace(/[^\w.-]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'eelscape'
  );
}
