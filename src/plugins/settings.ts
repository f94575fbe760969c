/** The user's settings, as they are when a panel opens. */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import {
  DEFAULT_SETTINGS,
  readSettings,
  type IWorkspaceSettings
} from '../model/settings';

/** Ways a panel is added to JupyterLab's main area. */
export type PanelLayout = 'split-right' | 'split-bottom' | 'tab-after';

/** The settings now; before they have loaded, and without a registry, the defaults. */
export interface ILiveSettings {
  readonly workspace: IWorkspaceSettings;
  readonly layout: PanelLayout;
}

const LAYOUTS: readonly string[] = ['split-right', 'split-bottom', 'tab-after'];

/** Load the settings of the plugin and keep them current. */
export function loadSettings(
  registry: ISettingRegistry | null,
  id: string
): ILiveSettings {
  const live = {
    workspace: DEFAULT_SETTINGS,
    layout: 'split-right' as PanelLayout
  };
  const read = (settings: ISettingRegistry.ISettings) => {
    const { composite } = settings;
    live.workspace = readSettings(composite);
    live.layout = LAYOUTS.includes(composite.layout as string)
      ? (composite.layout as PanelLayout)
      : 'split-right';
  };
  registry?.load(id).then(
    settings => {
      read(settings);
      settings.changed.connect(read);
    },
    error => console.warn('eelscape: settings could not be loaded.', error)
  );
  return live;
}
