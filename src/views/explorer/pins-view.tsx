import { Surface } from '../marks/surface';
import { ModelView } from '../model-view';
import { slotTitle } from '../slots';
import type { IViewContext } from '../view';

/** Pinned locations: windows and spectra with predictions. */
export class PinsView extends ModelView {
  constructor(context: IViewContext) {
    super(context, { name: 'pins', title: slotTitle('pins', context.trans) });
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
