/** "Connect data": finds the spectra of a workspace that was opened from a file. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import type { IWorkspace } from '../model/types';
import type { IWantedData } from '../model/workspace-file/types';
import type { IPanels } from '../tokens';
import { findInKernel } from './workspace-find';

export interface IConnectOptions {
  readonly trans: TranslationBundle;
  readonly workspace: IWorkspace;
  readonly panels: IPanels;
  /** Their kernels are asked where no panel has the data. */
  readonly notebooks: INotebookTracker;
}

/** Milliseconds between looks at the panels, and until the data should have come. */
const INTERVAL = 250;
const PATIENCE = 120_000;

/** True where an open panel had the data; the workspace then has their spectra. */
export function connectTo(
  workspace: IWorkspace,
  others: readonly IWorkspace[]
): boolean {
  return others.some(other => {
    const { pair } = other.data;
    return other !== workspace && pair !== null && workspace.file.connect(pair);
  });
}

/** Connects a workspace to a panel that has its data, or to a kernel that the user chooses. */
export async function connectData(options: IConnectOptions): Promise<void> {
  const { workspace, panels } = options;
  const { wanted } = workspace.file;
  if (!wanted || connectTo(workspace, panels.workspaces)) {
    return;
  }
  const notebook = await chosen(options, wanted);
  const kernel = notebook?.sessionContext.session?.kernel;
  if (!notebook || !kernel) {
    return;
  }
  const { trans } = options;
  const name = notebook.title.label;
  let names: string[];
  try {
    names = await findInKernel(kernel, wanted);
  } catch (error) {
    await tell(
      trans,
      trans.__('%1 could not be searched', name),
      (error as Error).message
    );
    return;
  }
  if (names.length > 0 && (await connected(options))) {
    return;
  }
  await tell(
    trans,
    names.length > 0
      ? trans.__('The data of %1 did not arrive', names.join(', '))
      : trans.__('No variables of %1 hold these data', name),
    lookedFor(trans, wanted)
  );
}

/** Waits for the panel that the kernel opens. */
async function connected(options: IConnectOptions): Promise<boolean> {
  const end = Date.now() + PATIENCE;
  while (Date.now() < end && options.workspace.file.wanted) {
    if (connectTo(options.workspace, options.panels.workspaces)) {
      return true;
    }
    await new Promise(resolve => setTimeout(resolve, INTERVAL));
  }
  return options.workspace.file.wanted === null;
}

type Notebook = NonNullable<INotebookTracker['currentWidget']>;

/** The notebook whose kernel is to be searched; null where there is none, or none is wanted. */
async function chosen(
  { trans, notebooks }: IConnectOptions,
  wanted: IWantedData
): Promise<Notebook | null> {
  const open: Notebook[] = [];
  notebooks.forEach(notebook => {
    if (notebook.sessionContext.session?.kernel) {
      open.push(notebook);
    }
  });
  if (open.length === 0) {
    await tell(
      trans,
      trans.__('No open panel has these data'),
      lookedFor(trans, wanted)
    );
    return null;
  }
  const form = new ChoiceForm(
    lookedFor(trans, wanted),
    trans.__('Notebook'),
    open.map(notebook => notebook.title.label)
  );
  const reply = await showDialog({
    title: trans.__('No open panel has these data'),
    body: form,
    buttons: [
      Dialog.cancelButton(),
      Dialog.okButton({ label: trans.__('Search its variables') })
    ]
  });
  return reply.button.accept ? open[reply.value ?? 0] : null;
}

function lookedFor(
  trans: TranslationBundle,
  { name, shape, sha256 }: IWantedData
): string {
  const [ny, nx, channels] = shape;
  return trans.__(
    'Looked for: %1, %2 x %3 pixels with %4 channels, sha256 %5. After preprocessing the data are others: run eelscape.explore and the same steps in a notebook, then use Connect data again.',
    name,
    ny,
    nx,
    channels,
    sha256
  );
}

async function tell(
  trans: TranslationBundle,
  title: string,
  body: string
): Promise<void> {
  await showDialog({
    title,
    body,
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}

/** A text and a list to choose from; the value is the index. */
class ChoiceForm extends Widget implements Dialog.IBodyWidget<number> {
  constructor(text: string, name: string, choices: readonly string[]) {
    super();
    this.addClass('jp-Eelscape-saveForm');
    const words = document.createElement('p');
    words.textContent = text;
    const label = document.createElement('label');
    this._choice = document.createElement('select');
    this._choice.append(
      ...choices.map((choice, i) => new Option(choice, String(i)))
    );
    label.append(name, this._choice);
    this.node.append(words, label);
  }

  getValue(): number {
    return this._choice.selectedIndex;
  }

  private _choice: HTMLSelectElement;
}
