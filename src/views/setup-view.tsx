import * as React from 'react';
import { SetupForm } from './setup-form';
import { type IViewContext, Rendering, View } from './view';

/** The Setup column, row or section; the panel decides where it stands. */
export class SetupView extends View {
  constructor(context: IViewContext) {
    super(context, { name: 'setup', title: context.trans.__('Setup') });
    const { data, training, navigation } = context.workspace;
    this.addClass('jp-Eelscape-setup');
    this.body.hide();
    this._form = new Rendering('jp-Eelscape-setupForm', () => (
      <SetupForm context={context} />
    ));
    this.addWidget(this._form);
    data.pairChanged.connect(this._changed, this);
    data.setupChanged.connect(this._changed, this);
    navigation.displayChanged.connect(this._changed, this);
    training.changed.connect(this._trained, this);
  }

  /** Height that the form takes at its present width, px. */
  get neededHeight(): number {
    return this._form.node.firstElementChild?.scrollHeight || 420;
  }

  /** The element whose size tells when `neededHeight` changes. */
  get form(): HTMLElement {
    return this._form.node;
  }

  protected draw(): void {
    // The form draws itself.
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

  private _changed(): void {
    this._form.update();
    this.redraw();
  }

  private _trained(): void {
    // Progress comes ten times a second; the form only depends on whether training runs.
    const running = this.context.workspace.training.running;
    if (running !== this._running) {
      this._running = running;
      this._changed();
    }
  }

  private _form: Rendering;
  private _running = false;
}
