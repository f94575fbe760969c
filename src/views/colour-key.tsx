import * as React from 'react';
import { colourGradient } from './marks/colour-bar';
import type { ColourName } from './marks/colour-table';

/** A small horizontal colour bar with its two ends, for a header. */
export function ColourKey(props: {
  colours: ColourName;
  low: string;
  high: string;
}): JSX.Element {
  const gradient = colourGradient(props.colours);
  return (
    <span className="jp-Eelscape-key">
      {props.low}
      <span
        className="jp-Eelscape-keyBar"
        // Figures draw it again.
        data-eelscape-gradient={gradient}
        style={{ backgroundImage: gradient }}
      />
      {props.high}
    </span>
  );
}
