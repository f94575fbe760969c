import * as React from 'react';

/** A small button of a view's header that stays pressed. */
export function Toggle(props: {
  label: string;
  title: string;
  pressed: boolean;
  onChange(pressed: boolean): void;
}): JSX.Element {
  return (
    <span className="jp-Eelscape-segment">
      <button
        type="button"
        title={props.title}
        aria-pressed={props.pressed}
        onClick={() => props.onChange(!props.pressed)}
      >
        {props.label}
      </button>
    </span>
  );
}
