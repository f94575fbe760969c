import { Surface } from '../marks/surface';
import { ModelView } from '../model-view';
import { slotTitle } from '../slots';
import type { IViewContext } from '../view';

/** Latent-size study: error and structure in the errors against the number of latents. */
export class StudyView extends ModelView {
  constructor(context: IViewContext) {
    super(context, { name: 'study', title: slotTitle('study', context.trans) });
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
