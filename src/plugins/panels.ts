/** Opens a panel for each explorer, beside its notebook, and keeps track of them. */
import type {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd
} from '@jupyterlab/application';
import { Dialog, showDialog, WidgetTracker } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { SplitPanel, Widget } from '@lumino/widgets';
import { MessageLoop, type Message } from '@lumino/messaging';
import { Signal, type ISignal } from '@lumino/signaling';
import type { ILink } from '../kernel/types';
import type { IWorkspace } from '../model/types';
import type { Workspace } from '../model/workspace';
import type { IPanels } from '../tokens';
import type { ILiveSettings } from './settings';
import { connectData } from './workspace-connect';
import { saveWorkspace } from './workspace-save';

export interface IPanelsOptions {
  readonly app: JupyterFrontEnd;
  /** null in Notebook 7. */
  readonly labShell: ILabShell | null;
  readonly notebooks: INotebookTracker;
  readonly translator: ITranslator;
  readonly trans: TranslationBundle;
  readonly settings: ILiveSettings;
}

interface IEntry {
  readonly workspace: Workspace;
  readonly widget: Widget;
  /** Path of the notebook that the panel belongs to. */
  readonly path: string;
}

/** Reopens a panel when the page is loaded; its kernel then finds it by id. */
const RESTORE = 'eelscape:restore-panel';

/** Panels by explorer id; the workspace of a panel lives as long as the panel. */
export class Panels implements IPanels {
  constructor(options: IPanelsOptions) {
    this._options = options;
    this._tracker.currentChanged.connect(() => {
      this._currentChanged.emit(this.current);
    });
    options.labShell?.currentChanged.connect((_, { newValue }) => {
      // A document is tracked by its own kind of file.
      const entries = [...this._entries.values()];
      if (newValue && entries.some(({ widget }) => widget === newValue)) {
        this._focused = newValue;
        this._currentChanged.emit(this.current);
      }
    });
  }

  get workspaces(): readonly IWorkspace[] {
    return [...this._entries.values()].map(entry => entry.workspace);
  }

  get current(): IWorkspace | null {
    const widget =
      this._focused && !this._focused.isDisposed
        ? this._focused
        : this._tracker.currentWidget;
    const entries = [...this._entries.values()];
    const entry = entries.find(item => item.widget === widget);
    return (entry ?? entries[entries.length - 1])?.workspace ?? null;
  }

  get currentChanged(): ISignal<IPanels, IWorkspace | null> {
    return this._currentChanged;
  }

  /** Show the data of a link: in the panel of its id, or in a new one. */
  open(link: ILink, notebook: NotebookPanel): Promise<void> {
    // One after another, so that two links of one id meet one panel.
    return this._queue(() => this._open(link, notebook)).catch(error => {
      console.error('eelscape: the panel could not be opened.', error);
      link.dispose();
    });
  }

  /** A workspace and its panel for a file; they become known by `include`. */
  async makeForFile(
    id: string
  ): Promise<{ workspace: Workspace; panel: Widget }> {
    const { makeWorkspace } = await import('./panel-parts');
    const { settings } = this._options;
    const workspace = makeWorkspace(id, null, settings.workspace);
    return { workspace, panel: await this._panelOf(workspace) };
  }

  /** Take up the workspace of a file; it ends with its widget. */
  include(workspace: Workspace, widget: Widget, path: string): void {
    this._entries.set(workspace.id, { workspace, widget, path });
    MessageLoop.installMessageHook(widget, (_, message: Message) => {
      const work = workspace.training.running || workspace.unsent > 0;
      if (message.type === 'close-request' && work) {
        void this._close(workspace, widget);
        return false;
      }
      return true;
    });
    widget.disposed.connect(() => this._forget(workspace));
    this._focused = widget;
    this._currentChanged.emit(this.current);
  }

