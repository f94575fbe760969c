import { type ISpectraSpread, spectraSpread } from '../analysis/spectra-spread';
import { inSlices } from '../signal/slices';
import type { IViewContext } from './view';

/** Mean and spread of the selected windows' spectra, computed when it is asked for and kept until the selection changes. */
export class SelectionSpectrum {
  /** @param ready - called when a result has come. */
  constructor(context: IViewContext, ready: () => void) {
    this._context = context;
    this._ready = ready;
  }

  /** The latest result: of the present selection once that is computed; null without a selection. */
  get spread(): ISpectraSpread | null {
    const { shown, workspace } = this._context;
    const { mask } = workspace.explorer.selection;
    const { pair } = shown;
    if (!pair || pair.absent || mask?.length !== pair.ny * pair.nx) {
      this._mask = null;
      this._spread = null;
      return null;
    }
    if (mask !== this._mask || pair !== this._pair) {
      if (pair !== this._pair) {
        this._spread = null;
      }
      this._mask = mask;
      this._pair = pair;
      void this._compute(pair, mask);
    }
    return this._spread;
  }

  private async _compute(
    pair: NonNullable<IViewContext['shown']['pair']>,
    mask: Uint8Array
  ): Promise<void> {
    const pixels: number[] = [];
    mask.forEach((one, pixel) => {
      if (one) {
        pixels.push(pixel);
      }
    });
    const spread = await inSlices(spectraSpread(pair, pixels));
    // Another selection may have come meanwhile.
    if (mask === this._mask && pair === this._pair) {
      this._spread = spread;
      this._ready();
    }
  }

  private _context: IViewContext;
  private _ready: () => void;
  private _mask: Uint8Array | null = null;
  private _pair: unknown = null;
  private _spread: ISpectraSpread | null = null;
}
