import type { TranslationBundle } from '@jupyterlab/translation';
import { ellipsesIcon, ReactWidget } from '@jupyterlab/ui-components';
import { Panel, Widget } from '@lumino/widgets';
import * as React from 'react';
import type { IWorkspace } from '../model/types';
import type { DrawQueue, IDrawable } from './draw-queue';
import { openViewMenu } from './export-menu';
import type { IHighlight } from './highlight';
import type { IRect, LayoutMode, ViewName } from './layout';
import type { IPalette } from './marks/palette';
import type { Surface } from './marks/surface';
import type { Shown } from './shown';
import type { SlotView } from './slots';
import type { ITable } from './table';
import type { Tooltip } from './tooltip';

/** What a panel can do with files; what is absent cannot be done where it stands. */
export interface IPanelFiles {
  /** Ask for a name and save the workspace. */
  readonly saveWorkspace?: () => void;
  /** Look for the spectra of a workspace that was opened without them. */
  readonly connectData?: () => void;
}

/** What every view is built with. */
export interface IViewContext {
  readonly workspace: IWorkspace;
  readonly shown: Shown;
  readonly queue: DrawQueue;
  readonly trans: TranslationBundle;
  readonly tooltip: Tooltip;
  readonly highlight: IHighlight;
  readonly files: IPanelFiles;
  /** How the panel is laid out at its present width. */
  mode(): LayoutMode;
  /** True where the toolbar has no room for everything. */
  compact(): boolean;
  /** Brings a view into sight: into its place, or its section open. */
  show(name: SlotView): void;
}

/** A React element that is rendered again on `update()`. */
export class Rendering extends ReactWidget {
  constructor(className: string, element: () => JSX.Element | null) {
    super();
    this.addClass(className);
    this._element = element;
  }

  protected render(): JSX.Element {
    return <>{this._element()}</>;
  }

  private _element: () => JSX.Element | null;
}

export interface IViewOptions {
  readonly name: ViewName;
  readonly title: string;
  /** Tools at the right of the header. */
  readonly tools?: () => JSX.Element | null;
  /** False: the view is only a body, without a header. */
  readonly header?: boolean;
  /** False: the view has no figure and no numbers, such as a form. */
  readonly menu?: boolean;
}

/** Views that may stand in one place of the panel. */
export interface IViewChoice {
  readonly choices: readonly (readonly [string, string])[];
  choose(name: string): void;
}

/** A flat area of the panel: a header line and a body that is drawn on request. */
export abstract class View extends Panel implements IDrawable {
  constructor(context: IViewContext, options: IViewOptions) {
    super();
    this.context = context;
    this.name = options.name;
    this.headingText = options.header === false ? '' : options.title;
    this.addClass('jp-Eelscape-view');
    this.node.dataset.eelscapeView = options.name;
    this.body = new Widget();
    this.body.addClass('jp-Eelscape-body');
    if (options.header !== false) {
      this._addHeader(options);
    }
    this.addWidget(this.body);
  }

  readonly name: ViewName;
  readonly body: Widget;
  /** Title in the header; '' without one. */
  readonly headingText: string;

  /** The picture that can be exported; null where the view has none. */
  get picture(): Surface | null {
    return null;
  }

  /** The numbers of the picture, for "Show as table" and as CSV; null where there are none now. */
  table(): ITable | null {
    return null;
  }

  /** Size of the body in CSS pixels. */
  get width(): number {
    return this._rect?.width ?? 0;
  }

  get height(): number {
    return Math.max(0, (this._rect?.height ?? 0) - this._headerHeight);
  }

  get canDraw(): boolean {
    return this._rect !== null && this.isVisible;
  }

  /** Places the view; null hides it. */
  place(rect: IRect | null, headerHeight = 30): void {
    this._rect = rect;
    this._headerHeight = this.heading ? headerHeight : 0;
    this.heading?.setHidden(headerHeight === 0);
    this.toggleClass('jp-mod-bare', headerHeight === 0);
    this.setHidden(rect === null);
    if (rect) {
      const style = this.node.style;
      style.left = `${rect.left}px`;
      style.top = `${rect.top}px`;
      style.width = `${rect.width}px`;
      style.height = `${rect.height}px`;
      this.node.classList.toggle('jp-mod-narrow', rect.width < 520);
      this.node.classList.toggle('jp-mod-closed', this.height <= 0);
      this.redraw();
    }
  }

  /** Makes the header a section title that opens and closes; null: an ordinary header. */
  setSection(open: boolean, toggle: (() => void) | null): void {
    this._toggle = toggle;
    if (this._caret) {
      this._caret.hidden = toggle === null;
      this._caret.setAttribute('aria-expanded', String(open));
    }
    this.node.classList.toggle('jp-mod-section', toggle !== null);
  }

