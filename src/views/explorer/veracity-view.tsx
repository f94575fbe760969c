import { Surface } from '../marks/surface';
import { ModelView } from '../model-view';
import { slotTitle } from '../slots';
import type { IViewContext } from '../view';

/** Veracity of the back-projection: dispersion in feature space against dispersion in latent space. */
export class VeracityView extends ModelView {
  constructor(context: IViewContext) {
    super(context, {
      name: 'veracity',
      title: slotTitle('veracity', context.trans)
    });
    this._surface = new Surface(this.body.node);
  }

  get picture(): Surface {
    return this._surface;
  }

  protected draw(): void {
    this._surface.begin(this.width, this.height);
    this._surface.clear();
    this.showMissing(this.context.shown.active === null);
  }

  private _surface: Surface;
}
