import * as React from 'react';
import type { IViewContext } from './view';

/** Says how many models belong to data of other steps, and how they come back. */
export function Shelved({
  context
}: {
  context: IViewContext;
}): JSX.Element | null {
  const { workspace, trans } = context;
  const { shelved, preprocessing } = workspace;
  const { steps, undone, busy, blocked } = preprocessing;
  if (!shelved) {
    return null;
  }
  const locked = busy !== null || blocked !== '';
  const back = steps.length > 0 && !steps[steps.length - 1].automatic;
  const forth = undone.length > 0;
  const text =
    back && forth
      ? trans._n(
          '%1 model belongs to the data of other steps. Undo or redo brings it back.',
          '%1 models belong to the data of other steps. Undo or redo brings them back.',
          shelved
        )
      : back
        ? trans._n(
            '%1 model belongs to the data before this step. Undo brings it back.',
            '%1 models belong to the data before this step. Undo brings them back.',
            shelved
          )
        : forth
          ? trans._n(
              '%1 model belongs to the data after the step undone. Redo brings it back.',
              '%1 models belong to the data after the step undone. Redo brings them back.',
              shelved
            )
          : trans._n(
              '%1 model belongs to other data.',
              '%1 models belong to other data.',
              shelved
            );
  return (
    <span className="jp-Eelscape-warning" role="status">
      <span>{text}</span>
      {back && (
        <button
          type="button"
          className="jp-Eelscape-button"
          disabled={locked}
          title={blocked || trans.__('Undo the last preprocessing step')}
          onClick={() => preprocessing.undo()}
        >
          {trans.__('Undo')}
        </button>
      )}
      {forth && (
        <button
          type="button"
          className="jp-Eelscape-button"
          disabled={locked}
          title={blocked || trans.__('Redo the step undone')}
          onClick={() => preprocessing.redo()}
        >
          {trans.__('Redo')}
        </button>
      )}
    </span>
  );
}
