import * as React from 'react';
import { FormView } from './form-view';
import { SetupForm } from './setup-form';
import type { IViewContext } from './view';

/** Everything that decides the next training. */
export class SetupView extends FormView {
  constructor(context: IViewContext) {
    super(context, { name: 'setup', title: context.trans.__('Setup') }, () => (
      <SetupForm context={context} />
    ));
    const { data, expected, training, navigation } = context.workspace;
    data.pairChanged.connect(this.changed, this);
    data.setupChanged.connect(this.changed, this);
    navigation.displayChanged.connect(this.changed, this);
    training.changed.connect(this._trained, this);
    expected.changed.connect(this.changed, this);
  }

  protected describe(): void {
    const { workspace, trans } = this.context;
    const { setup } = workspace.data;
    this.subtitle = workspace.training.running
      ? trans.__('locked while training')
      : this.height > 0
        ? ''
        : trans.__(
            '%1 px windows, %2 epochs, batch %3',
            setup.window,
            setup.epochs,
            setup.batchSize
          );
  }

  private _trained(): void {
    // Progress comes ten times a second; the form only depends on whether training runs.
    const running = this.context.workspace.training.running;
    if (running !== this._running) {
      this._running = running;
      this.changed();
    }
  }

  private _running = false;
}
