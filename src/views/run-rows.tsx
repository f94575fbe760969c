import { pauseIcon, runIcon, stopIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IRunState } from '../model/types';
import { ModelMark } from './model-mark';
import type { IViewContext } from './view';
import { duration, fixed } from './wording';

/** The runs that train: a row for one, a list with their own buttons for several. `children` stand in the last row. */
export function RunRows(props: {
  context: IViewContext;
  children?: React.ReactNode;
}): JSX.Element {
  const { context, children } = props;
  const { training } = context.workspace;
  const { runs } = training;
  if (runs.length === 1) {
    return (
      <div className="jp-Eelscape-stripRow">
        <SingleRun context={context} run={runs[0]} />
        <Waiting context={context} />
        <Notice run={runs[0]} />
        {children}
      </div>
    );
  }
  return (
    <>
      <div className="jp-Eelscape-runsRow">
        <ul
          className="jp-Eelscape-runs"
          aria-label={context.trans.__('Networks that train')}
        >
          {runs.map(run => (
            <RunRow key={run.id} context={context} run={run} />
          ))}
        </ul>
        <Waiting context={context} />
      </div>
      <div className="jp-Eelscape-stripRow jp-mod-rest">
        <Notice run={runs.find(run => run.notice) ?? runs[0]} />
        {children}
      </div>
    </>
  );
}

interface IRunProps {
  readonly context: IViewContext;
  readonly run: IRunState;
}

function SingleRun({ context, run }: IRunProps): JSX.Element {
  const { trans } = context;
  const { epoch, epochs, step } = run;
  return (
    <>
      <b className="jp-Eelscape-stripTitle">
        {run.paused
          ? trans.__('%1 paused at epoch %2 / %3', run.label, epoch, epochs)
          : epoch === 0 && step === 0
            ? trans.__('%1: starting', run.label)
            : trans.__('Epoch %1 / %2', epoch, epochs)}
      </b>
      <Bar context={context} run={run} />
      <Pace context={context} run={run} />
    </>
  );
}

function RunRow({ context, run }: IRunProps): JSX.Element {
  const { shown, trans, workspace } = context;
  const { training } = workspace;
  const name = shown.nameOf(run);
  const { epoch, epochs, step } = run;
  const look = shown.kind === run.setup.kind ? shown.styleOf(run) : null;
  return (
    <li className="jp-Eelscape-run">
      <span className="jp-Eelscape-runName">
        {look !== null && <ModelMark style={look} />}
        <b
          style={
            look === null
              ? undefined
              : { color: `var(--eelscape-model-text-${look + 1})` }
          }
        >
          {name}
        </b>
      </span>
      <span className="jp-Eelscape-runEpoch">
        {run.paused
          ? trans.__('paused at %1 / %2', epoch, epochs)
          : epoch === 0 && step === 0
            ? trans.__('starting')
            : trans.__('epoch %1 / %2', epoch, epochs)}
      </span>
      <Bar context={context} run={run} />
      <Pace context={context} run={run} />
      {run.paused ? (
        <RunButton
          label={trans.__('Resume %1', name)}
          onClick={() => training.resume(run.id)}
        >
          <runIcon.react tag="span" />
        </RunButton>
      ) : (
        <RunButton
          label={trans.__('Pause %1', name)}
          onClick={() => training.pause(run.id)}
        >
          <pauseIcon.react tag="span" />
        </RunButton>
      )}
      <RunButton
        label={trans.__('Stop %1 and keep its last epoch', name)}
        onClick={() => training.stop(run.id)}
      >
        <stopIcon.react tag="span" />
      </RunButton>
    </li>
  );
}

function Bar({ context, run }: IRunProps): JSX.Element {
  const inEpoch = run.steps > 0 ? run.step / run.steps : 0;
  const share =
    run.epochs > 0 ? Math.min(1, (run.epoch + inEpoch) / run.epochs) : 0;
  return (
    <div
      className={`jp-Eelscape-progress${run.paused ? ' jp-mod-paused' : ''}`}
      role="progressbar"
      aria-label={context.trans.__('Training of %1', run.label)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * share)}
    >
      <div style={{ width: `${100 * share}%` }} />
    </div>
  );
}

/** "0.9 s per epoch", "2 min 27 s left". */
function Pace({ context, run }: IRunProps): JSX.Element {
  const { trans } = context;
  const seconds = run.secondsPerEpoch;
  const left = duration(run.secondsLeft);
  return (
    <>
      {!run.paused && seconds > 0 && (
        <span className="jp-Eelscape-pace jp-mod-optional">
          {trans.__('%1 s per epoch', fixed(seconds, seconds < 10 ? 1 : 0))}
        </span>
      )}
      {left && (
        <span className="jp-Eelscape-left">{trans.__('%1 left', left)}</span>
      )}
    </>
  );
}

function Waiting({ context }: { context: IViewContext }): JSX.Element | null {
  const { shown, trans, workspace } = context;
  const { waiting } = workspace.training;
  return waiting.length > 0 ? (
    <span className="jp-Eelscape-dim jp-mod-waiting" title={waiting.join(', ')}>
      {waiting.length === 1
        ? trans.__('then %1', shown.shortName(waiting[0]))
        : trans.__('then %1 more', waiting.length)}
    </span>
  ) : null;
}

function Notice({ run }: { run: IRunState }): JSX.Element | null {
  return run.notice ? (
    <span className="jp-Eelscape-dim">{run.notice}</span>
  ) : null;
}

function RunButton(props: {
  label: string;
  onClick(): void;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <button
      type="button"
      className="jp-Eelscape-tool jp-Eelscape-runButton"
      aria-label={props.label}
      title={props.label}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}
