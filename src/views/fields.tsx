import * as React from 'react';

/** A label with a value that cannot be changed here. */
export function Fact(props: {
  label: string;
  value: string;
  /** Said beside the value, which may be cut off. */
  title?: string;
}): JSX.Element {
  return (
    <div className="jp-Eelscape-field">
      <span>{props.label}</span>
      <span
        className="jp-Eelscape-fact"
        title={props.title ? `${props.value}. ${props.title}` : props.value}
      >
        {props.value}
      </span>
    </div>
  );
}

/** The box of a number; takes effect on Enter or when it is left, and falls back where the text does not fit. */
export function NumberInput(props: {
  id?: string;
  /** For screen readers where no label points at `id`. */
  label?: string;
  /** null: empty. */
  value: number | null;
  /** Shown while empty. */
  placeholder?: string;
  /** True where it may be emptied. */
  optional?: boolean;
  min?: number;
  max?: number;
  step?: number | 'any';
  disabled?: boolean;
  onChange(value: number | null): void;
}): JSX.Element {
  const [text, setText] = React.useState<string | null>(null);
  const shown = props.value === null ? '' : String(props.value);
  const commit = (): void => {
    if (text === null) {
      return;
    }
    const empty = text.trim() === '';
    const value = empty ? null : Number(text);
    const fits =
      value === null
        ? props.optional === true
        : Number.isFinite(value) &&
          value >= (props.min ?? -Infinity) &&
          value <= (props.max ?? Infinity) &&
          (props.step === 'any' || Number.isInteger(value));
    if (fits && value !== props.value) {
      props.onChange(value);
    }
    setText(null);
  };
  return (
    <input
      id={props.id}
      aria-label={props.label}
      type="number"
      value={text ?? shown}
      placeholder={props.placeholder}
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
  );
}

/** A number with its label and unit. */
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
  const id = React.useId();
  return (
    <div className="jp-Eelscape-field" title={props.title}>
      <label htmlFor={id}>{props.label}</label>
      <span className="jp-Eelscape-input">
        <NumberInput
          id={id}
          value={props.value}
          min={props.min}
          max={props.max}
          step={props.step}
          disabled={props.disabled}
          onChange={value => value !== null && props.onChange(value)}
        />
        {props.units && <span aria-hidden="true">{props.units}</span>}
      </span>
    </div>
  );
}

/** Two ends of a range, each of which may be left empty where `optional`. */
export function RangeField(props: {
  label: string;
  /** Stands behind the label. */
  units?: string;
  title?: string;
  values: readonly [number | null, number | null];
  /** Shown in an empty end. */
  placeholders?: readonly [string, string];
  /** Names of the two ends for screen readers. */
  ends: readonly [string, string];
  optional?: boolean;
  min?: number;
  max?: number;
  step?: number | 'any';
  disabled?: boolean;
  onChange(end: 0 | 1, value: number | null): void;
}): JSX.Element {
  const full = props.units ? `${props.label} (${props.units})` : props.label;
  const id = React.useId();
  return (
    <div
      className="jp-Eelscape-field"
      role="group"
      aria-labelledby={id}
      title={props.title}
    >
      <span id={id}>{full}</span>
      <span className="jp-Eelscape-range">
        {([0, 1] as const).map(end => (
          <span key={end} className="jp-Eelscape-input">
            <NumberInput
              label={`${full}, ${props.ends[end]}`}
              value={props.values[end]}
              placeholder={props.placeholders?.[end]}
              optional={props.optional}
              min={props.min}
              max={props.max}
              step={props.step}
              disabled={props.disabled}
              onChange={value => props.onChange(end, value)}
            />
          </span>
        ))}
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

/** Something that is done or not. */
export function CheckField(props: {
  label: string;
  /** What a tick means, beside the box. */
  text: string;
  title?: string;
  value: boolean;
  disabled?: boolean;
  onChange(value: boolean): void;
}): JSX.Element {
  const id = React.useId();
  return (
    <div className="jp-Eelscape-field" title={props.title}>
      <span aria-hidden="true">{props.label}</span>
      <label className="jp-Eelscape-check" htmlFor={id}>
        <input
          id={id}
          type="checkbox"
          checked={props.value}
          disabled={props.disabled}
          onChange={event => props.onChange(event.target.checked)}
        />
        {props.text}
      </label>
    </div>
  );
}
