import * as React from 'react';
import { isEnergy } from '../signal/axis';
import { EnergyUnit } from './energy-unit';
import { Segment } from './segment';
import { Toggle } from './toggle';
import type { IViewContext } from './view';

/** How the signal plot shows its curves; kept by the view. */
export interface ISignalDisplay {
  readonly log: boolean;
  /** Mean spectra of the regions. */
  readonly regions: boolean;
  /** The step being prepared on the mean of the scan instead of the pointer. */
  readonly mean: boolean;
  /** Predicted spectra. */
  readonly models: boolean;
  /** Prediction - measured; null: where the plot is high enough. */
  readonly residual: boolean | null;
  /** Spectra of the second pointer. */
  readonly second: boolean;
  /** Mean of the selected windows. */
  readonly selection: boolean;
}

export const SIGNAL_DISPLAY: ISignalDisplay = {
  log: false,
  regions: true,
  mean: false,
  models: true,
  residual: null,
  second: true,
  selection: true
};

/** Tools in the Signal header. */
export function SignalTools(props: {
  context: IViewContext;
  display: ISignalDisplay;
  onChange(change: Partial<ISignalDisplay>): void;
  openCurves(opener: HTMLElement): void;
}): JSX.Element {
  const { context, display, onChange } = props;
  const { workspace, shown, trans } = context;
  const pair = shown.pair;
  const drafting = workspace.preprocessing.preview !== null;
  return (
    <>
      {drafting && (
        <Segment
          label={trans.__('Spectrum')}
          value={display.mean ? 'mean' : 'pixel'}
          choices={[
            {
              value: 'pixel',
              label: trans.__('Pixel'),
              title: trans.__('The step at the pointer')
            },
            {
              value: 'mean',
              label: trans.__('Mean'),
              title: trans.__('The step on the mean of the scan')
            }
          ]}
          onChange={value => onChange({ mean: value === 'mean' })}
        />
      )}
      {!drafting && workspace.regions.items.length > 0 && (
        <Toggle
          label={trans.__('Regions')}
          title={trans.__('Mean spectra of the regions with standard errors')}
          pressed={display.regions}
          onChange={regions => onChange({ regions })}
        />
      )}
      {!drafting && pair && (
        <button
          type="button"
          className="jp-Eelscape-button jp-mod-small"
          data-eelscape-curves=""
          title={trans.__('Choose the curves and copy them (C)')}
          aria-haspopup="dialog"
          aria-expanded="false"
          onClick={event => props.openCurves(event.currentTarget)}
        >
          {trans.__('Curves')}
        </button>
      )}
      <Toggle
        label={trans.__('Log')}
        title={trans.__('Logarithmic intensity (L)')}
        pressed={display.log}
        onChange={log => onChange({ log })}
      />
      {context.mode() !== 'wide' && pair && isEnergy(pair.energy.units) && (
        <EnergyUnit context={context} />
      )}
    </>
  );
}
