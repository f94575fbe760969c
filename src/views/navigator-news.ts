import { Signal } from '@lumino/signaling';
import { shownName } from './navigator-entries';
import { secondPointerLines } from './second-pointer';
import type { IViewContext } from './view';

/** Tells what changed in the navigator beside the pointer: layer, pointers, pins, selection. */
export class NavigatorNews {
  /** @param say - speaks a sentence, which is asked for when its time has come. */
  constructor(context: IViewContext, say: (sentence: () => string) => void) {
    this._context = context;
    this._say = say;
    const { navigation, explorer } = context.workspace;
    this._layer = shownName(context, false);
    this._size = navigation.pointerSize;
    this._pins = explorer.pins.items.length;
    navigation.displayChanged.connect(this._displayed, this);
    explorer.display.changed.connect(this._displayed, this);
    navigation.pointerChanged.connect(this._pointed, this);
    navigation.secondPointerChanged.connect(this._secondMoved, this);
    explorer.selection.changed.connect(this._selected, this);
    explorer.pins.changed.connect(this._pinned, this);
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private _displayed(): void {
    const layer = shownName(this._context, false);
    if (layer !== this._layer) {
      this._layer = layer;
      this._say(() => this._context.trans.__('Layer %1', layer));
    }
  }

  private _pointed(): void {
    const { pointerSize } = this._context.workspace.navigation;
    if (pointerSize !== this._size) {
      this._size = pointerSize;
      this._say(() =>
        this._context.trans.__('Pointer of %1 by %1 pixels', pointerSize)
      );
    }
  }

  private _secondMoved(): void {
    const { trans, workspace } = this._context;
    this._say(() =>
      workspace.navigation.secondPointer
        ? trans.__(
            'Second pointer, %1',
            secondPointerLines(this._context).join(', ')
          )
        : trans.__('No second pointer')
    );
  }

  private _selected(): void {
    const { trans, workspace } = this._context;
    this._say(() => {
      const { count } = workspace.explorer.selection;
      return count
        ? trans.__('%1 windows selected', count)
        : trans.__('Nothing selected');
    });
  }

  private _pinned(): void {
    const { trans, workspace } = this._context;
    const { items } = workspace.explorer.pins;
    const more = items.length > this._pins;
    this._pins = items.length;
    if (more) {
      const pin = items[items.length - 1];
      this._say(() =>
        trans.__('Pin %1 at %2, %3', pin.letter, pin.column, pin.row)
      );
    }
  }

  private _context: IViewContext;
  private _say: (sentence: () => string) => void;
  private _layer: string;
  private _size: number;
  private _pins: number;
}
