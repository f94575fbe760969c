/** A button over a picture: a control, no part of the figure. */
export class CanvasButton {
  constructor(
    host: HTMLElement,
    options: {
      readonly text: string;
      readonly title: string;
      click(): void;
    }
  ) {
    this._node = document.createElement('button');
    this._node.type = 'button';
    this._node.className = 'jp-Eelscape-button jp-mod-over';
    this._node.textContent = options.text;
    this._node.title = options.title;
    this._node.hidden = true;
    this._node.addEventListener('click', () => options.click());
    // A press on it is none on the picture.
    for (const type of ['pointerdown', 'dblclick']) {
      this._node.addEventListener(type, event => event.stopPropagation());
    }
    host.append(this._node);
  }

  /** Shows it with its right and top at a place, px; null hides it. */
  place(at: { readonly right: number; readonly top: number } | null): void {
    this._node.hidden = at === null;
    if (at) {
      this._node.style.left = `${at.right}px`;
      this._node.style.top = `${at.top}px`;
    }
  }

  private _node: HTMLButtonElement;
}
