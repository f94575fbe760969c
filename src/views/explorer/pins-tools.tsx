import { addIcon, LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IViewContext } from '../view';

const CLICK = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">
  <path class="jp-icon3" d="M8 1.2a4.3 4.3 0 0 0-4.3 4.3C3.7 8.7 8 14.8 8 14.8s4.3-6.1 4.3-9.3A4.3 4.3 0 0 0 8 1.2zm0 6.100a1.800 1.800 0 1 1 0-3.600 1.800 1.800 0 0 1 0 3.600z" fill="#616161"/>
</svg>`;

const clickIcon = new LabIcon({ name: 'eelscape:pin-click', svgstr: CLICK });

/** Adds the places that are suggested; their names are the user's to change. */
export function suggestPins({ workspace, trans }: IViewContext): number {
  const names = {
    void: trans.__('void'),
    particle: trans.__('particle'),
    gap: trans.__('gap'),
    edge: trans.__('edge')
  };
  return workspace.explorer.pins.suggest(kind => names[kind]);
}

/** Ways to fill the gallery: suggested places, clicks, the pointer. */
export function PinsTools(props: {
  context: IViewContext;
  /** True where there is little room. */
  narrow: boolean;
  suggest(): void;
}): JSX.Element | null {
  const { context, narrow } = props;
  const { workspace, shown, trans } = context;
  const { pins } = workspace.explorer;
  if (!shown.pair) {
    return null;
  }
  const full = pins.full ? trans.__('All letters are in use: remove one.') : '';
  return (
    <>
      <button
        type="button"
        className="jp-Eelscape-button jp-mod-small"
        title={
          full ||
          trans.__(
            'Pin a void, a particle, a gap and an edge of the image, in test windows where there are any'
          )
        }
        aria-label={trans.__('Suggest four')}
        disabled={pins.full || !shown.split}
        onClick={() => props.suggest()}
      >
        {narrow ? trans.__('Suggest') : trans.__('Suggest four')}
      </button>
      <button
        type="button"
        className="jp-Eelscape-tool jp-Eelscape-pinClick"
        title={trans.__('Pin each pixel that is clicked in the navigator')}
        aria-label={trans.__('Pin by clicks')}
        aria-pressed={pins.collecting}
        onClick={() => pins.setCollecting(!pins.collecting)}
      >
        <clickIcon.react tag="span" />
      </button>
      <button
        type="button"
        className="jp-Eelscape-tool"
        title={full || trans.__('Keep this location in the list (P)')}
        aria-label={trans.__('Pin pointer')}
        disabled={pins.full}
        onClick={() => pins.add(...shown.pointer)}
      >
        <addIcon.react tag="span" />
        <span className="jp-Eelscape-toolLabel">
          {narrow ? trans.__('Pin') : trans.__('Pin pointer')}
        </span>
      </button>
    </>
  );
}
