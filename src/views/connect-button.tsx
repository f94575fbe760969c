import * as React from 'react';
import type { IViewContext } from './view';

/** True where the spectra are not here and can be looked for. */
export function canConnect({ workspace, files }: IViewContext): boolean {
  return workspace.file.wanted !== null && files.connectData !== undefined;
}

/** Looks for the spectra of a workspace that was opened from a file; nothing where they are here. */
export function ConnectButton({
  context
}: {
  context: IViewContext;
}): JSX.Element | null {
  const { files, trans } = context;
  return canConnect(context) ? (
    <button
      type="button"
      className="jp-Eelscape-tool"
      title={trans.__(
        'Take the spectra from the open panel that has the same data'
      )}
      onClick={() => files.connectData?.()}
    >
      {trans.__('Connect data')}
    </button>
  ) : null;
}
