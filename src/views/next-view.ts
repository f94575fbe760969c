/** Moves the focus to the next (1) or previous (-1) view that can be seen, the run strip among them. */
export function focusNextView(panel: HTMLElement, step: 1 | -1): void {
  const stops = Array.from(
    panel.querySelectorAll<HTMLElement>(
      '.jp-Eelscape-body[tabindex="0"], .jp-Eelscape-strip'
    )
  ).filter(node => node.offsetParent !== null);
  const at = stops.findIndex(node => node.contains(document.activeElement));
  const from = at < 0 && step < 0 ? 0 : at;
  stops[(from + step + stops.length) % stops.length]?.focus();
}
