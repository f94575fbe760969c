/** Two networks trained at once, from the panel and from cells, against each of them alone. */
import type { Locator, Page } from '@playwright/test';
import {
  expect,
  openNotebook,
  outputs,
  panel,
  runNext,
  test,
  waitForCell,
  writeNotebook,
  type IServer
} from '../lab';

const OPEN =
  'import eelscape\nsi, haadf = eelscape.sample("ftio")\nex = eelscape.explore(si, haadf)\nex';
/** Small enough for two cores: what counts is that both train together. */
const SMALL = 'filters=4, epochs=6, batch_size=256, seed=3, backend="wasm"';

async function openPanel(
  page: Page,
  server: IServer,
  name: string,
  cells: readonly string[]
): Promise<{ file: string; root: Locator }> {
  const file = writeNotebook(server, name, [OPEN, ...cells]);
  await openNotebook(page, server, file);
  await runNext(page);
  const root = panel(page);
  await expect(root).toHaveAttribute('data-eelscape-status', 'ready', {
    timeout: 60_000
  });
  return { file, root };
}

/** Fills the setup form. */
async function setUp(
  root: Locator,
  values: readonly (readonly [string, string])[]
): Promise<void> {
  const setup = root.locator('[data-eelscape-view="setup"]');
  const folded = setup.getByRole('button', { expanded: false });
  if (await folded.isVisible()) {
    await folded.click();
  }
  await setup.getByLabel('Backend', { exact: true }).selectOption('wasm');
  for (const [label, value] of values) {
    const field = setup.getByLabel(label, { exact: true });
    await field.fill(value);
    await field.press('Enter');
  }
}

/** A row for each network that trains. */
function rowsOf(root: Locator): Locator {
  return root
    .getByRole('list', { name: 'Networks that train' })
    .getByRole('listitem');
}

function tool(root: Locator, name: string): Locator {
  return root
    .getByRole('toolbar')
    .first()
    .getByRole('button', { name, exact: true });
}

test('both networks of "2, 10" train at once and come out as they do alone', async ({
  page,
  server
}) => {
  const { file, root } = await openPanel(page, server, 'two-models', [
    'import time\nfor _ in range(600):\n    if len(ex.models) == 2: break\n    time.sleep(0.1)\npair = {m.latent_dims: m for m in ex.models}\nprint("trained", sorted(pair))',
    `alone = {n: ex.train("im2spec", latent_dims=n, ${SMALL}) for n in (2, 10)}\nfor n, one in alone.items():\n    two = pair[n]\n    gap = max(abs(a / b - 1) for part in ("train", "test") for a, b in zip(two.history[part], one.history[part]))\n    print("network", n, len(two.history["train"]), len(one.history["train"]), two.backend, f"{gap:.1e}")`
  ]);
  await setUp(root, [
    ['Latents', '2, 10'],
    ['Filters', '4'],
    ['Epochs', '6'],
    ['Batch', '256'],
    ['Seed', '3']
  ]);
  await tool(root, 'Train').click();
  const rows = rowsOf(root);
  // Both have reached an epoch while neither has ended: they do train together.
  await expect(rows).toHaveCount(2, { timeout: 60_000 });
  await expect(root.getByRole('progressbar')).toHaveCount(2);
  await expect(rows.nth(0)).toContainText(/2L.*epoch [1-6] \/ 6/, {
    timeout: 90_000
  });
  await expect(rows.nth(1)).toContainText(/10L.*epoch [1-6] \/ 6/, {
    timeout: 90_000
  });
  await page.screenshot({ path: 'build/screens/two-models.png' });
  await expect(root).toHaveAttribute('data-eelscape-status', 'done', {
    timeout: 120_000
  });
  for (const cell of [1, 2]) {
    await runNext(page);
    await waitForCell(page, cell, 200_000);
  }
  const text = await outputs(page, server, file);
  expect(text[1]).toContain('trained [2, 10]');
  const found = [...text[2].matchAll(/network (\d+) (\d+) (\d+) (\w+) (\S+)/g)];
  expect(found.map(match => match.slice(1, 5))).toEqual([
    ['2', '6', '6', 'wasm'],
    ['10', '6', '6', 'wasm']
  ]);
  for (const match of found) {
    expect(Number(match[5])).toBeLessThanOrEqual(1e-6);
  }
});

test('one of two runs is held and stopped without the other, and shows its grid meanwhile', async ({
  page,
  server
}) => {
  const long = SMALL.replace('epochs=6', 'epochs=150');
  const { file, root } = await openPanel(page, server, 'two-runs', [
    `small = ex.train("im2spec", latent_dims=2, ${long}, wait=False)\nlarge = ex.train("im2spec", latent_dims=10, ${long}, wait=False)\nprint("asked")`,
    'model = small.wait()\nprint("small", model.epoch, large.done)',
    'large.stop()\nmodel = large.wait()\nprint("large", model.epoch, [m.latent_dims for m in ex.models])'
  ]);
  await runNext(page);
  await waitForCell(page, 1, 60_000);
  const rows = rowsOf(root);
  await expect(rows).toHaveCount(2, { timeout: 60_000 });
  await expect(rows.nth(1)).toContainText(/epoch \d/, { timeout: 90_000 });
  await runNext(page);

  const epochOf = async (row: Locator) =>
    Number(/(\d+) \/ 150/.exec((await row.textContent()) ?? '')![1]);
  await root.getByRole('button', { name: 'Pause 2L' }).click();
  await expect(rows.nth(0)).toContainText('paused');
  // What was on its way when the button was pressed has arrived after this.
  await page.waitForTimeout(1000);
  const held = await epochOf(rows.nth(0));
  const other = await epochOf(rows.nth(1));
  await expect.poll(() => epochOf(rows.nth(1))).toBeGreaterThan(other + 2);
  expect(await epochOf(rows.nth(0))).toBe(held);
  await expect(root).toHaveAttribute('data-eelscape-status', 'training');

  await root.getByRole('button', { name: 'Resume 2L' }).click();
  await expect.poll(() => epochOf(rows.nth(0))).toBeGreaterThan(held);
  // The network that trains has a grid from its first evaluation on.
  const grid = root.locator('[data-eelscape-view="decoded"]');
  await expect(grid.locator('.jp-Eelscape-missing')).toBeHidden({
    timeout: 120_000
  });
  await expect(grid.getByText('L1', { exact: true })).toBeVisible();
  await page.screenshot({ path: 'build/screens/live-grid.png' });

  await root
    .getByRole('button', { name: 'Stop 2L and keep its last epoch' })
    .click();
  // The cell that waits for the first gets its model while the second trains.
  await waitForCell(page, 2, 60_000);
  await expect(root).toHaveAttribute('data-eelscape-status', 'training');
  await expect(root.getByRole('progressbar')).toHaveCount(1);
  await runNext(page);
  await waitForCell(page, 3, 60_000);
  const text = await outputs(page, server, file);
  const [, epochs, done] = /small (\d+) (\w+)/.exec(text[2])!;
  expect(Number(epochs)).toBeGreaterThan(held);
  expect(done).toBe('False');
  expect(text[3]).toMatch(/large \d+ \[2, 10\]/);
});
