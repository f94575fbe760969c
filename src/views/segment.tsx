import * as React from 'react';

export interface IChoice {
  readonly value: string;
  readonly label: string;
  readonly title?: string;
  readonly disabled?: boolean;
}

export interface ISegmentProps {
  readonly label: string;
  readonly choices: readonly IChoice[];
  readonly value: string;
  readonly disabled?: boolean;
  /** Within a toolbar the arrow keys belong to the toolbar. */
  readonly inToolbar?: boolean;
  onChange(value: string): void;
}

/** A radio group drawn as joined buttons. */
export function Segment(props: ISegmentProps): JSX.Element {
  const { choices, value } = props;
  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>): void => {
    const step = ['ArrowRight', 'ArrowDown'].includes(event.key)
      ? 1
      : ['ArrowLeft', 'ArrowUp'].includes(event.key)
        ? -1
        : 0;
    if (!step || props.inToolbar) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const at = choices.findIndex(choice => choice.value === value);
    for (let i = 1; i <= choices.length; i++) {
      const next =
        choices[(at + step * i + choices.length * i) % choices.length];
      if (!next.disabled) {
        props.onChange(next.value);
        const buttons = event.currentTarget.querySelectorAll('button');
        buttons[choices.indexOf(next)]?.focus();
        return;
      }
    }
  };
  return (
    <div
      className="jp-Eelscape-segment"
      role="radiogroup"
      aria-label={props.label}
      onKeyDown={onKeyDown}
    >
      {choices.map((choice, i) => {
        const checked = choice.value === value;
        const stop =
          checked || (i === 0 && !choices.some(c => c.value === value));
        return (
          <button
            key={choice.value}
            type="button"
            role="radio"
            aria-checked={checked}
            title={choice.title}
            disabled={props.disabled || choice.disabled}
            tabIndex={props.inToolbar || stop ? 0 : -1}
            onClick={() => props.onChange(choice.value)}
          >
            {choice.label}
          </button>
        );
      })}
    </div>
  );
}
