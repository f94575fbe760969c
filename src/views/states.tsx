import * as React from 'react';
import type { IWorkspace } from '../model/types';
import { copyText } from './clipboard';
import { Chooser } from './data/chooser';
import type { IViewContext } from './view';
import { megabytes } from './wording';

const EXPLORE = 'eelscape.explore(si, haadf)';
const SAMPLE = 'eelscape.explore(*eelscape.sample("ftio"))';

/** What is seen in place of the views while there are no data. */
export function PanelState({
  context
}: {
  context: IViewContext;
}): JSX.Element | null {
  const { workspace, trans } = context;
  const { question } = workspace;
  if (isAsking(workspace) && question) {
    return <Chooser key={question.id} context={context} question={question} />;
  }
  if (workspace.data.pair) {
    return null;
  }
  switch (workspace.status) {
    case 'loading':
      return <Loading context={context} />;
    case 'error':
      return (
        <div className="jp-Eelscape-state" role="alert">
          <h2 className="jp-mod-error">
            {trans.__('The data did not arrive')}
          </h2>
          <p>{workspace.error}</p>
          <button
            type="button"
            className="jp-Eelscape-button"
            disabled={workspace.linkState === 'gone'}
            title={
              workspace.linkState === 'gone'
                ? trans.__(
                    'The kernel is gone: run the cell with explore again.'
                  )
                : trans.__('Receive the data again')
            }
            onClick={() => workspace.reload()}
          >
            {trans.__('Reload')}
          </button>
        </div>
      );
    default:
      return (
        <div className="jp-Eelscape-state">
          <h2>{trans.__('No spectrum image yet')}</h2>
          <p>{trans.__('Run this line in the notebook:')}</p>
          <CodeLine context={context} code={EXPLORE} />
          <p>{trans.__('Or open the simulated sample data:')}</p>
          <CodeLine context={context} code={SAMPLE} />
        </div>
      );
  }
}

/** True while the kernel waits for an answer: the views give way to the question. */
export function isAsking(workspace: IWorkspace): boolean {
  return workspace.status === 'question' && workspace.question !== null;
}

function Loading({ context }: { context: IViewContext }): JSX.Element {
  const { workspace, trans } = context;
  const transfer = workspace.transfer;
  const share =
    transfer && transfer.totalBytes > 0
      ? transfer.bytes / transfer.totalBytes
      : 0;
  const queued = workspace.linkState === 'busy';
  const received = transfer
    ? trans.__(
        'Receiving %1: %2 of %3 blocks, %4 of %5 MB',
        workspace.title,
        transfer.done,
        transfer.total,
        megabytes(transfer.bytes),
        megabytes(transfer.totalBytes)
      )
    : trans.__('Waiting for the data');
  return (
    <div className="jp-Eelscape-state">
      <h2>{queued ? trans.__('Kernel busy, queued') : received}</h2>
      {queued && (
        <p>
          {trans.__(
            '%1. The rest comes when the running cell has ended.',
            received
          )}
        </p>
      )}
      <div
        className="jp-Eelscape-progress"
        role="progressbar"
        aria-label={trans.__('Data received')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * share)}
      >
        <div style={{ width: `${100 * share}%` }} />
      </div>
      <button
        type="button"
        className="jp-Eelscape-button"
        onClick={() => workspace.cancelTransfer()}
      >
        {trans.__('Cancel')}
      </button>
    </div>
  );
}

function CodeLine(props: { context: IViewContext; code: string }): JSX.Element {
  const { trans } = props.context;
  const [copied, setCopied] = React.useState(false);
  const copy = (): void => {
    copyText(props.code)
      .then(() => setCopied(true))
      .catch(reason => console.warn(reason));
  };
  return (
    <div className="jp-Eelscape-codeLine">
      <code>{props.code}</code>
      <button type="button" className="jp-Eelscape-button" onClick={copy}>
        {copied ? trans.__('Copied') : trans.__('Copy')}
      </button>
    </div>
  );
}
