/** Variables that change in Python after they were opened. */
import {
  execute,
  expect,
  openNotebook,
  panel,
  test,
  waitForCell,
  writeNotebook
} from '../lab';
import { runInKernel } from '../leaks';

const OPEN = [
  'import numpy as np, eelscape',
  's = np.random.default_rng(0).random((24, 30, 32), dtype=np.float32)',
  'haadf = s.mean(axis=2)',
  'ex = eelscape.explore(s, haadf)'
].join('\n');

test('[K4] a variable that changes is asked about: Reload shows its new values, Keep the old ones', async ({
  page,
  server
}) => {
  const file = writeNotebook(server, 'changed-data', [
    OPEN,
    's *= 1000',
    's = np.full((24, 30, 32), 7, np.float32)',
    's.mean(), s[3]'
  ]);
  await openNotebook(page, server, file);
  const root = panel(page);
  const question = root.getByRole('group', { name: 'Changed in Python' });
  const run = async (cell: number) => {
    await execute(page, 'notebook:run-cell-and-select-next');
    await waitForCell(page, cell, 60_000);
  };
  // Mean over the energy range at the pointer.
  const measured = async () =>
    Number(
      await root
        .locator('[data-eelscape-readout]')
        .getAttribute('data-measured')
    );

  await run(0);
  await expect(root).toHaveAttribute('data-eelscape-status', 'ready', {
    timeout: 60_000
  });
  await expect.poll(measured).toBeGreaterThan(0);
  const before = await measured();
  expect(before).toBeLessThan(1);
  await expect(question).toHaveCount(0);

  await run(1);
  await expect(question).toContainText(
    '`s` changed in Python since it was opened.'
  );
  expect(await measured()).toBe(before);
  await question.getByRole('button', { name: 'Reload' }).click();
  await expect.poll(measured).toBeGreaterThan(500 * before);
  await expect(question).toHaveCount(0);
  const reloaded = await measured();

  await run(2);
  await expect(question).toContainText('`s` changed in Python');
  await question.getByRole('button', { name: 'Keep' }).click();
  await expect(question).toHaveCount(0);

  await run(3);
  expect(
    await runInKernel(page, 'print(ex.changed(), ex.dataset.spectra.max() > 7)')
  ).toBe('False True\n');
  await expect(question).toHaveCount(0);
  expect(await measured()).toBe(reloaded);
});
