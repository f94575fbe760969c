import * as React from 'react';

/** One whole number or several, "2, 10"; takes effect on Enter or when it is left, and falls back where the text does not fit. */
export function ListField(props: {
  label: string;
  values: readonly number[];
  title?: string;
  min: number;
  disabled?: boolean;
  onChange(values: readonly number[]): void;
}): JSX.Element {
  const id = React.useId();
  const [text, setText] = React.useState<string | null>(null);
  const shown = props.values.join(', ');
  const commit = (): void => {
    const values = text === null ? null : readList(text, props.min);
    if (values && values.join(', ') !== shown) {
      props.onChange(values);
    }
    setText(null);
  };
  return (
    <div className="jp-Eelscape-field" title={props.title}>
      <label htmlFor={id}>{props.label}</label>
      <span className="jp-Eelscape-input">
        <input
          id={id}
          type="text"
          inputMode="numeric"
          value={text ?? shown}
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
      </span>
    </div>
  );
}

/** The different whole numbers of a text, parted by commas or spaces; null where it holds anything else. */
export function readList(text: string, min: number): number[] | null {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  const values = [...new Set(words.map(Number))];
  const fit = values.every(value => Number.isInteger(value) && value >= min);
  return values.length > 0 && fit ? values : null;
}
