import {
  caretDownIcon,
  downloadIcon,
  ellipsesIcon,
  type LabIcon,
  pauseIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Kind } from '../signal/types';
import { isEnergy } from '../signal/axis';
import { ConnectButton } from './connect-button';
import { EnergyUnit } from './energy-unit';
import type { FormName } from './layout';
import { ModelMark } from './model-mark';
import { Segment } from './segment';
import { SendButton } from './send-button';
import type { IViewContext } from './view';

export interface IToolbarProps {
  readonly context: IViewContext;
  /** Whether a form can be seen. */
  shows(form: FormName): boolean;
  toggle(name: FormName): void;
  openExport(anchor: HTMLElement): void;
  /** Opens everything that a narrow toolbar leaves out. */
  openMore(anchor: HTMLElement): void;
}

/** The panel's toolbar: direction, training, models, unit, and what leaves the panel. */
export function PanelToolbar(props: IToolbarProps): JSX.Element {
  const { context } = props;
  const { workspace, trans } = context;
  const { data, training } = workspace;
  const root = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => roveFocus(root.current));
  const pair = data.pair;
  const mode = context.mode();
  const compact = context.compact();
  const ready = pair !== null && data.windows !== null;
  return (
    <div
      ref={root}
      className="jp-Eelscape-toolbarRow"
      role="toolbar"
      aria-label={trans.__('eelscape')}
      onKeyDown={event => moveFocus(event, root.current)}
      onFocus={() => roveFocus(root.current)}
    >
      {mode === 'wide' && (
        <span className="jp-Eelscape-toolLabel">{trans.__('Direction')}</span>
      )}
      <Segment
        inToolbar
        label={trans.__('Direction')}
        value={data.setup.kind}
        disabled={training.running}
        choices={[
          {
            value: 'im2spec',
            label: 'im2spec',
            title: trans.__('Predict spectra from image windows')
          },
          {
            value: 'spec2im',
            label: 'spec2im',
            title: trans.__('Predict image windows from spectra')
          }
        ]}
        onChange={kind => data.change({ kind: kind as Kind })}
      />
      <Divider />
      {!(compact && training.running) && (
        <Tool
          icon={runIcon}
          label={trans.__('Train')}
          title={
            data.setups.length > 1
              ? trans.__(
                  'Train %1 networks on the train windows',
                  data.setups.length
                )
              : trans.__('Train a network on the train windows')
          }
          disabled={!ready || training.running}
          onClick={() => training.start()}
        />
      )}
      {compact && !training.running ? null : training.paused ? (
        <Tool
          icon={runIcon}
          label={trans.__('Resume')}
          title={trans.__('Go on with the next batch')}
          onClick={() => training.resume()}
        />
      ) : (
        <Tool
          icon={pauseIcon}
          label={trans.__('Pause')}
          short={!training.running}
          title={trans.__('Finish this batch and hold')}
          disabled={!training.running}
          onClick={() => training.pause()}
        />
      )}
      {!(compact && !training.running) && (
        <Tool
          icon={stopIcon}
          label={trans.__('Stop')}
          short={!training.running}
          title={trans.__('End training and keep the last epoch')}
          disabled={!training.running}
          onClick={() => training.stop()}
        />
      )}
      <Divider />
      <ModelChips context={context} />
      {mode === 'wide' && pair && isEnergy(pair.energy.units) && (
        <>
          <span className="jp-Eelscape-toolLabel">
            {trans.__('Energy unit')}
          </span>
          <EnergyUnit context={context} inToolbar />
        </>
      )}
      <span className="jp-Eelscape-spacer" />
      <span
        className={
          compact ? 'jp-Eelscape-forms jp-mod-compact' : 'jp-Eelscape-forms'
        }
      >
        {formToggles(trans).map(({ name, label, title }) => (
          <button
            key={name}
            type="button"
            className="jp-Eelscape-tool"
            data-eelscape-toggle={name}
            aria-pressed={props.shows(name)}
            disabled={!pair}
            title={title}
            onClick={() => props.toggle(name)}
          >
            {label}
          </button>
        ))}
      </span>
      {compact ? (
        <button
          type="button"
          className="jp-Eelscape-tool"
          aria-haspopup="menu"
          aria-label={trans.__('More')}
          title={trans.__('Data, Setup, Export and Send to Python')}
          disabled={!pair}
          onClick={event => props.openMore(event.currentTarget)}
        >
          <ellipsesIcon.react tag="span" />
        </button>
      ) : (
        <>
          <button
            type="button"
            className="jp-Eelscape-tool"
            disabled={!pair}
            aria-haspopup="menu"
            title={trans.__('Save the model or a picture of the panel')}
            onClick={event => props.openExport(event.currentTarget)}
          >
            <downloadIcon.react tag="span" />
            <span className="jp-Eelscape-toolText">{trans.__('Export')}</span>
            <caretDownIcon.react tag="span" />
          </button>
          <ConnectButton context={context} />
          <SendButton context={context} />
        </>
      )}
    </div>
  );
}

