/** The file type `.eelscape`: a double-click opens the workspace in a panel, without a kernel. */
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { showErrorMessage, WidgetTracker } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import {
  ABCWidgetFactory,
  DocumentWidget,
  type DocumentRegistry
} from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import { StackedPanel, Widget } from '@lumino/widgets';
import { fromBase64, toBase64 } from '../base64';
import type { Workspace } from '../model/workspace';
import { panelIcon } from '../views/icon';
import type { Panels } from './panels';
import { asSentence, checkSize } from './save-bytes';
import { EXTENSION } from './workspace-save';

const FILE_TYPE = 'eelscape-workspace';
const FACTORY = 'eelscape';

export interface IWorkspaceFilesOptions {
  readonly app: JupyterFrontEnd;
  readonly panels: Panels;
  readonly restorer: ILayoutRestorer | null;
  readonly trans: TranslationBundle;
}

/** Registers the file type and what opens it; open files come back with the page. */
export function addWorkspaceFiles(options: IWorkspaceFilesOptions): void {
  const { app, restorer, trans } = options;
  const { docRegistry } = app;
  docRegistry.addFileType({
    name: FILE_TYPE,
    displayName: trans.__('eelscape workspace'),
    extensions: [EXTENSION],
    mimeTypes: ['application/octet-stream'],
    contentType: 'file',
    fileFormat: 'base64',
    icon: panelIcon
  });
  const factory = new WorkspaceFactory(options);
  const tracker = new WidgetTracker<DocumentWidget>({
    namespace: 'eelscape-files'
  });
  factory.widgetCreated.connect((_, widget) => {
    widget.context.pathChanged.connect(() => void tracker.save(widget));
    void tracker.add(widget);
  });
  docRegistry.addWidgetFactory(factory);
  if (restorer) {
    void restorer.restore(tracker, {
      command: 'docmanager:open',
      args: ({ context }) => ({ path: context.path, factory: FACTORY }),
      name: ({ context }) => context.path
    });
  }
}

type FileWidget = DocumentWidget<StackedPanel>;

class WorkspaceFactory extends ABCWidgetFactory<FileWidget> {
  constructor(options: IWorkspaceFilesOptions) {
    super({
      name: FACTORY,
      label: options.trans.__('eelscape'),
      modelName: 'base64',
      fileTypes: [FILE_TYPE],
      defaultFor: [FILE_TYPE],
      readOnly: false
    });
    this._options = options;
  }

  protected createNewWidget(context: DocumentRegistry.Context): FileWidget {
    const content = new StackedPanel();
    const widget = new DocumentWidget({ content, context });
    widget.title.icon = panelIcon;
    widget.toolbar.hide();
    void this._fill(widget, context);
    return widget;
  }

  private async _fill(
    widget: FileWidget,
    context: DocumentRegistry.Context
  ): Promise<void> {
    const { panels, trans } = this._options;
    await context.ready;
    let made: { workspace: Workspace; panel: Widget } | null = null;
    try {
      made = await panels.makeForFile(`file-${UUID.uuid4()}`);
      const bytes = fromBase64(context.model.toString());
      await made.workspace.file.open(bytes, PathExt.basename(context.path));
    } catch (error) {
      made?.workspace.dispose();
      if (!widget.isDisposed) {
        widget.content.addWidget(problem(trans, (error as Error).message));
      }
      return;
    }
    const { workspace, panel } = made;
    if (widget.isDisposed) {
      workspace.dispose();
      return;
    }
    widget.content.addWidget(panel);
    panel.show();
    panels.include(workspace, widget, context.path);
    // Spectra that were connected since do not go into a file that had none.
    const withSpectra = workspace.file.wanted === null;
    // What JupyterLab saves is the workspace as it is, not as it was opened.
    context.saveState.connect((_, state) => {
      if (state === 'started' && !widget.isDisposed) {
        try {
          const bytes = workspace.file.saveNow(withSpectra);
          checkSize(bytes, trans);
          context.model.fromString(toBase64(bytes));
        } catch (error) {
          void showErrorMessage(
            trans.__('Could not save: %1', PathExt.basename(context.path)),
            trans.__(
              '%1 The file holds what it held before, the panel keeps everything. ' +
                'Choose Export, Save workspace… without the spectra, or download it there.',
              asSentence((error as Error).message)
            )
          );
        }
      }
    });
  }

  private _options: IWorkspaceFilesOptions;
}

/** Why a file could not be opened; the text is text whatever the file holds. */
function problem(trans: TranslationBundle, message: string): Widget {
  const widget = new Widget();
  widget.addClass('jp-Eelscape-fileProblem');
  widget.node.setAttribute('role', 'alert');
  const title = document.createElement('h2');
  title.textContent = trans.__('The workspace could not be opened');
  const text = document.createElement('p');
  text.textContent = message;
  widget.node.append(title, text);
  return widget;
}
