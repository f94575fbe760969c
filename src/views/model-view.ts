import { aboutView } from './about-views';
import { type IViewContext, type IViewOptions, View } from './view';

/** A view of what a model learnt: it offers Train while there is none. */
export abstract class ModelView extends View {
  constructor(context: IViewContext, options: IViewOptions) {
    super(context, options);
    const { trans, workspace } = context;
    this._missing = document.createElement('div');
    this._missing.className = 'jp-Eelscape-missing';
    this._missing.hidden = true;
    this._words = document.createElement('span');
    this._about = document.createElement('p');
    this._train = document.createElement('button');
    this._train.type = 'button';
    this._train.className = 'jp-Eelscape-button';
    this._train.textContent = trans.__('Train');
    this._train.addEventListener('click', () => workspace.training.start());
    this._missing.append(this._words, this._train, this._about);
    this.node.append(this._missing);
    workspace.training.changed.connect(this._trainingChanged, this);
  }

  /**
   * Shows "Not trained", or another reason, in place of the picture where `missing`; returns
   * `missing`.
   */
  protected showMissing(missing: boolean, why = ''): boolean {
    const { trans, workspace } = this.context;
    this._missing.hidden = !missing;
    this.body.node.classList.toggle('jp-mod-missing', missing);
    if (missing) {
      const running = workspace.training.running;
      this._words.textContent =
        why || (running ? trans.__('No results yet') : trans.__('Not trained'));
      this._about.textContent = aboutView(this.name, trans);
      this._train.hidden = running || why !== '';
      this._train.disabled = workspace.data.windows === null;
    }
    return missing;
  }

  private _trainingChanged(): void {
    if (!this._missing.hidden) {
      this.redraw();
    }
  }

  private _missing: HTMLElement;
  private _words: HTMLElement;
  private _about: HTMLElement;
  private _train: HTMLButtonElement;
}
