import { caretDownIcon, redoIcon, undoIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IAppliedStep } from '../../model/types';
import type { IPair } from '../../signal/types';
import { FormSection } from '../form-section';
import { openMenu } from '../menu';
import type { IViewContext } from '../view';
import { StepForm } from './step-form';
import { stepKinds } from './step-kinds';
import { TaskState } from './task-state';

/** The steps applied, the one being prepared, and the way to more. */
export function PreprocessingSection({
  context,
  pair
}: {
  context: IViewContext;
  pair: IPair;
}): JSX.Element {
  const { workspace, trans } = context;
  const { preprocessing } = workspace;
  const { steps, undone, draft, preview, busy, blocked, error } = preprocessing;
  const locked = busy !== null || blocked !== '';
  const last = steps.at(-1);
  const next = undone.at(-1);
  const button = React.useRef<HTMLButtonElement>(null);
  // Only a step that was chosen here takes the focus.
  const wanted = React.useRef(false);
  const add = (anchor: HTMLElement): void => {
    openMenu(
      anchor,
      stepKinds(pair, trans).map(kind => ({
        label: kind.label,
        caption: kind.caption,
        run: () => {
          wanted.current = true;
          preprocessing.edit(kind.start);
        }
      }))
    );
  };
  const work = React.useRef<HTMLDivElement>(null);
  const shows = [draft?.step, preview !== null, busy !== null, error].join();
  React.useEffect(() => scrollTo(work.current), [shows]);
  return (
    <FormSection
      title={trans.__('Preprocessing')}
      summary={
        steps.length ? trans._n('%1 step', '%1 steps', steps.length) : undefined
      }
    >
      {steps.length ? (
        <ol
          className="jp-Eelscape-steps"
          aria-label={trans.__('Steps applied')}
        >
          {steps.map((step, i) => (
            <Step key={i} step={step} context={context} />
          ))}
        </ol>
      ) : (
        <p className="jp-Eelscape-note">
          {trans.__('No steps: the data are shown as they came.')}
        </p>
      )}
      <div className="jp-Eelscape-buttons">
        <button
          ref={button}
          type="button"
          className="jp-Eelscape-button"
          aria-haspopup="menu"
          disabled={locked}
          title={blocked || trans.__('Prepare a step, with a preview')}
          onClick={event => add(event.currentTarget)}
        >
          {trans.__('Add step')}
          <caretDownIcon.react tag="span" />
        </button>
        <IconButton
          icon={undoIcon}
          label={trans.__('Undo')}
          title={
            blocked ||
            (last?.automatic
              ? trans.__('This step keeps the data within the memory budget')
              : last
                ? trans.__('Undo: %1', last.text)
                : trans.__('No step to undo'))
          }
          disabled={locked || !last || last.automatic}
          onClick={() => preprocessing.undo()}
        />
        <IconButton
          icon={redoIcon}
          label={trans.__('Redo')}
          title={
            blocked ||
            (next
              ? trans.__('Redo: %1', next.text)
              : trans.__('No step to redo'))
          }
          disabled={locked || !next}
          onClick={() => preprocessing.redo()}
        />
      </div>
      <div ref={work}>
        {draft && (
          <StepForm
            key={draft.step}
            context={context}
            pair={pair}
            draft={draft}
            focusWanted={wanted}
            focusAfter={button}
          />
        )}
        <TaskState
          trans={trans}
          label={trans.__('Preprocessing')}
          busy={busy}
          error={error}
          blocked={blocked}
          cancel={() => preprocessing.cancel()}
        />
      </div>
    </FormSection>
  );
}

/** Scrolls the column, and nothing else, until the end of `node` is seen. */
function scrollTo(node: HTMLElement | null): void {
  const column = node?.closest('.jp-Eelscape-setupForm');
  if (node?.firstElementChild && column) {
    const below =
      node.getBoundingClientRect().bottom -
      column.getBoundingClientRect().bottom;
    column.scrollTop += Math.max(0, below + 8);
  }
}

function Step({
  step,
  context
}: {
  step: IAppliedStep;
  context: IViewContext;
}): JSX.Element {
  const { trans } = context;
  return (
    <li>
      {step.text}{' '}
      {step.automatic && (
        <span
          className="jp-Eelscape-tag"
          title={trans.__('Put in by eelscape to keep to the memory budget')}
        >
          {trans.__('automatic')}
        </span>
      )}
    </li>
  );
}

function IconButton(props: {
  icon: typeof undoIcon;
  label: string;
  title: string;
  disabled: boolean;
  onClick(): void;
}): JSX.Element {
  return (
    <button
      type="button"
      className="jp-Eelscape-iconButton"
      aria-label={props.label}
      title={props.title}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <props.icon.react tag="span" />
    </button>
  );
}