/** The two forms as the toolbar and its menu name them. */
export function formToggles(
  trans: TranslationBundle
): readonly { name: FormName; label: string; title: string }[] {
  return [
    {
      name: 'data',
      label: trans.__('Data'),
      title: trans.__(
        'Show or hide the source, preprocessing, components and regions'
      )
    },
    {
      name: 'setup',
      label: trans.__('Setup'),
      title: trans.__('Show or hide the setup of the next training')
    }
  ];
}

function ModelChips({
  context
}: {
  context: IViewContext;
}): JSX.Element | null {
  const { shown, workspace, trans } = context;
  const { training, models } = workspace;
  const list = shown.models;
  // A run in progress is one of the models from its first evaluation on.
  const pending = training.runs.filter(
    run => !models.items.some(model => model.id === run.id)
  );
  if (!list.length && !pending.length) {
    return null;
  }
  return (
    <>
      {!context.compact() && (
        <span className="jp-Eelscape-toolLabel">{trans.__('Models')}</span>
      )}
      <span
        className="jp-Eelscape-chips"
        role="group"
        aria-label={trans.__('Models')}
      >
        {list.map(model => (
          <button
            key={model.id}
            type="button"
            className="jp-Eelscape-chip"
            aria-pressed={model === shown.active}
            title={trans.__(
              'Show the latent space and errors of %1 (epoch %2, seed %3)',
              shown.labelOf(model),
              model.epoch,
              model.setup.seed
            )}
            onClick={() => models.activate(model.id)}
          >
            <ModelMark style={shown.styleOf(model)} />
            {shown.labelOf(model)}
          </button>
        ))}
        {pending.map(run => (
          <span key={run.id} className="jp-Eelscape-chip jp-mod-pending">
            <ModelMark style={shown.styleOf(run)} />
            {shown.nameOf(run)} ·{' '}
            {run.paused ? trans.__('paused') : trans.__('training')}
          </span>
        ))}
        {training.waiting.slice(0, 2).map((label, i) => (
          <span key={i} className="jp-Eelscape-chip jp-mod-pending">
            {shown.shortName(label)} · {trans.__('waiting')}
          </span>
        ))}
      </span>
      <Divider />
    </>
  );
}

function Tool(props: {
  icon: LabIcon;
  label: string;
  title: string;
  /** Only the icon is seen. */
  short?: boolean;
  disabled?: boolean;
  onClick(): void;
}): JSX.Element {
  return (
    <button
      type="button"
      className="jp-Eelscape-tool"
      aria-label={props.label}
      title={props.title}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <props.icon.react tag="span" />
      {!props.short && (
        <span className="jp-Eelscape-toolText">{props.label}</span>
      )}
    </button>
  );
}

function Divider(): JSX.Element {
  return <span className="jp-Eelscape-divider" aria-hidden="true" />;
}

/** The controls of a toolbar that can be reached now. */
function controls(root: HTMLElement | null): HTMLElement[] {
  return Array.from(
    root?.querySelectorAll<HTMLElement>('button:not(:disabled)') ?? []
  );
}

/** Leaves one control in the Tab order: the focused one, else the first. */
function roveFocus(root: HTMLElement | null): void {
  const all = controls(root);
  const current =
    all.find(item => item === document.activeElement) ??
    all.find(item => item.tabIndex === 0 && item.dataset.rove) ??
    all[0];
  for (const item of all) {
    item.tabIndex = item === current ? 0 : -1;
    if (item === current) {
      item.dataset.rove = 'true';
    } else {
      delete item.dataset.rove;
    }
  }
}

function moveFocus(event: React.KeyboardEvent, root: HTMLElement | null): void {
  const all = controls(root);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const target =
    event.key === 'ArrowRight'
      ? (at + 1) % all.length
      : event.key === 'ArrowLeft'
        ? (at - 1 + all.length) % all.length
        : event.key === 'Home'
          ? 0
          : event.key === 'End'
            ? all.length - 1
            : -1;
  if (target >= 0 && all[target]) {
    event.preventDefault();
    all[target].focus();
  }
}
