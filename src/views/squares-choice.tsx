import * as React from 'react';
import type { ViewName } from './layout';
import type { IViewContext } from './view';

/** Which squares stand beside the points in a narrow panel: any of the two. */
export function SquaresChoice(props: {
  context: IViewContext;
  chosen: ReadonlySet<ViewName>;
  onChange(chosen: ReadonlySet<ViewName>): void;
}): JSX.Element {
  const { trans } = props.context;
  const toggle = (name: ViewName): void => {
    const next = new Set(props.chosen);
    if (!next.delete(name)) {
      next.add(name);
    }
    props.onChange(next);
  };
  return (
    <span
      className="jp-Eelscape-segment"
      role="group"
      aria-label={trans.__('Squares shown')}
    >
      {(
        [
          ['decoded', trans.__('Decoded grid')],
          ['projected', trans.__('Back-projection')]
        ] as [ViewName, string][]
      ).map(([name, label]) => (
        <button
          key={name}
          type="button"
          aria-pressed={props.chosen.has(name)}
          onClick={() => toggle(name)}
        >
          {label}
        </button>
      ))}
    </span>
  );
}
