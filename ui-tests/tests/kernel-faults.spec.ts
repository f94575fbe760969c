/** A kernel that goes away, with a real kernel in a real browser. */
import * as fs from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import {
  expect,
  openNotebook,
  panel,
  runNext,
  test,
  writeNotebook,
  type IServer
} from '../lab';
import { runInKernel } from '../leaks';

// Wide enough for a panel that shows its whole toolbar beside the notebook.
test.use({ viewport: { width: 2400, height: 1000 } });

/** Opens a notebook whose only cell opens data of this shape: (rows, columns, channels). */
async function open(
  page: Page,
  server: IServer,
  name: string,
  shape: string
): Promise<Locator> {
  const cell = [
    'import json, os, numpy as np, eelscape',
    'values = np.random.default_rng(0)',
    `si = values.random((${shape}), dtype=np.float32)`,
    'haadf = values.random(si.shape[:2], dtype=np.float32)',
    'ex = eelscape.explore(si, haadf)'
  ].join('\n');
  await openNotebook(page, server, writeNotebook(server, name, [cell]));
  await runNext(page);
  const root = panel(page);
  await expect(root).toHaveAttribute('data-eelscape-status', 'ready', {
    timeout: 90_000
  });
  return root;
}

/** Runs the first cell again, which opens the data again in the same panel. */
async function runAgain(page: Page): Promise<void> {
  await page.locator('.jp-Notebook .jp-Cell').first().click();
  await runNext(page);
}

test('[K1] a kernel that is restarted in mid-transfer: what had come, what to do, and nothing lost', async ({
  page,
  server
}) => {
  // 105 MB in 51 blocks; the network is trained on a 25th of it.
  const root = await open(page, server, 'restarted', '128, 128, 1600');
  const python = (code: string) => runInKernel(page, code);
  await python("ex.preprocess({'step': 'bin_energy', 'factor': 25})");
  await python(
    'ex.train("im2spec", filters=8, window=8, stride=8, epochs=1, backend="wasm")'
  );
  await expect(root).toHaveAttribute('data-eelscape-status', 'done', {
    timeout: 60_000
  });
  const models = root.getByRole('group', { name: 'Models' });
  await expect(models).toContainText('2L');
  const restarted = page.evaluate(() => {
    const { shell } = (
      window as unknown as {
        jupyterapp: {
          shell: {
            currentWidget: {
              sessionContext: {
                session: { kernel: { restart(): Promise<void> } };
              };
            };
          };
        };
      }
    ).jupyterapp;
    const { kernel } = shell.currentWidget.sessionContext.session;
    const line = document.querySelector('.jp-Eelscape-provenance')!;
    return new Promise<void>(resolve => {
      const observer = new MutationObserver(() => {
        if (/Receiving [1-9]\d* of 51 blocks/.test(line.textContent ?? '')) {
          observer.disconnect();
          void kernel.restart();
          resolve();
        }
      });
      const parts = { subtree: true, childList: true, characterData: true };
      observer.observe(line, parts);
    });
  });
  // The restart may come before the cell's reply.
  await Promise.all([restarted, python('ex.undo()').catch(() => '')]);
  await expect(root.getByRole('alert')).toContainText(
    /Kernel restarted: [1-9]\d* of 51 blocks received, discarded\. Run the cell that defines `si`, then Reload\./
  );
  await expect(root).toHaveAttribute('data-eelscape-status', 'done');
  await expect(models).toContainText('2L');
  await expect(root).toContainText('si · (128, 128 | 64)');
  await root.getByRole('button', { name: 'Dismiss' }).click();
  await expect(root).toContainText('Trained 1 of 1 epochs');

  await runAgain(page);
  await expect(root).toContainText('si · (128, 128 | 1600)', {
    timeout: 60_000
  });
  await expect(root).not.toContainText('Kernel not connected');
});

test('[K2] a kernel that is killed in mid-training: the run ends, its model goes to a file and then to Python', async ({
  page,
  server
}) => {
  const root = await open(page, server, 'killed', '24, 44, 96');
  const python = (code: string) => runInKernel(page, code);
  // Long enough to go on when the death is noticed, some seconds after it.
  await python(
    'run = ex.train("im2spec", filters=16, window=8, epochs=400, batch_size=32, seed=4, backend="wasm", wait=False)'
  );
  const pid = Number(await python('print(os.getpid())'));
  await expect(root).toContainText(/Epoch ([2-9]|\d\d+) \/ 400/, {
    timeout: 60_000
  });

  process.kill(pid, 'SIGKILL');
  // JupyterLab says that the kernel seems to have died.
  await page.locator('.jp-Dialog .jp-mod-accept').click({ timeout: 60_000 });
  await expect(root).toContainText(
    'Kernel not connected. Results are kept in the browser.'
  );
  await expect(root).toHaveAttribute('data-eelscape-status', 'done', {
    timeout: 120_000
  });
  await expect(root.getByRole('alert')).toContainText(
    'did not reach Python: the kernel is gone. It is kept here: save it to a file'
  );
  const send = root.getByRole('button', { name: 'Send to Python' });
  await expect(send).toBeDisabled();
  await expect(send).toHaveAttribute(
    'title',
    /The kernel is gone, results are kept in the browser/
  );
  const coming = page.waitForEvent('download');
  await root.getByRole('button', { name: 'Export', exact: true }).click();
  await page
    .locator('.lm-Menu-item', { hasText: 'Model 2L (safetensors)' })
    .click();
  const file = await (await coming).path();
  const bytes = fs.readFileSync(file);
  const header = bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0)));
  const meta = JSON.parse(JSON.parse(header.toString()).__metadata__.eelscape);
  expect([meta.epoch, meta.history.train.length]).toEqual([400, 400]);

  await runAgain(page);
  await expect(send).toBeEnabled({ timeout: 60_000 });
  await send.click();
  await expect
    .poll(() => python('print(len(ex.models))'), { timeout: 60_000 })
    .toBe('1\n');
  const history = await python('print(json.dumps(ex.models[0].history))');
  expect(JSON.parse(history)).toEqual(meta.history);
});
