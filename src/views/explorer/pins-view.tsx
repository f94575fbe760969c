import * as React from 'react';
import { Clip } from '../marks/clip';
import { addHatch } from '../marks/hatch';
import type { IPalette } from '../marks/palette';
import { Surface } from '../marks/surface';
import { slotTitle } from '../slots';
import type { ITable } from '../table';
import { type IViewContext, View } from '../view';
import {
  commonPart,
  type IPinEntry,
  pinEntries,
  pinSentence,
  pinTable
} from './pins-content';
import { drawPinnedImages } from './pins-images';
import { imagesLayout, type IPinsLayout, spectraLayout } from './pins-layout';
import { PinsList } from './pins-list';
import { drawPinnedSpectra } from './pins-spectra';
import { PinsTools, suggestPins } from './pins-tools';

/** Width below which the tools are cut short, px. */
const NARROW = 470;

/** Pinned locations: windows and spectra with what every model predicts, as one figure. */
export class PinsView extends View {
  constructor(context: IViewContext) {
    super(context, {
      name: 'pins',
      title: slotTitle('pins', context.trans),
      tools: () => (
        <PinsTools
          context={context}
          narrow={this.width < NARROW}
          suggest={() => this._suggest()}
        />
      )
    });
    const { workspace } = context;
    const { data, models, navigation, explorer } = workspace;
    this.addClass('jp-Eelscape-pins');
    this._surface = new Surface(this.body.node);
    this._clip = new Clip(this._surface.svg);
    this._hatch = addHatch(this._surface.svg, 'jp-Eelscape-pinHatch');
    this._list = new PinsList(this.body.node, context);
    this._empty = document.createElement('div');
    this._empty.className = 'jp-Eelscape-pinsEmpty';
    this._empty.setAttribute('role', 'status');
    this.node.append(this._empty);
    this.node.addEventListener('keydown', event => {
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
      const free = event.target instanceof HTMLElement;
      if (
        plain &&
        free &&
        event.key.toLowerCase() === 'p' &&
        !(event.target as HTMLElement).matches('input, select')
      ) {
        explorer.pins.add(...context.shown.pointer);
        event.preventDefault();
        event.stopPropagation();
      }
    });
    explorer.pins.changed.connect(this.refresh, this);
    explorer.display.changed.connect(this.redraw, this);
    navigation.displayChanged.connect(this.redraw, this);
    navigation.pointerChanged.connect(this._pointerMoved, this);
    models.itemsChanged.connect(this.redraw, this);
    models.activeChanged.connect(this.redraw, this);
    data.pairChanged.connect(this.refresh, this);
    data.setupChanged.connect(this.refresh, this);
  }

  get picture(): Surface {
    return this._surface;
  }

  table(): ITable | null {
    return pinTable(this.context, pinEntries(this.context));
  }

  redraw(): void {
    this._stale = true;
    super.redraw();
  }

  protected describe(): void {
    const { shown, workspace, trans } = this.context;
    const { items } = workspace.explorer.pins;
    const narrow = this.width < NARROW;
    // The tools tell a narrow panel's width from a wide one's.
    if (narrow !== this._narrow) {
      this._narrow = narrow;
      this.tools?.update();
    }
    if (this.height <= 0) {
      this.subtitle = items.length ? String(items.length) : '';
      return;
    }
    // A subtitle that is cut off says nothing.
    this.subtitle = narrow
      ? ''
      : [
          shown.kind === 'im2spec'
            ? trans.__('image \u2192 spectrum')
            : trans.__('spectrum \u2192 image'),
          commonPart(this.context, pinEntries(this.context))
        ]
          .filter(Boolean)
          .join(', ');
  }

  protected draw(palette: IPalette): void {
    if (!this._stale) {
      return;
    }
    this._stale = false;
    const canvas = this._surface.begin(this.width, this.height);
    this._surface.clear();
    const entries = pinEntries(this.context);
    this._sayWhatToDo(entries.length === 0);
    if (!entries.length) {
      this._list.place([]);
      return;
    }
    const { shown } = this.context;
    const { width, height } = this;
    const room = {
      width,
      height,
      canvas,
      clip: this._clip,
      hatch: this._hatch
    };
    let layout: IPinsLayout;
    if (shown.kind === 'im2spec') {
      const spectra = spectraLayout(
        width,
        height,
        entries.length,
        shown.window
      );
      drawPinnedSpectra(
        this._surface,
        this.context,
        entries,
        spectra,
        room,
        palette
      );
      layout = spectra;
    } else {
      const images = imagesLayout(
        width,
        height,
        entries.length,
        shown.models.length,
        shown.window
      );
      drawPinnedImages(
        this._surface,
        this.context,
        entries,
        images,
        room,
        palette
      );
      layout = images;
    }
    this._place(entries, layout);
  }

  private _place(entries: readonly IPinEntry[], layout: IPinsLayout): void {
    this._list.place(
      entries.map((entry, i) => ({
        pin: entry.pin,
        cell: layout.cells[i],
        sentence: pinSentence(this.context, entry)
      }))
    );
  }

  private _sayWhatToDo(empty: boolean): void {
    const { shown, trans } = this.context;
    this._empty.hidden = !empty;
    const text = !empty
      ? ''
      : !shown.pair
        ? trans.__('No spectrum image yet.')
        : this._found === 0
          ? trans.__(
              'No place was found: no window fits into the image. Choose smaller windows in Setup.'
            )
          : trans.__(
              'No pinned locations yet. Press P in the navigator, or let four be suggested.'
            );
    if (this._empty.textContent !== text) {
      this._empty.textContent = text;
    }
  }

  private _suggest(): void {
    this._found = suggestPins(this.context);
    this.redraw();
  }

  private _pointerMoved(): void {
    if (this.height > 0) {
      this._list.mark();
    }
  }

  private _surface: Surface;
  private _clip: Clip;
  private _hatch: string;
  private _list: PinsList;
  private _empty: HTMLElement;
  /** How many places the latest suggestion found; null before the first. */
  private _found: number | null = null;
  private _stale = true;
  private _narrow = false;
}
