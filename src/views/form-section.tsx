import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

/** A titled part of a form that opens and closes. */
export function FormSection(props: {
  title: string;
  /** Short text at the right of the title. */
  summary?: string;
  children: React.ReactNode;
}): JSX.Element {
  const [open, setOpen] = React.useState(true);
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <section className="jp-Eelscape-formSection">
      <h3>
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <Caret.react tag="span" />
          {props.title}
          {props.summary && (
            <span className="jp-Eelscape-formSummary">{props.summary}</span>
          )}
        </button>
      </h3>
      {open && <div className="jp-Eelscape-formBody">{props.children}</div>}
    </section>
  );
}
