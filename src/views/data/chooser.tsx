import * as React from 'react';
import { percentiles } from '../../analysis/statistics';
import type { IWorkspace } from '../../model/types';
import { paintRaster } from '../marks/raster';
import type { IViewContext } from '../view';

type Question = NonNullable<IWorkspace['question']>;
type Group = Question['groups'][number];
type Option = Group['options'][number];

/** Side of the box that a preview fits into, px. */
const PREVIEW = 88;

/** What the kernel must know before it has a pair: one option of each group. */
export function Chooser({
  context,
  question
}: {
  context: IViewContext;
  question: Question;
}): JSX.Element {
  const { workspace, trans } = context;
  const [changed, setChanged] = React.useState<Record<string, number>>({});
  const [sent, setSent] = React.useState(false);
  React.useEffect(() => {
    if (workspace.error) {
      setSent(false);
    }
  }, [workspace.error]);
  const chosen = (group: Group): number =>
    changed[group.key] ?? group.suggested;
  const complete = question.groups.every(group => chosen(group) >= 0);
  const gone = workspace.linkState === 'gone';
  const open = (event: React.FormEvent): void => {
    event.preventDefault();
    if (complete && !sent && !gone) {
      setSent(true);
      workspace.choose(
        Object.fromEntries(
          question.groups.map(group => [group.key, chosen(group)])
        )
      );
    }
  };
  return (
    <form
      className="jp-Eelscape-state jp-Eelscape-chooser"
      aria-label={trans.__('Choose the data of %1', question.name)}
      onSubmit={open}
    >
      <h2>{trans.__('Which data?')}</h2>
      <p>{question.question}</p>
      {question.groups.map(group => (
        <Choice
          key={group.key}
          group={group}
          value={chosen(group)}
          suggested={trans.__('suggested')}
          onChange={i => setChanged({ ...changed, [group.key]: i })}
        />
      ))}
      {workspace.error && (
        <p className="jp-Eelscape-problem jp-mod-inForm" role="alert">
          {workspace.error}
        </p>
      )}
      <div className="jp-Eelscape-buttons">
        <button
          type="submit"
          className="jp-Eelscape-button jp-mod-main"
          disabled={!complete || sent || gone}
        >
          {sent ? trans.__('Opening') : trans.__('Open')}
        </button>
        {gone ? (
          <span className="jp-Eelscape-warningText">
            {trans.__('Kernel not connected. Start it and run the cell again.')}
          </span>
        ) : (
          !complete && (
            <span className="jp-Eelscape-dim">
              {trans.__('Choose one of each.')}
            </span>
          )
        )}
      </div>
    </form>
  );
}

function Choice(props: {
  group: Group;
  value: number;
  suggested: string;
  onChange(value: number): void;
}): JSX.Element {
  const { group } = props;
  const name = React.useId();
  return (
    <fieldset>
      <legend>{group.label}</legend>
      <div className="jp-Eelscape-options">
        {group.options.map((option, i) => (
          <label key={i} className="jp-Eelscape-option">
            <input
              type="radio"
              name={name}
              checked={props.value === i}
              onChange={() => props.onChange(i)}
            />
            <OptionPicture option={option} image={group.key === 'image'} />
            <span className="jp-Eelscape-optionText">
              <b>{option.title}</b>
              <span>{option.detail}</span>
              {group.suggested === i && (
                <span className="jp-Eelscape-tag">{props.suggested}</span>
              )}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** The preview of an option: an image in grey, anything else in viridis. */
function OptionPicture(props: { option: Option; image: boolean }): JSX.Element {
  const { preview, previewShape } = props.option;
  const host = React.useRef<HTMLSpanElement>(null);
  React.useEffect(() => {
    if (!preview || !previewShape) {
      host.current?.replaceChildren();
      return;
    }
    const [height, width] = previewShape;
    const finite = preview.filter(value => Number.isFinite(value));
    const [low, high] = percentiles(finite, [2, 98]);
    const canvas = paintRaster({
      values: preview,
      width,
      height,
      colours: props.image ? 'grey' : 'viridis',
      low,
      high: high > low ? high : low + 1
    });
    const scale = PREVIEW / Math.max(width, height);
    canvas.style.width = `${Math.round(width * scale)}px`;
    canvas.style.height = `${Math.round(height * scale)}px`;
    canvas.className = 'jp-Eelscape-pixels';
    host.current?.replaceChildren(canvas);
  }, [preview, previewShape, props.image]);
  return (
    <span ref={host} className="jp-Eelscape-optionPicture" aria-hidden="true" />
  );
}
