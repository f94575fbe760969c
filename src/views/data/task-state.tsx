import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IBusy } from '../../model/types';

/** Work under way in the kernel with Cancel, or what went wrong. */
export function TaskState(props: {
  trans: TranslationBundle;
  /** Names the work for screen readers. */
  label: string;
  busy: IBusy | null;
  error: string;
  /** '' or why nothing can be done now. */
  blocked: string;
  cancel(): void;
}): JSX.Element | null {
  const { trans, busy } = props;
  if (busy) {
    const share =
      busy.fraction === null ? null : Math.round(100 * busy.fraction);
    return (
      <div className="jp-Eelscape-task">
        <p className="jp-Eelscape-note">{busy.text}</p>
        <div className="jp-Eelscape-taskLine">
          <div
            className={`jp-Eelscape-progress${share === null ? ' jp-mod-unknown' : ''}`}
            role="progressbar"
            aria-label={props.label}
            aria-valuetext={busy.text}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={share ?? undefined}
          >
            <div style={{ width: `${share ?? 100}%` }} />
          </div>
          <button
            type="button"
            className="jp-Eelscape-button"
            onClick={props.cancel}
          >
            {trans.__('Cancel')}
          </button>
        </div>
      </div>
    );
  }
  return (
    <>
      {props.error && (
        <p className="jp-Eelscape-problem jp-mod-inForm" role="alert">
          {props.error}
        </p>
      )}
      {props.blocked && <p className="jp-Eelscape-note">{props.blocked}</p>}
    </>
  );
}
