import * as React from 'react';
import type { IViewContext } from './view';

/** Says that another tab shows the same data and leads, and how far it trains. */
export function ElsewhereRow({
  context
}: {
  context: IViewContext;
}): JSX.Element | null {
  const { workspace, trans } = context;
  const { elsewhere } = workspace.source;
  if (!elsewhere) {
    return null;
  }
  const { training } = elsewhere;
  return (
    <div className="jp-Eelscape-stripRow jp-mod-elsewhere" role="status">
      <span className="jp-Eelscape-stripText">
        {training ? (
          <b>
            {trans.__(
              'Another tab trains on these data: epoch %1 of %2.',
              training.epoch,
              training.epochs
            )}
          </b>
        ) : (
          trans.__('Another tab shows these data too.')
        )}{' '}
        <span className="jp-Eelscape-dim">
          {trans.__(
            'What cells ask for runs there; close it to have it here. This tab trains by itself.'
          )}
        </span>
      </span>
    </div>
  );
}