  /** Save a workspace beside its notebook, after asking. */
  save(workspace: IWorkspace): Promise<void> {
    const { app, trans } = this._options;
    const { path } = this._entries.get(workspace.id) ?? { path: '' };
    return saveWorkspace({
      contents: app.serviceManager.contents,
      folder: PathExt.dirname(path),
      trans,
      workspace
    });
  }

  /** Bring the panels back to their places when the page is loaded again. */
  restore(restorer: ILayoutRestorer): void {
    const entryOf = (widget: Widget) =>
      [...this._entries].find(([, entry]) => entry.widget === widget);
    this._options.app.commands.addCommand(RESTORE, {
      label: this._options.trans.__('Restore an eelscape panel'),
      execute: async args => {
        const { id, path } = args;
        if (typeof id === 'string' && typeof path === 'string') {
          await this._queue(() => this._restore(id, path));
        }
      },
      describedBy: {
        args: {
          type: 'object',
          properties: {
            id: { type: 'string', description: 'Id of the explorer' },
            path: { type: 'string', description: 'Path of its notebook' }
          },
          required: ['id', 'path']
        }
      }
    });
    void restorer.restore(this._tracker, {
      command: RESTORE,
      name: widget => entryOf(widget)?.[0] ?? widget.id,
      args: widget => {
        const found = entryOf(widget);
        return { id: found?.[0] ?? '', path: found?.[1].path ?? '' };
      }
    });
  }

  private _queue(task: () => Promise<void>): Promise<void> {
    const done = this._opening.then(task);
    this._opening = done.catch(() => undefined);
    return done;
  }

  private async _open(link: ILink, notebook: NotebookPanel): Promise<void> {
    const known = this._entries.get(link.id);
    if (known) {
      known.workspace.attach(link);
      this._options.app.shell.activateById(known.widget.id);
      return;
    }
    const { path } = notebook.context;
    const neighbour = this._latestOf(path);
    const widget = await this._make(link.id, link, path);
    this._place(widget, notebook, neighbour?.widget ?? null);
    await this._tracker.add(widget);
    if (neighbour && isIdle(neighbour.workspace)) {
      neighbour.widget.dispose();
    }
    this._currentChanged.emit(this.current);
  }

  private async _restore(id: string, path: string): Promise<void> {
    const { labShell } = this._options;
    if (!labShell || this._entries.has(id)) {
      return;
    }
    const widget = await this._make(id, null, path);
    labShell.add(widget, 'main', { activate: false });
    await this._tracker.add(widget);
    this._currentChanged.emit(this.current);
  }

  private async _make(
    id: string,
    link: ILink | null,
    path: string
  ): Promise<Widget> {
    const { settings } = this._options;
    const { makeWorkspace } = await import('./panel-parts');
    const workspace = makeWorkspace(id, link, settings.workspace);
    const widget = await this._panelOf(workspace);
    widget.id = `eelscape-panel-${id}`;
    widget.title.closable = true;
    this._entries.set(id, { workspace, widget, path });
    this._follow(workspace, widget, path);
    return widget;
  }

  private async _panelOf(workspace: Workspace): Promise<Widget> {
    const { translator, trans, notebooks } = this._options;
    const { makePanel } = await import('./panel-parts');
    return makePanel(workspace, {
      translator,
      saveWorkspace: () => void this.save(workspace),
      connectData: () =>
        void connectData({ trans, workspace, panels: this, notebooks })
    });
  }

  private _forget(workspace: Workspace): void {
    this._entries.delete(workspace.id);
    workspace.dispose();
    this._currentChanged.emit(this.current);
  }

  /** Title, closing, and the end of the workspace with its panel. */
  private _follow(workspace: Workspace, widget: Widget, path: string): void {
    const setTitle = () => {
      widget.title.label = workspace.title;
      widget.title.caption = this._options.trans.__(
        '%1, opened from %2',
        workspace.title,
        PathExt.basename(path)
      );
    };
    setTitle();
    workspace.changed.connect(setTitle);
    workspace.data.pairChanged.connect(() => {
      setTitle();
      this._replaceEarlier(workspace, path);
    });
    MessageLoop.installMessageHook(widget, (_, message: Message) => {
      if (message.type === 'close-request') {
        void this._close(workspace, widget);
        return false;
      }
      return true;
    });
    widget.disposed.connect(() => this._forget(workspace));
  }

