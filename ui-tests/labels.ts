/** What is wrong with the labels of a panel's views, measured in the page. */
import type { Locator } from '@playwright/test';

/** Text that stands on data and so may stand on other text: letters of pins, numbers of regions. */
const ON_DATA =
  '.jp-Eelscape-pinText, .jp-Eelscape-pinLetter, .jp-Eelscape-outlineName';

/**
 * A line for each label that overlaps another, is cut off or is smaller than 11 px, and for each title that is cut off.
 * @param views - elements of views, or what holds them.
 */
export async function faultsOfLabels(views: Locator): Promise<string[]> {
  const found = await views.evaluateAll((nodes, onData) => {
    const faults: string[] = [];
    const visible = (element: Element): boolean =>
      element.getClientRects().length > 0 &&
      getComputedStyle(element).visibility !== 'hidden';
    for (const view of nodes.filter(visible)) {
      const name = view.getAttribute('data-eelscape-view') ?? view.className;
      const frame = view.getBoundingClientRect();
      const texts = Array.from(view.querySelectorAll('svg text')).filter(
        text =>
          visible(text) && text.textContent?.trim() && !text.closest(onData)
      );
      const boxes = texts.map(text => {
        const box = text.getBoundingClientRect();
        // A line's box is higher than its letters.
        const rotated = box.height > box.width && text.textContent!.length > 2;
        const [dx, dy] = rotated ? [2.5, 0.5] : [0.5, 2.5];
        return {
          text: text.textContent!.trim(),
          size: parseFloat(getComputedStyle(text).fontSize),
          left: box.left + dx,
          right: box.right - dx,
          top: box.top + dy,
          bottom: box.bottom - dy
        };
      });
      boxes.forEach((box, i) => {
        if (box.size < 11) {
          faults.push(`${name}: "${box.text}" is ${box.size} px`);
        }
        if (
          box.left < frame.left - 1 ||
          box.right > frame.right + 1 ||
          box.top < frame.top - 1 ||
          box.bottom > frame.bottom + 1
        ) {
          faults.push(`${name}: "${box.text}" is cut off`);
        }
        for (const other of boxes.slice(i + 1)) {
          if (
            box.left < other.right &&
            other.left < box.right &&
            box.top < other.bottom &&
            other.top < box.bottom
          ) {
            faults.push(`${name}: "${box.text}" overlaps "${other.text}"`);
          }
        }
      });
      const whole =
        '.jp-Eelscape-title, .jp-Eelscape-line, .jp-Eelscape-state, .jp-Eelscape-button, button';
      for (const element of Array.from(view.querySelectorAll(whole))) {
        const box = element.getBoundingClientRect();
        const holder = element.parentElement!.getBoundingClientRect();
        const label = element.textContent?.trim();
        if (
          visible(element) &&
          label &&
          !element.classList.contains('jp-Eelscape-hiddenText') &&
          (element.scrollWidth > element.clientWidth + 1 ||
            box.right > frame.right + 1 ||
            (element.matches('.jp-Eelscape-title') &&
              box.right > holder.right + 1)) &&
          getComputedStyle(element).display !== 'inline'
        ) {
          faults.push(`${name}: "${label}" has no room`);
        }
      }
    }
    return faults;
  }, ON_DATA);
  return Array.from(new Set(found));
}
