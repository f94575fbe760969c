/** Says over an untrusted notebook why its panels do not open. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { mentions } from './trust';

/** Shows it over a notebook that has to do with eelscape; null over others. */
export function showUntrusted(
  { commands }: JupyterFrontEnd,
  notebook: NotebookPanel,
  trans: TranslationBundle
): TrustBanner | null {
  if (!mentions(notebook.model?.cells ?? [])) {
    return null;
  }
  const banner = new TrustBanner(trans, () => {
    // It acts on the notebook in front: the one whose button was pressed.
    void commands.execute('notebook:trust');
  });
  notebook.contentHeader.addWidget(banner);
  return banner;
}

/** A line above the cells with the button that trusts the notebook. */
export class TrustBanner extends Widget {
  /** @param trust - asks the user, and trusts the notebook where they agree. */
  constructor(trans: TranslationBundle, trust: () => void) {
    super();
    this.addClass('jp-Eelscape-untrusted');
    this.node.setAttribute('role', 'status');
    const text = document.createElement('span');
    text.textContent = trans.__(
      'This notebook is not trusted: eelscape shows its saved pictures only.'
    );
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'jp-mod-styled jp-mod-accept';
    button.textContent = trans.__('Trust notebook to activate');
    button.addEventListener('click', trust);
    this.node.append(text, button);
  }
}
