/** Copies text; pages that are not served securely have no clipboard of their own. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement('textarea');
  const before = document.activeElement;
  area.value = text;
  area.className = 'jp-Eelscape-hiddenText';
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  if (before instanceof HTMLElement) {
    before.focus();
  }
  if (!copied) {
    throw new Error('The browser did not copy the text.');
  }
}