  /** Close, after asking where something would be lost. */
  private async _close(workspace: Workspace, widget: Widget): Promise<void> {
    const { trans } = this._options;
    if (workspace.training.running || workspace.unsent > 0) {
      const reply = await showDialog({
        title: trans.__('Close this panel?'),
        body: workspace.training.running
          ? trans.__('A network is training. Closing the panel ends the run.')
          : trans.__(
              'Models that Python does not have yet would be lost (%1).',
              workspace.unsent
            ),
        buttons: [
          Dialog.cancelButton({ label: trans.__('Keep open') }),
          Dialog.warnButton({ label: trans.__('Close') })
        ]
      });
      if (!reply.button.accept) {
        return;
      }
    }
    widget.dispose();
  }

  /**
   * Running a cell again opens the same data anew: the earlier panel goes. One with another title
   * is another view of the variable; what was done in it may still be on its way from the kernel.
   */
  private _replaceEarlier(workspace: Workspace, path: string): void {
    const { name, title } = workspace.data.pair ?? {};
    for (const entry of [...this._entries.values()]) {
      const other = entry.workspace;
      if (
        other !== workspace &&
        entry.path === path &&
        other.data.pair?.name === name &&
        other.data.pair?.title === title &&
        !holdsWork(other)
      ) {
        entry.widget.dispose();
      }
    }
  }

  private _latestOf(path: string): IEntry | null {
    const mine = [...this._entries.values()].filter(
      entry => entry.path === path && entry.widget.isAttached
    );
    return mine[mine.length - 1] ?? null;
  }

  private _place(
    widget: Widget,
    notebook: NotebookPanel,
    neighbour: Widget | null
  ): void {
    const { app, labShell, settings } = this._options;
    if (!labShell) {
      // Notebook 7 takes one document in its main area.
      app.shell.add(widget, 'right');
      (app.shell as IRightShell).expandRight?.(widget.id);
      widenRight(widget);
      return;
    }
    const beside = neighbour
      ? ({ mode: 'tab-after', ref: neighbour.id } as const)
      : { mode: settings.layout, ref: notebook.id };
    labShell.add(widget, 'main', { ...beside, activate: false });
    if (neighbour) {
      // A tab behind another is brought to the front, focus or not.
      labShell.activateById(widget.id);
    }
  }

  private _options: IPanelsOptions;
  private _entries = new Map<string, IEntry>();
  private _tracker = new WidgetTracker<Widget>({ namespace: 'eelscape' });
  private _opening: Promise<void> = Promise.resolve();
  /** The panel or file that was used last. */
  private _focused: Widget | null = null;
  private _currentChanged = new Signal<IPanels, IWorkspace | null>(this);
}

/** True where somebody would miss the panel. */
function holdsWork(workspace: Workspace): boolean {
  const { training, regions, preprocessing, factorisation } = workspace;
  return (
    training.running ||
    workspace.unsent > 0 ||
    workspace.shelved > 0 ||
    regions.items.length > 0 ||
    preprocessing.steps.some(step => !step.automatic) ||
    factorisation.result !== null
  );
}

/** True for a restored panel that no kernel has claimed. */
function isIdle(workspace: Workspace): boolean {
  return workspace.linkState === 'none' && !workspace.data.pair;
}

/** The side area of Notebook 7 opens narrow: give it half of the page. */
function widenRight(widget: Widget): void {
  let area = widget.parent;
  while (area && area.id !== 'main-split-panel') {
    area = area.parent;
  }
  // Left area (closed), document, right area.
  (area as SplitPanel | null)?.setRelativeSizes([0, 1, 1]);
}

/** What Notebook 7's shell has beyond the common interface. */
interface IRightShell extends JupyterFrontEnd.IShell {
  expandRight?(id: string): void;
}
