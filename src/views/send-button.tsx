import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IWorkspace } from '../model/types';
import type { IViewContext } from './view';

/** True where there is a kernel to send to and something to send. */
export function canSend(workspace: IWorkspace): boolean {
  const { models, unsent } = workspace;
  // Models whose data are not shown now can be sent, too.
  return connected(workspace) && (models.items.length > 0 || unsent > 0);
}

/** What "Send to Python" does, or why it cannot, with what can be done instead. */
export function sendTitle(
  workspace: IWorkspace,
  trans: TranslationBundle
): string {
  return connected(workspace)
    ? trans.__(
        'Return maps, predictions, encodings and models to `ex` in the notebook'
      )
    : trans.__(
        'The kernel is gone, results are kept in the browser: save them with Export, or run the cell with explore again, then send them.'
      );
}

function connected(workspace: IWorkspace): boolean {
  return workspace.linkState === 'connected' || workspace.linkState === 'busy';
}

/** Sends what Python does not have; while that is under way, ends it. */
export function SendButton({
  context
}: {
  context: IViewContext;
}): JSX.Element {
  const { workspace, trans } = context;
  const [sending, setSending] = React.useState<AbortController | null>(null);
  const send = (): void => {
    const abort = new AbortController();
    setSending(abort);
    workspace
      .sendToPython(abort.signal)
      .catch(reason => console.error(reason))
      .finally(() => setSending(null));
  };
  if (sending) {
    const busy = workspace.linkState === 'busy';
    return (
      <button
        type="button"
        className="jp-Eelscape-tool"
        title={
          busy
            ? trans.__(
                'Kernel busy, queued: sent when the running cell has ended. Click to cancel.'
              )
            : trans.__('Click to cancel; the models stay in the browser.')
        }
        onClick={() => sending.abort()}
      >
        {busy ? trans.__('Queued: cancel') : trans.__('Sending: cancel')}
      </button>
    );
  }
  return (
    <button
      type="button"
      className="jp-Eelscape-tool"
      disabled={!canSend(workspace)}
      title={sendTitle(workspace, trans)}
      onClick={send}
    >
      {trans.__('Send to Python')}
    </button>
  );
}
