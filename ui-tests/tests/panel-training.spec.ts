/** Training from the panel: set up, train, pause, resume, stop, take it home. */
import {
  expect,
  openNotebook,
  outputs,
  panel,
  runNext,
  test,
  waitForCell,
  writeNotebook
} from '../lab';

test('a model trained from the panel by hand arrives in Python', async ({
  page,
  server
}) => {
  const file = writeNotebook(server, 'panel-training', [
    'import eelscape\nsi, haadf = eelscape.sample("ftio")\nex = eelscape.explore(si, haadf)\nex',
    'import time\nfor _ in range(300):\n    if ex.models: break\n    time.sleep(0.1)\nm = ex.models[-1]\nprint("epochs", m.epoch, len(m.history["train"]), m.setup["epochs"], m.filters)',
    'ex.show(m)\nprint("shown")'
  ]);
  await openNotebook(page, server, file);
  await runNext(page);
  const root = panel(page);
  await expect(root).toHaveAttribute('data-eelscape-status', 'ready', {
    timeout: 60_000
  });

  const button = (name: string) =>
    root
      .getByRole('toolbar')
      .first()
      .getByRole('button', { name, exact: true });
  const setup = root.locator('[data-eelscape-view="setup"]');
  const folded = setup.getByRole('button', { expanded: false });
  if (await folded.isVisible()) {
    // What is folded away cannot be reached.
    await expect(setup.getByLabel('Filters', { exact: true })).toBeHidden();
    await folded.click();
  }
  for (const [label, value] of [
    ['Filters', '8'],
    ['Epochs', '100']
  ]) {
    const field = setup.getByLabel(label, { exact: true });
    await field.fill(value);
    await field.press('Enter');
  }
  await page.screenshot({ path: 'build/screens/setup.png' });

  await button('Train').click();
  await expect(root).toHaveAttribute('data-eelscape-status', 'training');
  const bar = root.getByRole('progressbar');
  const progress = async () => Number(await bar.getAttribute('aria-valuenow'));
  await expect.poll(progress, { timeout: 120_000 }).toBeGreaterThan(0);

  await button('Pause').click();
  await expect(root).toHaveAttribute('data-eelscape-status', 'paused');
  // What was on its way when the button was pressed has arrived after this.
  await page.waitForTimeout(1500);
  const held = await progress();
  await page.waitForTimeout(2000);
  expect(await progress()).toBe(held);
  await page.screenshot({ path: 'build/screens/paused.png' });

  await button('Resume').click();
  await expect(root).toHaveAttribute('data-eelscape-status', 'training');
  await expect.poll(progress, { timeout: 120_000 }).toBeGreaterThan(held);
  await page.screenshot({ path: 'build/screens/training.png' });

  await button('Stop').click();
  await expect(root).toHaveAttribute('data-eelscape-status', 'done', {
    timeout: 60_000
  });

  // The model went to Python by itself; opened from there it is shown again.
  await runNext(page);
  await waitForCell(page, 1, 60_000);
  await runNext(page);
  await waitForCell(page, 2, 60_000);
  const text = await outputs(page, server, file);
  const [, kept, losses, asked, filters] = /epochs (\d+) (\d+) (\d+) (\d+)/
    .exec(text[1])!
    .map(Number);
  expect(kept).toBeGreaterThanOrEqual(1);
  expect(kept).toBeLessThan(100);
  expect([losses, asked, filters]).toEqual([kept, 100, 8]);
  expect(text[2]).toContain('shown');
});
