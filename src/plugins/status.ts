/** The status bar's line: what trains, how far, on which backend. */
import type { IStatusBar } from '@jupyterlab/statusbar';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import type { IWorkspace } from '../model/types';
import type { IPanels } from '../tokens';
import { statusText } from './status-text';

/** A text that follows the training of the current panel. */
class StatusItem extends Widget {
  constructor(panels: IPanels, trans: TranslationBundle) {
    super();
    this._panels = panels;
    this._trans = trans;
    this.addClass('jp-StatusBar-TextItem');
    this.addClass('eels-StatusItem');
    panels.currentChanged.connect(this._onCurrent, this);
    this._onCurrent();
  }

  dispose(): void {
    Signal.clearData(this);
    super.dispose();
  }

  private _onCurrent(): void {
    this._workspace?.training.changed.disconnect(this._refresh, this);
    this._workspace = this._panels.current;
    this._workspace?.training.changed.connect(this._refresh, this);
    this._refresh();
  }

  private _refresh(): void {
    const text = statusText(this._workspace, this._trans);
    if (this.node.textContent !== text) {
      this.node.textContent = text;
      this.node.title = text;
    }
  }

  private _panels: IPanels;
  private _trans: TranslationBundle;
  private _workspace: IWorkspace | null = null;
}

/** Put the item into the status bar, shown while a panel is open. */
export function addStatusItem(
  statusBar: IStatusBar,
  panels: IPanels,
  trans: TranslationBundle
): void {
  const item = new StatusItem(panels, trans);
  const changed = new Signal<StatusItem, void>(item);
  panels.currentChanged.connect(() => changed.emit());
  statusBar.registerStatusItem('eelscape:status', {
    item,
    align: 'left',
    rank: 10,
    isActive: () => panels.current !== null,
    activeStateChanged: changed
  });
}
