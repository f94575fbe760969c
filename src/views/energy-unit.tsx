import * as React from 'react';
import { Segment } from './segment';
import type { IViewContext } from './view';

/** The switch between eV and meV. */
export function EnergyUnit(props: {
  context: IViewContext;
  inToolbar?: boolean;
}): JSX.Element {
  const { workspace, trans } = props.context;
  const { navigation } = workspace;
  return (
    <Segment
      inToolbar={props.inToolbar}
      label={trans.__('Energy unit')}
      value={navigation.energyUnit}
      choices={[
        { value: 'eV', label: 'eV' },
        { value: 'meV', label: 'meV' }
      ]}
      onChange={unit => navigation.setEnergyUnit(unit as 'eV' | 'meV')}
    />
  );
}
