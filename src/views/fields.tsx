import * as React from 'react';

/** A label with a value that cannot be changed here. */
export function Fact(props: { label: string; value: string }): JSX.Element {
  return (
    <div className="jp-Eelscape-field">
      <span>{props.label}</span>
      <span className="jp-Eelscape-fact" title={props.value}>
        {props.value}
      </span>
    </div>
  );
}

/** A number with its unit; takes effect on Enter or when the field is left. */
export function NumberField(props: {
  label: string;
  value: number;
  units?: string;
  title?: string;
  min?: number;
  max?: number;
  step?: number | 'any';
  disabled?: boolean;
  onChange(value: number): void;
}): JSX.Element {
  const [text, setText] = React.useState<string | null>(null);
  const id = React.useId();
  const commit = (): void => {
    if (text === null) {
      return;
    }
    const value = Number(text);
    const fits =
      text.trim() !== '' &&
      Number.isFinite(value) &&
      value >= (props.min ?? -Infinity) &&
      value <= (props.max ?? Infinity) &&
      (props.step === 'any' || Number.isInteger(value));
    if (fits && value !== props.value) {
      props.onChange(value);
    }
    setText(null);
  };
  return (
    <div className="jp-Eelscape-field" title={props.title}>
      <label htmlFor={id}>{props.label}</label>
      <span className="jp-Eelscape-input">
        <input
          id={id}
          type="number"
          value={text ?? String(props.value)}
          min={props.min}
          max={props.max}
          step={props.step ?? 1}
          disabled={props.disabled}
          onChange={event => setText(event.target.value)}
          onBlur={commit}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              commit();
            } else if (event.key === 'Escape') {
              setText(null);
            }
          }}
        />
        {props.units && <span aria-hidden="true">{props.units}</span>}
      </span>
    </div>
  );
}

/** One of several named values. */
export function SelectField(props: {
  label: string;
  value: string;
  choices: readonly (readonly [string, string])[];
  title?: string;
  disabled?: boolean;
  onChange(value: string): void;
}): JSX.Element {
  const id = React.useId();
  return (
    <div className="jp-Eelscape-field" title={props.title}>
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        className="jp-Eelscape-select"
        value={props.value}
        disabled={props.disabled}
        onChange={event => props.onChange(event.target.value)}
      >
        {props.choices.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A small select of a view's header, named for screen readers. */
export function HeaderSelect(props: {
  label: string;
  value: string;
  choices: readonly (readonly [string, string])[];
  onChange(value: string): void;
}): JSX.Element {
  return (
    <select
      className="jp-Eelscape-select jp-mod-header"
      aria-label={props.label}
      title={props.label}
      value={props.value}
      onChange={event => props.onChange(event.target.value)}
    >
      {props.choices.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
