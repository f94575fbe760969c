import { type ISignal, Signal } from '@lumino/signaling';
import * as React from 'react';
import type { FormName, IRect } from './layout';
import { type IViewContext, Rendering, View } from './view';

/** A form as a column, a row or a section; the panel decides where it stands. */
export abstract class FormView extends View {
  constructor(
    context: IViewContext,
    options: { name: FormName; title: string },
    element: () => JSX.Element | null
  ) {
    super(context, { ...options, menu: false });
    this.addClass('jp-Eelscape-setup');
    this.body.hide();
    // One function for all renderings: React calls a new one each time.
    const watch = (node: HTMLElement | null): void => this._watch(node);
    this._form = new Rendering('jp-Eelscape-setupForm', () => (
      <div ref={watch}>{element()}</div>
    ));
    this.addWidget(this._form);
  }

  /** Height that the form takes at its present width, px. */
  get neededHeight(): number {
    return this._content?.scrollHeight || 420;
  }

  /** `neededHeight` has changed. */
  get heightChanged(): ISignal<this, void> {
    return this._heightChanged;
  }

  place(rect: IRect | null, headerHeight = 30): void {
    super.place(rect, headerHeight);
    if (rect && this._stale) {
      this.changed();
    }
  }

  dispose(): void {
    this._sizes?.disconnect();
    super.dispose();
  }

  protected draw(): void {
    // The form draws itself.
  }

  /** Renders the form again, once it can be seen, and writes the subtitle. */
  protected changed(): void {
    this._stale = this.isHidden;
    if (!this._stale) {
      this._form.update();
    }
    this.redraw();
  }

  private _watch(node: HTMLElement | null): void {
    this._sizes?.disconnect();
    this._content = node;
    if (node && typeof ResizeObserver !== 'undefined') {
      this._sizes = new ResizeObserver(() => {
        const height = this.neededHeight;
        if (height !== this._height) {
          this._height = height;
          this._heightChanged.emit();
        }
      });
      this._sizes.observe(node);
    }
  }

  private _form: Rendering;
  private _content: HTMLElement | null = null;
  private _sizes: ResizeObserver | null = null;
  private _height = 0;
  private _stale = false;
  private _heightChanged = new Signal<this, void>(this);
}
