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
}

/** Tools in the Signal header. */
export function SignalTools(props: {
  context: IViewContext;
  display: ISignalDisplay;
  onChange(change: Partial<ISignalDisplay>): void;
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
