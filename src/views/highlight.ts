import { type ISignal, Signal } from '@lumino/signaling';

/** Windows that a view points at while the mouse rests on it: the navigator rings their pixels. */
export interface IHighlight {
  /** Flat indices of the pixels that the windows belong to. */
  readonly pixels: readonly number[];
  readonly changed: ISignal<IHighlight, void>;
  /** Empty takes it away. */
  set(pixels: readonly number[]): void;
}

export class Highlight implements IHighlight {
  get pixels(): readonly number[] {
    return this._pixels;
  }

  get changed(): ISignal<IHighlight, void> {
    return this._changed;
  }

  set(pixels: readonly number[]): void {
    if (
      pixels.length === this._pixels.length &&
      pixels.every((pixel, i) => pixel === this._pixels[i])
    ) {
      return;
    }
    this._pixels = [...pixels];
    this._changed.emit();
  }

  private _pixels: readonly number[] = [];
  private _changed = new Signal<IHighlight, void>(this);
}
