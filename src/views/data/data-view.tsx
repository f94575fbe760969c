import * as React from 'react';
import { FormView } from '../form-view';
import type { IViewContext } from '../view';
import { DataForm } from './data-form';

/** Source, preprocessing, components and regions. */
export class DataView extends FormView {
  constructor(context: IViewContext) {
    super(context, { name: 'data', title: context.trans.__('Data') }, () => (
      <DataForm context={context} />
    ));
    const { data, navigation, preprocessing, factorisation, regions } =
      context.workspace;
    this.addClass('jp-Eelscape-data');
    data.pairChanged.connect(this.changed, this);
    navigation.displayChanged.connect(this.changed, this);
    navigation.energyRangeChanged.connect(this.changed, this);
    preprocessing.changed.connect(this.changed, this);
    factorisation.changed.connect(this.changed, this);
    regions.changed.connect(this.changed, this);
  }

  protected describe(): void {
    const { workspace, trans } = this.context;
    const { preprocessing, factorisation, regions } = workspace;
    const busy = preprocessing.busy ?? factorisation.busy;
    const components = factorisation.result?.abundances.length ?? 0;
    this.subtitle = busy
      ? busy.text
      : this.height > 0
        ? ''
        : [
            trans._n('%1 step', '%1 steps', preprocessing.steps.length),
            trans._n('%1 region', '%1 regions', regions.items.length),
            components
              ? trans._n('%1 component', '%1 components', components)
              : ''
          ]
            .filter(Boolean)
            .join(', ');
  }
}
