/** The extension's plugin: wiring only. */
import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { DisposableSet } from '@lumino/disposable';
import { addCommands, CommandIDs } from './commands';
import { KernelLinks } from './kernel/links';
import { watchForMissing } from './plugins/missing-package';
import { watchNotebooks, type WatchKernel } from './plugins/notebooks';
import { showUntrusted } from './plugins/trust-banner';
import { Panels } from './plugins/panels';
import { loadSettings } from './plugins/settings';
import { SharedKernels } from './plugins/shared-kernels';
import { addStatusItem } from './plugins/status';
import { checkVersions } from './plugins/versions';
import { addWorkspaceFiles } from './plugins/workspace-files';
import { IPanels } from './tokens';
import { VERSION } from './version';

const PLUGIN_ID = 'eelscape:plugin';

/** Opens a panel for each `eelscape.explore` that runs in a notebook. */
const plugin: JupyterFrontEndPlugin<IPanels> = {
  id: PLUGIN_ID,
  description: 'Trains and explores networks between structure and spectra.',
  autoStart: true,
  provides: IPanels,
  requires: [INotebookTracker],
  optional: [
    ILabShell,
    ILayoutRestorer,
    ISettingRegistry,
    ICommandPalette,
    IStatusBar,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    registry: ISettingRegistry | null,
    palette: ICommandPalette | null,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ): IPanels => {
    const trans = (translator ?? nullTranslator).load('eelscape');
    const settings = loadSettings(registry, PLUGIN_ID);
    const panels = new Panels({
      app,
      labShell,
      notebooks,
      translator: translator ?? nullTranslator,
      trans,
      settings
    });

    addCommands({
      commands: app.commands,
      panels,
      notebooks,
      trans,
      saveWorkspace: workspace => panels.save(workspace)
    });
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category: 'eelscape' });
    }
    if (restorer) {
      panels.restore(restorer);
    }
    addWorkspaceFiles({ app, panels, restorer, trans });
    if (statusBar) {
      addStatusItem(statusBar, panels, trans);
    }

    let missing = '';
    const tellMissing = (text: string): void => {
      if (missing) {
        Notification.dismiss(missing);
      }
      missing = Notification.error(text, { autoClose: false });
    };
    const shared = new SharedKernels((kernel, notebook) => {
      const links = new KernelLinks(kernel);
      links.opened.connect((_, link) => void panels.open(link, notebook));
      return links;
    });
    const watchKernel: WatchKernel = (kernel, notebook) => {
      return DisposableSet.from([
        shared.add(kernel, notebook),
        watchForMissing(kernel, VERSION, trans, tellMissing)
      ]);
    };
    watchNotebooks(notebooks, watchKernel, notebook =>
      showUntrusted(app, notebook, trans)
    );
    void checkVersions(app.serviceManager.serverSettings, trans);
    return panels;
  }
};

export default plugin;
export { IPanels } from './tokens';
