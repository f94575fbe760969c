/** A small box beside the mouse: text lines and, where given, a picture. Hidden from screen readers. */
export class Tooltip {
  constructor() {
    this.node = document.createElement('div');
    this.node.className = 'jp-Eelscape-tooltip';
    this.node.setAttribute('aria-hidden', 'true');
    this.node.hidden = true;
  }

  readonly node: HTMLElement;

  /** Shows lines of text at a point of the window, below `picture` where given. */
  show(
    clientX: number,
    clientY: number,
    lines: readonly string[],
    picture?: HTMLElement
  ): void {
    this.node.replaceChildren(
      ...(picture ? [picture] : []),
      ...lines.map(line => {
        const element = document.createElement('div');
        element.textContent = line;
        return element;
      })
    );
    this.node.hidden = false;
    const host = this.node.parentElement?.getBoundingClientRect();
    if (!host) {
      return;
    }
    const { offsetWidth, offsetHeight } = this.node;
    const x = clientX - host.left;
    const y = clientY - host.top;
    const left =
      x + 16 + offsetWidth > host.width ? x - 12 - offsetWidth : x + 16;
    const top =
      y + 16 + offsetHeight > host.height ? y - 12 - offsetHeight : y + 16;
    this.node.style.left = `${Math.max(2, left)}px`;
    this.node.style.top = `${Math.max(2, top)}px`;
  }

  hide(): void {
    this.node.hidden = true;
  }
}
