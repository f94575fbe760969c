import { componentName } from './navigator-layers';
import type { IViewContext } from './view';
import { significant } from './wording';

/** A line of the readout. */
export function line(text: string): HTMLElement {
  const element = document.createElement('div');
  element.className = 'jp-Eelscape-line';
  element.textContent = text;
  return element;
}

/** Components listed before the readout says how many more there are. */
const LISTED = 8;

/** "excluded" and the regions that hold the pixel; null where there is nothing to say. */
export function membershipNote({
  shown,
  trans
}: IViewContext): HTMLElement | null {
  const [row, column] = shown.pointer;
  const excluded = shown.excludedAt(row, column);
  const regions = shown.regionsAt(row, column).map(region => region.name);
  const words = excluded ? [trans.__('excluded')] : [];
  if (regions.length) {
    words.push(trans.__('in %1', regions.join(', ')));
  }
  if (!words.length) {
    return null;
  }
  const note = line(words.join(', '));
  note.classList.toggle('jp-mod-excluded', excluded);
  note.title = words.join(', ');
  return note;
}

/** Abundances of the components, `perLine` on a line, the one that is shown strong. */
export function abundanceNotes(
  { shown, workspace, trans }: IViewContext,
  perLine: number
): HTMLElement[] {
  const abundances = shown.abundancesAt(...shown.pointer);
  const lines: HTMLElement[] = [];
  abundances.slice(0, LISTED).forEach((value, k) => {
    if (k % perLine === 0) {
      const element = line('');
      element.title = trans.__('Abundances of the components');
      lines.push(element);
    }
    const strong =
      workspace.navigation.layer === 'abundance' && k === shown.component;
    const item = document.createElement(strong ? 'b' : 'span');
    item.textContent = `${componentName(k)} ${significant(value, 2)}`;
    lines[lines.length - 1].append(k % perLine ? '\u2002' : '', item);
  });
  if (abundances.length > LISTED) {
    lines.push(line(trans.__('and %1 more', abundances.length - LISTED)));
  }
  return lines;
}
