/** "Save workspace": asks for the name and what goes in, and saves beside the notebook. */
import { Dialog, showDialog, showErrorMessage } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { workspaceFileName } from '../file-name';
import type { IWorkspace } from '../model/types';
import { fileExists, megabytes, saveBytes } from './save-bytes';

export const EXTENSION = '.eelscape';

export interface IWorkspaceSaveOptions {
  readonly contents: Contents.IManager;
  readonly trans: TranslationBundle;
  readonly workspace: IWorkspace;
  /** Folder on the server. */
  readonly folder: string;
}

/** What the dialog asks for. */
interface IAnswer {
  readonly name: string;
  readonly withSpectra: boolean;
}

/** Saves a workspace, after asking; resolves when that is done or given up. */
export async function saveWorkspace(
  options: IWorkspaceSaveOptions
): Promise<void> {
  const { contents, trans, workspace, folder } = options;
  const answer = await ask(options);
  if (!answer) {
    return;
  }
  const path = PathExt.join(folder, answer.name);
  if (
    (await fileExists(contents, path)) &&
    !(await confirmed(trans, answer.name))
  ) {
    return;
  }
  let bytes: Uint8Array;
  try {
    bytes = await workspace.file.save(answer.withSpectra);
  } catch (error) {
    await showErrorMessage(
      trans.__('Could not save: %1', answer.name),
      (error as Error).message
    );
    return;
  }
  await saveBytes({ contents, trans, path, bytes });
}

async function ask(options: IWorkspaceSaveOptions): Promise<IAnswer | null> {
  const { trans, workspace, folder } = options;
  const given = workspace.file.name || workspaceFileName(workspace.title);
  const reply = await showDialog({
    title: trans.__('Save workspace'),
    body: new SaveForm(trans, workspace, folder, given),
    focusNodeSelector: 'input',
    buttons: [
      Dialog.cancelButton(),
      Dialog.okButton({ label: trans.__('Save') })
    ]
  });
  const answer = reply.button.accept ? reply.value : null;
  return answer?.name ? answer : null;
}

async function confirmed(
  trans: TranslationBundle,
  name: string
): Promise<boolean> {
  const reply = await showDialog({
    title: trans.__('Replace %1?', name),
    body: trans.__('There is a file of this name in the folder.'),
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: trans.__('Replace') })
    ]
  });
  return reply.button.accept;
}

/** Name and whether the spectra go in. */
class SaveForm extends Widget implements Dialog.IBodyWidget<IAnswer> {
  constructor(
    trans: TranslationBundle,
    { file, training }: IWorkspace,
    folder: string,
    name: string
  ) {
    super();
    this.addClass('jp-Eelscape-saveForm');
    this._name = input('text');
    this._name.value = name;
    this._spectra = input('checkbox');
    this._spectra.disabled = file.spectraBytes === 0;
    const label = document.createElement('label');
    label.append(trans.__('File name'), this._name);
    const check = document.createElement('label');
    check.append(
      this._spectra,
      file.spectraBytes
        ? trans.__('Include the spectra (%1 MB)', megabytes(file.spectraBytes))
        : trans.__('Include the spectra (they are not here)')
    );
    this.node.append(
      label,
      check,
      line(
        trans.__(
          'Image, maps, models, regions, pins and settings are saved into the folder %1.',
          folder || '/'
        )
      )
    );
    if (training.runs.length > 0) {
      this.node.append(
        line(
          trans.__('Models that still train are left out: save again later.')
        )
      );
    }
  }

  getValue(): IAnswer {
    // A name, not a path.
    const name = this._name.value.trim().replace(/[/\\]+/g, '-');
    return {
      name: !name || name.endsWith(EXTENSION) ? name : name + EXTENSION,
      withSpectra: this._spectra.checked
    };
  }

  private _name: HTMLInputElement;
  private _spectra: HTMLInputElement;
}

function input(type: string): HTMLInputElement {
  const node = document.createElement('input');
  node.type = type;
  return node;
}

function line(text: string): HTMLElement {
  const node = document.createElement('p');
  node.textContent = text;
  return node;
}
