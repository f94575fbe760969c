import * as React from 'react';
import type { IViewContext } from './view';

/** Asks what to do where the data changed in Python after they were opened. */
export function SourceRow({
  context
}: {
  context: IViewContext;
}): JSX.Element | null {
  const { workspace, trans } = context;
  const { source } = workspace;
  const { names, reading, blocked, error } = source;
  if (!names.length) {
    return null;
  }
  const listed = names.map(name => `\`${name}\``).join(', ');
  return (
    <div
      className={`jp-Eelscape-stripRow ${error ? 'jp-mod-error' : 'jp-mod-interrupted'}`}
      role="group"
      aria-label={trans.__('Changed in Python')}
    >
      <span className="jp-Eelscape-stripText" role="status">
        {trans._n(
          '%2 changed in Python since it was opened.',
          '%2 changed in Python since they were opened.',
          names.length,
          listed
        )}{' '}
        {error || (
          <span className="jp-Eelscape-dim">
            {reading ? trans.__('Reading the data again') : blocked}
          </span>
        )}
      </span>
      <button
        type="button"
        className="jp-Eelscape-button"
        disabled={reading || blocked !== ''}
        title={
          blocked ||
          trans.__(
            'Show what Python holds now, with the same preprocessing; models stay with the data they were trained on'
          )
        }
        onClick={() => source.reload()}
      >
        {trans.__('Reload')}
      </button>
      <button
        type="button"
        className="jp-Eelscape-button"
        disabled={reading}
        title={trans.__('Stay with the data as they were opened')}
        onClick={() => source.keep()}
      >
        {trans.__('Keep')}
      </button>
    </div>
  );
}
