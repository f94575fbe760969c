import * as React from 'react';
import { MODEL_DASHES, MODEL_WIDTHS } from './marks/palette';

/** The short line that stands for a model: its colour and its dash. */
export function ModelMark({ style }: { style: number }): JSX.Element {
  return (
    <svg
      className="jp-Eelscape-mark"
      width="18"
      height="8"
      aria-hidden="true"
      style={{ stroke: `var(--eelscape-model-${style + 1})` }}
    >
      <path
        d="M0,4H18"
        strokeWidth={MODEL_WIDTHS[style] + 0.5}
        strokeDasharray={MODEL_DASHES[style] ?? undefined}
      />
    </svg>
  );
}
