/** The navigator: what is dragged, clicked and typed there, what follows in other views and in Python. */
import type { Locator, Page } from '@playwright/test';
import { openExplored } from '../explored';
import { expect, test } from '../lab';

/** Place of a pixel of the scan on the page, by the axis below the picture; (column, row). */
async function placeOf(
  navigator: Locator,
  column: number,
  row: number
): Promise<[number, number]> {
  await expect(navigator.locator('[data-layer=axes] .domain')).toHaveCount(2);
  // A panel that has just changed its size is drawn again: the place is that of a picture at rest.
  let [place, before] = [await placeNow(navigator, column, row), ''];
  while (`${place}` !== before) {
    before = `${place}`;
    await navigator.page().waitForTimeout(250);
    place = await placeNow(navigator, column, row);
  }
  return place;
}

function placeNow(
  navigator: Locator,
  column: number,
  row: number
): Promise<[number, number]> {
  // Read at once: a drawing in between would take the lines away.
  return navigator.evaluate(
    (node, at) => {
      const [across, down] = Array.from(
        node.querySelectorAll('[data-layer=axes] .domain'),
        line => line.getBoundingClientRect()
      );
      // The scan of `openExplored` has 44 columns and 34 rows.
      return [
        across.x + ((at[0] + 0.5) * across.width) / 44,
        down.y + ((at[1] + 0.5) * down.height) / 34
      ] as [number, number];
    },
    [column, row]
  );
}

async function drag(
  page: Page,
  from: readonly [number, number],
  to: readonly [number, number]
): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(...to, { steps: 5 });
  await page.mouse.up();
}

test('pointers, pins and the selection go to every view and to Python', async ({
  page,
  server
}) => {
  const { view, show, python } = await openExplored(page, server, 'navigator');
  const navigator = view('navigator');
  const readout = view('readout').locator('[data-eelscape-readout]');
  const click = async (column: number, row: number) =>
    page.mouse.click(...(await placeOf(navigator, column, row)));

  await click(12, 9);
  await expect(readout).toHaveAttribute('data-column', '12');
  await expect(readout).toHaveAttribute('data-row', '9');
  await page.keyboard.press('p');
  await expect(navigator.locator('.jp-Eelscape-pinLetter')).toHaveText('a');
  await expect(await show('pins')).toContainText('a');

  // The second pointer: put down, dragged, compared in the signal plot.
  await navigator.locator('.jp-Eelscape-body').focus();
  await page.keyboard.press('e');
  await drag(
    page,
    await placeOf(navigator, 12, 9),
    await placeOf(navigator, 20, 15)
  );
  await expect(navigator.locator('.jp-Eelscape-plateText').first()).toHaveText(
    '2 at (20, 15), 20 nm away'
  );
  await expect(view('signal').locator('[data-layer=lines]')).toHaveAttribute(
    'data-eelscape-curves',
    /measured at 2/
  );
  await page.keyboard.press('x');
  await expect(readout).toHaveAttribute('data-column', '20');

  // A rectangle of windows.
  await page.keyboard.down('Shift');
  await drag(
    page,
    await placeOf(navigator, 24, 10),
    await placeOf(navigator, 28, 13)
  );
  await page.keyboard.up('Shift');
  await expect(navigator.locator('.jp-Eelscape-selection')).toHaveCount(2);
  await expect
    .poll(() =>
      python(
        's = ex.selection\n' +
          'print(s.pointer, s.second_pointer, list(ex.pins))\n' +
          'print(int(s.mask.sum()), bool(s.mask[10:14, 24:29].all()))'
      )
    )
    .toBe("(15, 20) (9, 12) ['a']\n20 True\n");

  // A click on the pin's letter moves the pointer there; Escape takes back one thing after the other.
  await click(12, 9);
  await page.keyboard.press('Escape');
  await expect(navigator.locator('.jp-Eelscape-plateText')).toHaveCount(0);
  await expect(navigator.locator('.jp-Eelscape-selection')).toHaveCount(2);
  await page.keyboard.press('Escape');
  await expect(navigator.locator('.jp-Eelscape-selection')).toHaveCount(0);
  await expect
    .poll(() =>
      python('print(ex.selection.second_pointer, ex.selection.mask.any())')
    )
    .toBe('None False\n');
});

test('layers, contrast and zoom work by keys alone', async ({
  page,
  server
}) => {
  const { view, root } = await openExplored(page, server, 'layers');
  const navigator = view('navigator');
  const body = navigator.locator('.jp-Eelscape-body');
  const title = navigator.locator('[data-layer=bar] .jp-Eelscape-axisTitle');
  await body.focus();
  for (const [key, name] of [
    ['2', /^Intensity/],
    ['3', /^Relative error, 2L \(%\)$/],
    ['6', /^Latent L1, 2L$/],
    ['6', /^Latent L2, 2L$/],
    ['d', /^Predicted − measured, 2L/],
    ['7', /^Cluster, 2L$/],
    ['8', /^Spread/],
    ['9', /^Distance, 2L/],
    ['5', /^Split$/]
  ] as const) {
    await page.keyboard.press(key);
    // Clusters come from the kernel, which must load scikit-learn first.
    await expect(title).toHaveText(name, { timeout: 120_000 });
  }
  await page.keyboard.press('1');
  await expect(title).toHaveCount(0);

  // Contrast by typed values.
  await page.keyboard.press('3');
  await page.keyboard.press('c');
  const form = root.getByRole('dialog', { name: 'Display' });
  await expect(form).toBeVisible();
  await form.getByLabel('Contrast').selectOption('value');
  await form.getByLabel('From, to (%), highest').fill('50');
  await page.keyboard.press('Enter');
  await expect(
    navigator.locator('[data-layer=bar] .tick text').last()
  ).toHaveText('50');
  await page.keyboard.press('Escape');
  await expect(form).toBeHidden();

  // Zoom follows the pointer, and the whole scan comes back.
  await body.focus();
  for (let i = 0; i < 4; i++) {
    await page.keyboard.press('+');
  }
  await expect(navigator).toHaveAttribute('data-eelscape-zoom', '5.06');
  const first = navigator.locator('[data-layer=axes] .tick text').first();
  for (let i = 0; i < 5; i++) {
    await page.keyboard.press('Shift+ArrowRight');
  }
  await expect(first).not.toHaveText('0');
  await page.keyboard.press('0');
  await expect(navigator).toHaveAttribute('data-eelscape-zoom', '1.00');
  await expect(first).toHaveText('0');

  // A selection between the place of S and the pointer, which is spoken.
  for (const key of ['Shift+ArrowLeft', 'Shift+ArrowLeft', 's', 'ArrowLeft']) {
    await page.keyboard.press(key);
  }
  await page.keyboard.press('Enter');
  await expect(navigator.locator('.jp-Eelscape-selection')).toHaveCount(2);
  await expect(root.locator('[role=status][aria-live=polite]')).toContainText([
    /windows selected/
  ]);
});
