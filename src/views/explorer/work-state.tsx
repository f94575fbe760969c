import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** A small progress bar with Cancel; nothing where `fraction` is undefined. */
export function WorkState(props: {
  trans: TranslationBundle;
  /** Of what. */
  label: string;
  /** 0 to 1; null while unknown. */
  fraction: number | null | undefined;
  text: string;
  cancel?: () => void;
}): JSX.Element | null {
  const { trans, label, fraction, text, cancel } = props;
  if (fraction === undefined) {
    return null;
  }
  const share = fraction === null ? undefined : Math.round(100 * fraction);
  return (
    <>
      <div
        className={`jp-Eelscape-progress${share === undefined ? ' jp-mod-unknown' : ''}`}
        role="progressbar"
        aria-label={label}
        aria-valuetext={text}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share}
        title={text}
      >
        <div style={{ width: `${share ?? 100}%` }} />
      </div>
      {cancel && (
        <button
          type="button"
          className="jp-Eelscape-button"
          title={trans.__('End this work; what is there stays')}
          onClick={cancel}
        >
          {trans.__('Cancel')}
        </button>
      )}
    </>
  );
}
