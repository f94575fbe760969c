import * as React from 'react';
import type { IWorkspace } from '../model/types';
import type { IViewContext } from './view';

/** What the kernel keeps the user waiting for, or that it is gone; nothing where all is well. */
export function KernelNote({
  context
}: {
  context: IViewContext;
}): JSX.Element | null {
  const { workspace, trans } = context;
  const { linkState, transfer } = workspace;
  if (linkState === 'gone') {
    return (
      <span className="jp-Eelscape-warningText">
        {trans.__('Kernel not connected. Results are kept in the browser.')}
      </span>
    );
  }
  const queued = linkState === 'busy' && isWaiting(workspace);
  if (!queued && !transfer) {
    return null;
  }
  return (
    <>
      <span
        className={queued ? 'jp-Eelscape-warningText' : undefined}
        role="status"
      >
        {queued
          ? trans.__('Kernel busy, queued')
          : trans.__(
              'Receiving %1 of %2 blocks',
              transfer!.done,
              transfer!.total
            )}
      </span>
      {transfer && (
        <button
          type="button"
          className="jp-Eelscape-button"
          title={trans.__('Receive no more; what is open stays')}
          onClick={() => workspace.cancelTransfer()}
        >
          {trans.__('Cancel')}
        </button>
      )}
    </>
  );
}

/** True where something waits for the kernel. */
function isWaiting(workspace: IWorkspace): boolean {
  const { transfer, unsent, preprocessing, factorisation, explorer } =
    workspace;
  return Boolean(
    transfer ||
    unsent > 0 ||
    preprocessing.busy ||
    factorisation.busy ||
    explorer.clusters.busy
  );
}
