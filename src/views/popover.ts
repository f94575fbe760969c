import { Widget } from '@lumino/widgets';
import { panelOf } from './dialog';
import { Rendering } from './view';

/** Distance from the edges of the panel and from what it belongs to, px. */
const GAP = 4;

/**
 * A small form below a button. It is not modal: the views behind it go on. Escape, a press
 * elsewhere and leaving it by the Tab key close it.
 */
export class Popover {
  /** @param content - what it holds; rendered again by `update`. */
  constructor(content: () => JSX.Element) {
    this._content = content;
  }

  get isOpen(): boolean {
    return this._node !== null;
  }

  /** Opens below a button, or closes what is open. */
  toggle(opener: HTMLElement, label: string): void {
    if (this._node) {
      this.close();
      return;
    }
    const panel = panelOf(opener);
    const node = document.createElement('div');
    node.className = 'jp-Eelscape-popover';
    node.setAttribute('role', 'dialog');
    node.setAttribute('aria-label', label);
    node.tabIndex = -1;
    panel.append(node);
    const body = new Rendering('jp-Eelscape-popoverBody', this._content);
    Widget.attach(body, node);
    this._node = node;
    this._body = body;
    this._opener = opener;
    opener.setAttribute('aria-expanded', 'true');
    node.addEventListener('keydown', this._pressed);
    node.addEventListener('focusout', this._left);
    document.addEventListener('pointerdown', this._pressedElsewhere, true);
    void body.renderPromise?.then(() => {
      this._place();
      node.querySelector<HTMLElement>('select, input, button')?.focus();
    });
  }

  close(): void {
    const { _node: node, _opener: opener } = this;
    if (!node) {
      return;
    }
    const held = node.contains(document.activeElement);
    this._node = null;
    document.removeEventListener('pointerdown', this._pressedElsewhere, true);
    this._body?.dispose();
    this._body = null;
    node.remove();
    opener?.setAttribute('aria-expanded', 'false');
    if (held) {
      opener?.focus();
    }
    this._opener = null;
  }

  update(): void {
    this._body?.update();
  }

  private _place(): void {
    const node = this._node;
    if (!node || !this._opener) {
      return;
    }
    const panel = panelOf(node).getBoundingClientRect();
    const box = this._opener.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = node;
    const left = Math.min(
      box.right - offsetWidth,
      panel.right - offsetWidth - GAP
    );
    const top = Math.min(box.bottom + GAP, panel.bottom - offsetHeight - GAP);
    node.style.left = `${Math.max(GAP, left - panel.left)}px`;
    node.style.top = `${Math.max(GAP, top - panel.top)}px`;
  }

  private _pressed = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.defaultPrevented) {
      this.close();
      event.preventDefault();
    }
    // Keys belong to the form while it has the focus: not to the panel, not to the notebook.
    event.stopPropagation();
  };

  private _left = (event: FocusEvent): void => {
    const to = event.relatedTarget;
    if (to instanceof Node && !this._holds(to)) {
      this.close();
    }
  };

  private _pressedElsewhere = (event: Event): void => {
    if (event.target instanceof Node && !this._holds(event.target)) {
      this.close();
    }
  };

  /** The button counts: a press on it closes by itself. */
  private _holds(target: Node): boolean {
    return Boolean(
      this._node?.contains(target) || this._opener?.contains(target)
    );
  }

  private _content: () => JSX.Element;
  private _node: HTMLElement | null = null;
  private _body: Rendering | null = null;
  private _opener: HTMLElement | null = null;
}
