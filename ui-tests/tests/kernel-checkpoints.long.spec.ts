/** Training that goes on in a browser that knows nothing of it: from the kernel's copy, and from its file. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Page } from '@playwright/test';
import { keepOften, resumeRun } from '../interruptions';
import { runInKernel } from '../leaks';
import {
  expect,
  openNotebook,
  panel,
  test,
  writeNotebook,
  type IServer
} from '../lab';

const DATA = [
  'import json, os, numpy as np, eelscape',
  'values = np.random.default_rng(0)',
  'si = values.random((24, 44, 96), dtype=np.float32)',
  'haadf = values.random((24, 44), dtype=np.float32)',
  'ex = eelscape.explore(si, haadf)'
].join('\n');
/** Longer than the rest between two checkpoints that go to the kernel. */
const EPOCHS = 400;
const SETUP = `"im2spec", filters=16, window=8, epochs=${EPOCHS}, batch_size=32, seed=4, backend="wasm"`;
const LAST = 'print(json.dumps(ex.models[-1].history, allow_nan=False))';
const TRAINED = { timeout: 90_000 };

/** Files of checkpoints beside the notebook. */
function kept(server: IServer): readonly string[] {
  const folder = path.join(server.folder, '.eelscape-checkpoints');
  return fs.existsSync(folder)
    ? fs.readdirSync(folder).filter(name => name.endsWith('.safetensors'))
    : [];
}

/** Ends the page in mid-training, as soon as the kernel has a checkpoint, and empties its storage. */
async function leave(page: Page, server: IServer): Promise<void> {
  const root = panel(page);
  expect(await runInKernel(page, `run = ex.train(${SETUP}, wait=False)`)).toBe(
    ''
  );
  await expect.poll(() => kept(server).length, { timeout: 60_000 }).toBe(1);
  await expect(root).toHaveAttribute('data-eelscape-status', 'training');
  await page.goto('about:blank');
  const { origin } = new URL(server.url);
  const client = await page.context().newCDPSession(page);
  await client.send('Storage.clearDataForOrigin', {
    origin,
    storageTypes: 'indexeddb,local_storage,cache_storage'
  });
  await client.detach();
  expect(kept(server)).toHaveLength(1);
}

/** Goes on, and waits until Python has the model. */
async function goOn(page: Page): Promise<unknown> {
  const root = panel(page);
  const before = Number(await runInKernel(page, 'print(len(ex.models))'));
  expect(await resumeRun(root)).toBeGreaterThan(0);
  await expect(root).toHaveAttribute('data-eelscape-status', 'done', TRAINED);
  await expect
    .poll(() => runInKernel(page, 'print(len(ex.models))'), TRAINED)
    .toBe(`${before + 1}\n`);
  return JSON.parse(await runInKernel(page, LAST));
}

/** A panel over the data, and the losses of a run that nothing disturbs. */
async function undisturbed(
  page: Page,
  server: IServer,
  file: string
): Promise<unknown> {
  keepOften(server);
  page.on('dialog', dialog => void dialog.accept());
  await openNotebook(page, server, file);
  expect(await runInKernel(page, DATA)).toBe('');
  await expect(panel(page)).toHaveAttribute('data-eelscape-status', 'ready', {
    timeout: 60_000
  });
  await runInKernel(page, `ex.train(${SETUP})`);
  const whole = JSON.parse(await runInKernel(page, LAST)) as {
    readonly train: readonly number[];
  };
  expect(whole.train).toHaveLength(EPOCHS);
  // Its model has arrived: nothing is left to go on with.
  await expect.poll(() => kept(server)).toEqual([]);
  return whole;
}

test('[B1] a browser without storage goes on from what the kernel kept, to the very losses of an undisturbed run', async ({
  page,
  server
}) => {
  const file = writeNotebook(server, 'elsewhere', [DATA]);
  const whole = await undisturbed(page, server, file);
  await leave(page, server);
  await openNotebook(page, server, file);
  expect(await goOn(page)).toEqual(whole);
  await expect.poll(() => kept(server)).toEqual([]);
});

test('[B1] a browser without storage and a new kernel go on from the file beside the notebook, to the very losses of an undisturbed run', async ({
  page,
  server
}) => {
  const file = writeNotebook(server, 'anew', [DATA]);
  const whole = await undisturbed(page, server, file);
  const pid = Number(await runInKernel(page, 'print(os.getpid())'));
  await leave(page, server);
  process.kill(pid, 'SIGKILL');
  await openNotebook(page, server, file);
  await expect
    .poll(() => runInKernel(page, 'import os; print(os.getpid())'), TRAINED)
    .not.toBe(`${pid}\n`);
  expect(await runInKernel(page, DATA)).toBe('');
  expect(await goOn(page)).toEqual(whole);
  await expect.poll(() => kept(server)).toEqual([]);
});
