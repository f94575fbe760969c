/** Training in a tab that is hidden behind another one. */
import type { Page } from '@playwright/test';
import { expect, test, writeNotebook } from '../lab';
import { runInKernel } from '../leaks';
import { RawChromium, type RawTab } from '../raw-chromium';

const DATA = [
  'import numpy as np, eelscape',
  'values = np.random.default_rng(0)',
  'si = values.random((20, 40, 24), dtype=np.float32)',
  'haadf = values.random((20, 40), dtype=np.float32)',
  'ex = eelscape.explore(si, haadf)'
].join('\n');
const START =
  'run = ex.train("im2spec", filters=8, window=8, epochs=60, batch_size=32, backend="wasm", wait=False)';

function statusOf(tab: RawTab): Promise<string> {
  return tab.evaluate(
    () =>
      document
        .querySelector('[data-eelscape-id]')
        ?.getAttribute('data-eelscape-status') ?? ''
  );
}

function kernelStatus(tab: RawTab): Promise<string> {
  return tab.evaluate(() => {
    const { jupyterapp } = window as unknown as {
      jupyterapp?: {
        shell: {
          currentWidget?: {
            sessionContext?: { session?: { kernel?: { status: string } } };
          };
        };
      };
    };
    const widget = jupyterapp?.shell.currentWidget;
    return widget?.sessionContext?.session?.kernel?.status ?? '';
  });
}

test('[B5] a tab that is hidden trains to the end, and its model reaches Python', async ({
  server
}) => {
  const file = writeNotebook(server, 'hidden', ['']);
  const chromium = RawChromium.start();
  const tab = await chromium.open(
    `${server.url}/lab/workspaces/hidden/tree/${file}`
  );
  const python = (code: string) =>
    runInKernel(tab as unknown as Page, code).then(text => text.trim());
  await expect.poll(() => kernelStatus(tab), { timeout: 90_000 }).toBe('idle');
  expect(await python(DATA)).toBe('');
  await expect.poll(() => statusOf(tab), { timeout: 60_000 }).toBe('ready');

  const front = await chromium.open('about:blank');
  await front.toFront();
  await expect
    .poll(() => tab.evaluate(() => document.visibilityState))
    .toBe('hidden');
  // What a page that is seen would do within a frame, this one does not do at all.
  await tab.evaluate(() => {
    const scope = window as unknown as { frames60: number };
    scope.frames60 = 0;
    requestAnimationFrame(() => {
      scope.frames60++;
    });
  });
  expect(await python(START)).toBe('');
  const epochs: number[] = [];
  await expect
    .poll(
      async () => {
        epochs.push(Number(await python('print(run.progress["epoch"])')));
        return python('print(len(ex.models))');
      },
      { timeout: 120_000, intervals: [200] }
    )
    .toBe('1');
  expect(await python('print(ex.models[0].epoch)')).toBe('60');
  // It went on epoch by epoch, and nobody looked.
  expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
  expect(
    await tab.evaluate(() => [
      document.visibilityState,
      (window as unknown as { frames60: number }).frames60
    ])
  ).toEqual(['hidden', 0]);

  await tab.toFront();
  await expect.poll(() => statusOf(tab), { timeout: 60_000 }).toBe('done');
  await chromium.close();
});
