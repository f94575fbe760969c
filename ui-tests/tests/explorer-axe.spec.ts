/** The panel with trained models for those who cannot see or point: axe in both themes, and the keyboard alone. */
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { openExplored } from '../explored';
import { execute, expect, test } from '../lab';

/** Views that take turns in the lower place. */
const VIEWS = [
  'training',
  'pins',
  'errors',
  'distributions',
  'clusters',
  'veracity',
  'study',
  'transfer',
  'inverse'
];

function isFocused(element: Locator): Promise<boolean> {
  return element.evaluate(node => node === document.activeElement);
}

/** What axe finds wrong within a part of the page, a line each. */
async function violations(page: Page, selector: string): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .include(selector)
    .analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map(node => `${id}: ${node.html.slice(0, 160)}`)
  );
}

test('axe finds no violation in light and dark theme', async ({
  page,
  server
}) => {
  const { root, show } = await openExplored(page, server, 'axe', [2]);
  for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
    await execute(page, 'apputils:change-theme', { theme });
    await expect(page.locator('body')).toHaveAttribute(
      'data-jp-theme-name',
      theme
    );
    expect(await violations(page, '[data-eelscape-id]')).toEqual([]);
    for (const name of VIEWS) {
      await show(name);
      expect(
        await violations(page, `[data-eelscape-view="${name}"]`),
        `${name}, ${theme}`
      ).toEqual([]);
    }
    for (const [entry, dialog] of [
      ['Figure…', 'Export figure'],
      ['Table…', 'Table']
    ]) {
      await root.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('menuitem', { name: entry }).click();
      await expect(page.getByRole('dialog', { name: dialog })).toBeVisible();
      expect(await violations(page, 'dialog')).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    }
  }
});

test('the keyboard alone reaches every view and works it', async ({
  page,
  server
}) => {
  const { root, python, view } = await openExplored(page, server, 'keys', [2]);
  const readout = root.locator('[data-eelscape-readout]');
  const focused = () =>
    page.evaluate(
      () =>
        document.activeElement
          ?.closest<HTMLElement>('[data-eelscape-view], .jp-Eelscape-strip')
          ?.getAttribute('data-eelscape-view') ?? 'strip'
    );

  // F6 goes round all views and comes back.
  await root.locator('.jp-Eelscape-strip').focus();
  const reached: string[] = [];
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('F6');
    reached.push(await focused());
    if (reached[i] === 'strip') {
      break;
    }
  }
  for (const name of [
    'navigator',
    'signal',
    'latent',
    'decoded',
    'projected'
  ]) {
    expect(reached).toContain(name);
  }
  expect(reached[reached.length - 1]).toBe('strip');

  // Arrows move the pointer; Python sees it.
  await view('navigator').locator('[role="application"]').focus();
  const column = Number(await readout.getAttribute('data-column'));
  await page.keyboard.press('ArrowRight');
  await expect(readout).toHaveAttribute('data-column', String(column + 1));

  // Arrows move the latent cursor; Enter takes the pointer to the nearest window.
  const before = await readout.getAttribute('data-latents');
  await view('latent').locator('[role="application"]').focus();
  for (let i = 0; i < 4; i++) {
    await page.keyboard.press('ArrowRight');
  }
  await page.keyboard.press('Enter');
  await expect(readout).not.toHaveAttribute('data-latents', before ?? '');

  // The place of a view is a list that takes keys.
  const choice = root.locator('.jp-Eelscape-viewChoice:visible').last();
  await choice.focus();
  await choice.press('d');
  await expect(view('distributions')).toBeVisible();
  await expect(view('training')).toBeHidden();

  // From the pointer's button to a figure on disk without a mouse.
  await root
    .getByRole('toolbar')
    .first()
    .getByRole('button', { name: 'Export' })
    .focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Export figure' });
  await expect(dialog.getByLabel('Figure', { exact: true })).toBeFocused();
  const submit = dialog.getByRole('button', { name: 'Save' });
  for (let i = 0; i < 16 && !(await isFocused(submit)); i++) {
    await page.keyboard.press('Tab');
  }
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.keyboard.press('Enter')
  ]);
  expect(download.suggestedFilename()).toBe('discs-panel.svg');
  await expect(dialog).toHaveCount(0);
  await expect(
    root.getByRole('toolbar').first().getByRole('button', { name: 'Export' })
  ).toBeFocused();
  expect(await python('print(len(ex.models))')).toBe('1\n');
});
