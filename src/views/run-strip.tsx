import * as React from 'react';
import type { ITrainedModel } from '../model/types';
import type { ISetup } from '../signal/types';
import { metricHeading } from './error-metric';
import { spreadsOf } from './error-spreads';
import { ElsewhereRow } from './elsewhere-row';
import { ExpectedLine } from './expected-time';
import { InterruptedRows } from './interrupted-row';
import { ModelMark } from './model-mark';
import { RunRows } from './run-rows';
import { Shelved } from './shelved';
import { SourceRow } from './source-row';
import type { IViewContext } from './view';
import { fixed, percent } from './wording';

/** The line below the toolbar: what runs, what was reached, what is wrong. */
export function RunStrip({ context }: { context: IViewContext }): JSX.Element {
  return (
    <>
      <ElsewhereRow context={context} />
      <SourceRow context={context} />
      <InterruptedRows context={context} />
      <Strip context={context} />
    </>
  );
}

function Strip({ context }: { context: IViewContext }): JSX.Element {
  const { workspace, shown, trans } = context;
  const { training, data } = workspace;
  const error = training.error && (
    <div className="jp-Eelscape-stripRow jp-mod-error" role="alert">
      <span className="jp-Eelscape-stripText">{training.error}</span>
      <button
        type="button"
        className="jp-Eelscape-button"
        onClick={() => training.dismissError()}
      >
        {trans.__('Dismiss')}
      </button>
    </div>
  );
  const leak = <LeakWarning context={context} />;
  if (training.running) {
    return (
      <>
        {error}
        <RunRows context={context}>{leak}</RunRows>
      </>
    );
  }
  if (error) {
    return error;
  }
  // Of a file without its spectra the views say what they lack.
  if (data.problem && !data.pair?.absent) {
    return (
      <div className="jp-Eelscape-stripRow jp-mod-error" role="alert">
        <span className="jp-Eelscape-stripText">{data.problem}</span>
      </div>
    );
  }
  const models = shown.models;
  if (!models.length) {
    const windows = data.windows;
    return (
      <div className="jp-Eelscape-stripRow">
        <b>{trans.__('Not trained')}</b>
        {windows && (
          <span className="jp-Eelscape-dim">
            {trans.__(
              '%1 windows: %2 train, %3 guard, %4 test',
              windows.total,
              windows.train,
              windows.guard,
              windows.test
            )}
          </span>
        )}
        {leak}
        <Shelved context={context} />
        <span className="jp-Eelscape-spacer" />
        {training.notice ? (
          <span className="jp-Eelscape-dim">{training.notice}</span>
        ) : (
          <ExpectedLine context={context} />
        )}
      </div>
    );
  }
  const active = shown.active;
  const stale =
    active &&
    models.every(model =>
      data.setups.every(setup => isStale(model.setup, setup))
    );
  const leaks = leakingSetup(context) !== null;
  return (
    <div className="jp-Eelscape-stripRow">
      <span>
        <b>{metricHeading(shown.metric, trans)}</b>{' '}
        <span className="jp-Eelscape-dim jp-mod-optional">
          {trans.__('mean per window')}
        </span>
      </span>
      {models.slice(-4).map(model => (
        <ModelErrors key={model.id} context={context} model={model} />
      ))}
      {leak}
      <Shelved context={context} />
      <span className="jp-Eelscape-spacer" />
      {stale ? (
        <span className="jp-Eelscape-warning">
          <span>{trans.__('Results belong to the earlier setup')}</span>
          <button
            type="button"
            className="jp-Eelscape-button"
            onClick={() => data.change(active.setup)}
          >
            {trans.__('Restore')}
          </button>
          <button
            type="button"
            className="jp-Eelscape-button"
            disabled={!data.windows}
            onClick={() => training.start()}
          >
            {trans.__('Train again')}
          </button>
        </span>
      ) : (
        <Reached context={context} brief={leaks} />
      )}
    </div>
  );
}

/** What is to be known of the shown model's run; `brief`: only where something is. */
function Reached(props: {
  context: IViewContext;
  brief: boolean;
}): JSX.Element | null {
  const { context, brief } = props;
  const { active } = context.shown;
  if (active?.notice) {
    return <span className="jp-Eelscape-dim">{active.notice}</span>;
  }
  return active && !brief ? (
    <span className="jp-Eelscape-dim jp-mod-optional">
      {context.trans.__(
        'Trained %1 of %2 epochs',
        active.epoch,
        active.setup.epochs
      )}
    </span>
  ) : null;
}

/** Error of a model by part, with RMSE and skill beside it. */
function ModelErrors(props: {
  context: IViewContext;
  model: ITrainedModel;
}): JSX.Element {
  const { context, model } = props;
  const { shown, trans } = context;
  const { meanRmse, skill } = model;
  const { train, test } = spreadsOf(shown, model);
  const style = shown.styleOf(model);
  return (
    <span
      className="jp-Eelscape-modelErrors"
      title={trans.__(
        'RMSE in percent of full scale; skill: 1 is perfect, 0 is no better than the mean of the training targets. Train: RMSE %1, skill %2',
        percent(meanRmse.train),
        fixed(skill.train, 2)
      )}
    >
      <ModelMark style={style} />
      <b style={{ color: `var(--eelscape-model-text-${style + 1})` }}>
        {shown.labelOf(model)}
      </b>
      <span>{trans.__('train %1', shown.errorText(train.mean))}</span>
      <span aria-hidden="true">·</span>
      <b>{trans.__('test %1', shown.errorText(test.mean))}</b>
      <span className="jp-Eelscape-dim jp-mod-optional">
        {trans.__(
          'RMSE %1, skill %2',
          percent(meanRmse.test),
          fixed(skill.test, 2)
        )}
      </span>
    </span>
  );
}

/** Warns where test windows share pixels with training windows, of what is shown or of what comes next. */
function LeakWarning({
  context
}: {
  context: IViewContext;
}): JSX.Element | null {
  const { workspace, trans } = context;
  const { data, training } = workspace;
  const setup = leakingSetup(context);
  if (!setup) {
    return null;
  }
  const text =
    setup.split === 'random'
      ? trans.__('Random split: windows overlap, test error reads low')
      : trans.__(
          'Guard of %1 px is below the window: windows overlap, test error reads low',
          setup.guard ?? setup.window
        );
  return (
    <span className="jp-Eelscape-warning" role="status">
      <b>▲ {text}</b>
      {setup === data.setup && (
        <button
          type="button"
          className="jp-Eelscape-button"
          disabled={training.running}
          title={trans.__(
            'No window of the test part shares a pixel with the train part'
          )}
          onClick={() => data.change({ split: 'left-right', guard: null })}
        >
          {trans.__('Use left | right split')}
        </button>
      )}
    </span>
  );
}

/** The setup that leaks: of the next training, else of the model shown; null where neither does. */
function leakingSetup({ workspace, shown }: IViewContext): ISetup | null {
  const { data } = workspace;
  if (data.windows?.leaking) {
    return data.setup;
  }
  const past = shown.active?.setup;
  return past && setupLeaks(past) ? past : null;
}

/** True where a setup lets test windows share pixels with training windows. */
export function setupLeaks(setup: ISetup): boolean {
  return (
    setup.split === 'random' ||
    (setup.guard !== null && setup.guard < setup.window)
  );
}

/** True where training again would not repeat the model. */
export function isStale(trained: ISetup, next: ISetup): boolean {
  return (Object.keys(trained) as (keyof ISetup)[]).some(
    key => key !== 'backend' && trained[key] !== next[key]
  );
}
