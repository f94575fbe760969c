import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
import { pictureOf, saveBytes, savePng, saveSvg } from './export-picture';
import type { View, IViewContext } from './view';

/** An entry that stands above the exports. */
export interface IMenuEntry {
  readonly label: string;
  readonly enabled?: boolean;
  run(): void;
}

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
    const commands = new CommandRegistry();
    const menu = new Menu({ commands });
    const name = fileName(workspace.title);
    const add = (id: string, label: string, run: () => void): void => {
      commands.addCommand(id, { label, execute: run });
      menu.addItem({ command: id });
    };
    before.forEach((entry, i) => {
      commands.addCommand(`before-${i}`, {
        label: entry.label,
        isEnabled: () => entry.enabled !== false,
        execute: entry.run
      });
      menu.addItem({ command: `before-${i}` });
    });
    if (before.length) {
      menu.addItem({ type: 'separator' });
    }
    commands.addCommand('model', {
      label: shown.active
        ? trans.__('Model %1 (safetensors)', shown.labelOf(shown.active))
        : trans.__('Model (safetensors)'),
      isEnabled: () => shown.active !== null,
      execute: () => {
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
    menu.addItem({ command: 'model' });
    menu.addItem({ type: 'separator' });
    for (const [id, view] of Object.entries(this._views())) {
      const title = view.headingText;
      if (!view.canDraw || view.height <= 0 || !title || !view.picture) {
        continue;
      }
      const caption = this._caption();
      add(`${id}-svg`, trans.__('%1 as SVG', title), () =>
        saveSvg(pictureOf(view, title, caption), `${name}-${id}.svg`)
      );
      add(`${id}-png`, trans.__('%1 as PNG', title), () => {
        savePng(pictureOf(view, title, caption), `${name}-${id}.png`).catch(
          reason => console.error(reason)
        );
      });
    }
    const box = anchor.getBoundingClientRect();
    menu.aboutToClose.connect(() => {
      // The chosen command runs after the menu closed.
      window.setTimeout(() => menu.dispose(), 0);
    });
    menu.open(box.left, box.bottom);
  }

  /** One line that says how the figure came about. */
  private _caption(): string {
    const { workspace, shown, trans } = this._context;
    const setup = shown.active?.setup ?? workspace.data.setup;
    const parts = [
      workspace.title,
      shown.pair?.simulated ? trans.__('simulated data') : '',
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
