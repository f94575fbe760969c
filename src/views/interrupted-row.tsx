import * as React from 'react';
import type { IInterruptedRun } from '../model/checkpoints/interrupted-types';
import type { IViewContext } from './view';
import { fixed } from './wording';

/** Runs that ended with their page, each with what was reached: to go on, or to be dropped. */
export function InterruptedRows({
  context
}: {
  context: IViewContext;
}): JSX.Element | null {
  const { workspace, trans } = context;
  const { interrupted } = workspace;
  const { items } = interrupted;
  if (!items.length) {
    return null;
  }
  return (
    <>
      {items.slice(0, 3).map(run => (
        <div
          key={run.id}
          className="jp-Eelscape-stripRow jp-mod-interrupted"
          role="status"
        >
          <span className="jp-Eelscape-stripText">
            <b>{run.label}</b>{' '}
            {trans.__(
              'Restored epoch %1 of %2 (saved %3 ago). Resume?',
              run.epoch,
              run.epochs,
              agoText(context, run)
            )}{' '}
            <span className="jp-Eelscape-dim">{lossText(context, run)}</span>
          </span>
          <button
            type="button"
            className="jp-Eelscape-button"
            title={trans.__(
              'Train on from this epoch as if nothing had happened'
            )}
            onClick={() => interrupted.resume(run.id)}
          >
            {trans.__('Resume')}
          </button>
          <button
            type="button"
            className="jp-Eelscape-button"
            title={trans.__('Forget what this run has reached')}
            onClick={() => interrupted.discard(run.id)}
          >
            {trans.__('Discard')}
          </button>
        </div>
      ))}
    </>
  );
}

/** "12 s", "4 min", "3 h", "2 days". */
function agoText(
  { trans }: IViewContext,
  { savedAt }: IInterruptedRun
): string {
  const seconds = Math.max(0, Math.round((Date.now() - savedAt) / 1000));
  if (seconds < 100) {
    return trans.__('%1 s', seconds);
  }
  if (seconds < 6000) {
    return trans.__('%1 min', Math.round(seconds / 60));
  }
  return seconds < 172_800
    ? trans.__('%1 h', Math.round(seconds / 3600))
    : trans.__('%1 days', Math.round(seconds / 86_400));
}

/** Where the loss stood. */
function lossText(
  { trans }: IViewContext,
  { history }: IInterruptedRun
): string {
  const test = history.test[history.test.length - 1];
  return Number.isFinite(test) ? trans.__('test loss %1', fixed(test, 4)) : '';
}
