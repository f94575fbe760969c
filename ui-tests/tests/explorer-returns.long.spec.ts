/** What Transfer and Inverse design found stands in the panel again after its page was loaded anew. */
import type { Locator, Page } from '@playwright/test';
import { openExplored } from '../explored';
import { expect, panel, test } from '../lab';

/** A model of the first data, from its file, over others: Python has never met it as theirs. */
const OTHER = [
  'file = ex.models[0].save("discs.safetensors")',
  'other = (0.5 + 0.5 * np.cos(rows / 3.6) * np.sin(columns / 2.9)).astype(np.float32)',
  'si2 = (20 * (1.2 - other[..., None]) * peak + noise + 2).astype(np.float32)',
  'first = ex',
  'ex = eelscape.explore(si2, other, axes=axes, title="other discs")'
].join('\n');
const FOUND = [
  'try:',
  '    t, i = ex.transfer(), first.inverse()',
  '    print(json.dumps([t.model.title, i.source, *map(float, [np.nansum(t.errors), *i.target, *i.latents.ravel()])]))',
  'except Exception as error:',
  '    print(repr(error))'
].join('\n');

/** One of several attempts: the notebook may come to the front and hide what an action waits for. */
const WAIT = { timeout: 4000 };

/** Shows the documents side by side, or one alone; brings a panel to the front where one is named. */
function arrange(
  page: Page,
  mode: 'single-document' | 'multiple-document',
  id = ''
): Promise<void> {
  return page.evaluate(
    wanted => {
      const { shell } = (
        window as unknown as {
          jupyterapp: {
            shell: { mode: string; activateById(id: string): void };
          };
        }
      ).jupyterapp;
      shell.mode = wanted.mode;
      shell.activateById(`eelscape-panel-${wanted.id}`);
    },
    { mode, id }
  );
}

/** A view of a panel, put into one of its places. */
async function viewOf(root: Locator, name: string): Promise<Locator> {
  const view = root.locator(`[data-eelscape-view="${name}"]`);
  await expect(root).toHaveAttribute('data-eelscape-layout', 'wide');
  if (!(await view.isVisible())) {
    await root
      .locator('.jp-Eelscape-viewChoice:visible')
      .first()
      .selectOption(name, WAIT);
  }
  await expect(view).toBeVisible();
  return view;
}

test('a file over other data and a search are there again, and in Python', async ({
  page,
  server
}) => {
  const { python, show } = await openExplored(page, server, 'returns', [2]);
  const inverse = await show('inverse');
  await inverse
    .getByLabel('Target spectrum', { exact: true })
    .selectOption('peaks');
  await inverse.getByRole('button', { name: 'Search' }).click();
  const status = inverse.getByRole('status');
  await expect(status).toContainText(/^1: L1/);
  const said = await status.textContent();

  // What is hidden in the single-document mode does not come back with the page.
  await arrange(page, 'multiple-document');
  expect(await python(OTHER)).toBe('');
  await expect(panel(page)).toHaveCount(2);
  const second = panel(page).last();
  await expect(second).toHaveAttribute('data-eelscape-status', 'ready');
  const id = (await second.getAttribute('data-eelscape-id'))!;
  await arrange(page, 'single-document', id);
  const transfer = await viewOf(second, 'transfer');
  await transfer
    .locator('input[type=file]')
    .setInputFiles(`${server.folder}/discs.safetensors`);
  const table = transfer.locator('svg.jp-Eelscape-svg');
  await expect(transfer).toContainText('999 windows evaluated');
  await expect
    .poll(() => python(FOUND), { timeout: 30_000 })
    .toContain('"peaks"');
  const found = JSON.parse(await python(FOUND)) as readonly unknown[];
  // While the panel stands alone, as below: the numbers of an axis go by its size.
  const shown = await table.textContent();
  await arrange(page, 'multiple-document', id);

  await page.goto(
    `${server.url}/lab/workspaces/returns-ipynb/tree/returns.ipynb`
  );
  await expect(panel(page)).toHaveCount(2, { timeout: 90_000 });
  for (const root of await panel(page).all()) {
    await expect(root).toHaveAttribute('data-eelscape-status', /ready|done/, {
      timeout: 90_000
    });
  }
  const ids = await panel(page).evaluateAll(nodes =>
    nodes.map(node => node.getAttribute('data-eelscape-id')!)
  );
  const texts: string[] = [];
  for (const id of ids) {
    const root = page.locator(`[data-eelscape-id="${id}"]`);
    // The notebook comes to the front once more when the layout is restored.
    await expect(async () => {
      await arrange(page, 'single-document', id);
      const other = (await root.textContent(WAIT))!.includes('other discs');
      const view = await viewOf(root, other ? 'transfer' : 'inverse');
      if (other) {
        await expect(view).toContainText('999 windows evaluated', WAIT);
        texts.push((await view.locator('svg.jp-Eelscape-svg').textContent())!);
      } else {
        await expect(view.getByRole('status')).toHaveText(said!, WAIT);
      }
      // What the panel tells next has it, too.
      const navigator = root.locator('[data-eelscape-view="navigator"]');
      await navigator.locator('.jp-Eelscape-body').focus(WAIT);
      await page.keyboard.press('ArrowRight');
    }).toPass({ timeout: 60_000 });
    await page.waitForTimeout(1000);
  }
  expect(texts).toEqual([shown]);
  const again = JSON.parse(await python(FOUND)) as readonly unknown[];
  expect(again).toHaveLength(found.length);
  expect(again.slice(0, 2)).toEqual(found.slice(0, 2));
  // The search began at encodings that were computed anew: the last digit of a float32 may differ.
  again
    .slice(2)
    .forEach((value, i) => expect(value).toBeCloseTo(Number(found[i + 2]), 5));
});
