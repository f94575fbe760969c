/** Training that outlives its page. */
import type { Page } from '@playwright/test';
import { keepOften, resumeRun } from '../interruptions';
import { runInKernel } from '../leaks';
import { expect, openNotebook, panel, test, writeNotebook } from '../lab';

const DATA = [
  'import json, numpy as np, eelscape',
  'values = np.random.default_rng(0)',
  'si = values.random((24, 44, 96), dtype=np.float32)',
  'haadf = values.random((24, 44), dtype=np.float32)',
  'ex = eelscape.explore(si, haadf)'
].join('\n');
const EPOCHS = 200;
const SETUP = `"im2spec", filters=16, window=8, epochs=${EPOCHS}, batch_size=32, seed=4, backend="wasm"`;
const HISTORY =
  'print(json.dumps([m.history for m in ex.models], allow_nan=False))';

interface IHistories {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

async function histories(page: Page): Promise<readonly IHistories[]> {
  return JSON.parse(await runInKernel(page, HISTORY)) as IHistories[];
}

test('[B1] a page that is reloaded in mid-training offers to go on, and ends as if nothing had happened', async ({
  page,
  server
}) => {
  keepOften(server);
  const file = writeNotebook(server, 'interrupted', ['']);
  await openNotebook(page, server, file);
  expect(await runInKernel(page, DATA)).toBe('');
  const root = panel(page);
  await expect(root).toHaveAttribute('data-eelscape-status', 'ready', {
    timeout: 60_000
  });
  expect(
    await runInKernel(page, `ex.train(${SETUP})\nprint("whole")`)
  ).toContain('whole');
  expect(await runInKernel(page, `run = ex.train(${SETUP}, wait=False)`)).toBe(
    ''
  );
  // Far enough for checkpoints, and not yet at its end.
  await expect(root).toContainText(
    new RegExp(`Epoch ([5-9]|\\d\\d+) / ${EPOCHS}`),
    { timeout: 60_000 }
  );
  await page.waitForTimeout(1500);

  await page.reload();
  expect(await resumeRun(root)).toBeGreaterThan(0);
  // The curve goes on where it was.
  await expect(root).not.toContainText('Epoch 0 /');
  await expect(root).toHaveAttribute('data-eelscape-status', 'done', {
    timeout: 90_000
  });
  await expect
    .poll(async () => (await histories(page)).length, { timeout: 30_000 })
    .toBe(2);
  const [whole, resumed] = await histories(page);
  expect(resumed.train).toHaveLength(EPOCHS);
  // To the last bit: the same machine, the same kernels, one thread.
  expect(resumed).toEqual(whole);

  // Nothing is offered once it has ended.
  await page.reload();
  await expect(root).toHaveAttribute('data-eelscape-status', /ready|done/, {
    timeout: 90_000
  });
  // The models are in the panel again, with the losses they had.
  await expect(root.getByRole('group', { name: 'Models' })).toContainText(
    /2L.*2L \(2\)/,
    { timeout: 60_000 }
  );
  await expect(root).toHaveAttribute('data-eelscape-status', 'done');
  await expect(root).toContainText(`Trained ${EPOCHS} of ${EPOCHS} epochs`);
  expect(await histories(page)).toEqual([whole, resumed]);
  await expect(root).not.toContainText('Restored epoch');
});