  /** Makes the title a choice of the views that may stand in its place; null: a title. */
  setChoice(choice: IViewChoice | null): void {
    this._title?.classList.toggle('jp-Eelscape-hiddenText', choice !== null);
    if (!choice) {
      this._choice?.remove();
      this._choice = null;
      return;
    }
    const select = (this._choice ??= document.createElement('select'));
    select.className = 'jp-Eelscape-viewChoice';
    select.setAttribute('aria-label', this.context.trans.__('View shown here'));
    select.replaceChildren(
      ...choice.choices.map(([value, label]) => new Option(label, value))
    );
    select.value = this.name;
    select.onchange = () => choice.choose(select.value);
    this._title?.after(select);
  }

  /** Asks for a drawing in the next frame. */
  redraw(): void {
    this.context.queue.request(this);
  }

  /** Renders the header's tools again and asks for a drawing. */
  refresh(): void {
    // Not at once: a change that touches every view would render all of their tools in one go.
    this._toolsStale = true;
    this.redraw();
  }

  drawNow(): void {
    if (this._toolsStale) {
      this._toolsStale = false;
      this.tools?.update();
    }
    this.describe();
    if (this.height > 0) {
      this.draw(this.context.queue.palette(this.node));
    }
  }

  /** Writes the subtitle, which a closed section shows too. */
  protected describe(): void {
    // Most subtitles are written while drawing.
  }

  /** Draws the body; called only while it can be seen. */
  protected abstract draw(palette: IPalette): void;

  /** Text after the title. */
  protected set subtitle(text: string) {
    if (this._subtitle && this._subtitle.textContent !== text) {
      this._subtitle.textContent = text;
      // Few letters are read whole or not at all.
      this._subtitle.classList.toggle('jp-mod-short', text.length < 17);
    }
  }

  /** Makes the body one stop of the Tab key with its own keys, named and described. */
  protected makeApplication(
    label: string,
    keys: string,
    role = 'application'
  ): void {
    const id = `${this.id || (this.id = nextId())}-keys`;
    const list = document.createElement('div');
    list.id = id;
    list.className = 'jp-Eelscape-hiddenText';
    list.textContent = keys;
    this.node.append(list);
    const node = this.body.node;
    node.tabIndex = 0;
    node.setAttribute('role', role);
    node.setAttribute('aria-label', label);
    node.setAttribute('aria-describedby', id);
  }

  protected readonly context: IViewContext;
  protected heading: Panel | null = null;
  protected tools: Rendering | null = null;

  private _addHeader(options: IViewOptions): void {
    this.heading = new Panel();
    this.heading.addClass('jp-Eelscape-header');
    const name = new Widget();
    name.addClass('jp-Eelscape-heading');
    this._caret = document.createElement('button');
    this._caret.type = 'button';
    this._caret.className = 'jp-Eelscape-caret';
    this._caret.hidden = true;
    this._caret.setAttribute('aria-label', options.title);
    this._caret.addEventListener('click', () => this._toggle?.());
    const title = document.createElement('span');
    title.className = 'jp-Eelscape-title';
    title.setAttribute('role', 'heading');
    title.setAttribute('aria-level', '2');
    title.textContent = options.title;
    this._title = title;
    this._subtitle = document.createElement('span');
    this._subtitle.className = 'jp-Eelscape-subtitle';
    name.node.append(this._caret, title, this._subtitle);
    title.addEventListener('click', () => this._toggle?.());
    this.heading.addWidget(name);
    if (options.tools) {
      this.tools = new Rendering('jp-Eelscape-tools', options.tools);
      this.heading.addWidget(this.tools);
    }
    if (options.menu !== false) {
      this.heading.addWidget(this._menuButton(options.title));
    }
    this.addWidget(this.heading);
  }

  /** Opens what can be done with the view as a whole. */
  private _menuButton(title: string): Widget {
    const { trans } = this.context;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'jp-Eelscape-viewMenu';
    button.title = trans.__('Export the figure or show its numbers');
    button.setAttribute('aria-label', trans.__('%1: more', title));
    button.setAttribute('aria-haspopup', 'menu');
    ellipsesIcon.element({ container: button, tag: 'span' });
    button.addEventListener('click', () =>
      openViewMenu(this.context, this, button)
    );
    return new Widget({ node: button });
  }

  private _toolsStale = false;
  private _subtitle: HTMLElement | null = null;
  private _caret: HTMLButtonElement | null = null;
  private _title: HTMLElement | null = null;
  private _choice: HTMLSelectElement | null = null;
  private _toggle: (() => void) | null = null;
  private _rect: IRect | null = null;
  private _headerHeight = 30;
}

let count = 0;

function nextId(): string {
  return `jp-Eelscape-view-${++count}`;
}
