import { ReactWidget } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';

/**
 * Opens a modal dialog over the panel; Escape closes it.
 * @param opener - what the focus goes back to.
 * @param content - what it holds, given what closes it.
 */
export function openDialog(
  opener: HTMLElement,
  label: string,
  content: (close: () => void) => JSX.Element
): void {
  const dialog = document.createElement('dialog');
  dialog.className = 'jp-Eelscape-dialog';
  dialog.setAttribute('aria-label', label);
  panelOf(opener).append(dialog);
  const body = ReactWidget.create(content(() => dialog.close()));
  body.addClass('jp-Eelscape-dialogBody');
  Widget.attach(body, dialog);
  dialog.addEventListener('close', () => {
    body.dispose();
    dialog.remove();
    opener.focus();
  });
  // Keys belong to the dialog while it is open: not to the panel, not to the notebook.
  dialog.addEventListener('keydown', event => event.stopPropagation());
  dialog.showModal();
}

/** The panel that an element is part of. */
export function panelOf(element: HTMLElement): HTMLElement {
  return element.closest<HTMLElement>('.jp-EelscapePanel') ?? document.body;
}
