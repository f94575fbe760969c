/** JupyterLab on a server that isolates its pages from other origins: all goes on, and threads train. */
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page, Worker } from '@playwright/test';
import {
  expect,
  openNotebook,
  outputs,
  panel,
  runAll,
  test,
  waitForCell,
  writeNotebook,
  type IServer
} from '../lab';

/** A red square of 8 x 8 pixels. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC',
  'base64'
);

const TRAIN = [
  'import eelscape\nsi, haadf = eelscape.sample("ftio-low-resolution")\nex = eelscape.explore(si, haadf)\nex',
  'model = ex.train("im2spec", filters=8, epochs=3, backend="wasm", seed=4)\n' +
    'print("losses", *(f"{x:.9e}" for x in model.history["train"] + model.history["test"]))'
];

interface ISeen {
  readonly losses: readonly number[];
  /** What the network's workers say of themselves. */
  readonly isolated: readonly boolean[];
  /** Whether one of them has started threads. */
  readonly threads: boolean;
}

/** Trains in a notebook; its workers are looked at on the way. */
async function losses(
  page: Page,
  server: IServer,
  cells: readonly string[]
): Promise<ISeen> {
  const isolated: boolean[] = [];
  let threads = false;
  const look = async (worker: Worker): Promise<void> => {
    isolated.push(await worker.evaluate(() => self.crossOriginIsolated));
    for (;;) {
      threads ||= await worker.evaluate(() =>
        performance
          .getEntriesByType('resource')
          .some(({ name }) => name.includes('eelscape-kernels'))
      );
      await page.waitForTimeout(100);
    }
  };
  // Until the worker ends.
  page.on('worker', worker => void look(worker).catch(() => undefined));
  const file = writeNotebook(server, 'isolation', cells);
  await openNotebook(page, server, file);
  await runAll(page);
  await waitForCell(page, cells.length - 1, 240_000);
  const text = (await outputs(page, server, file)).join('\n');
  const found = /losses (.*)/.exec(text)?.[1].split(' ').map(Number) ?? [];
  return { losses: found, isolated, threads };
}

test('an isolated page trains on threads and gives what one thread gives', async ({
  page,
  browser,
  server,
  isolatedServer
}) => {
  const reply = await page.goto(`${isolatedServer.url}/lab`);
  const headers = reply!.headers();
  expect(headers['cross-origin-opener-policy']).toBe('same-origin');
  expect(headers['cross-origin-embedder-policy']).toBe('credentialless');
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const threads = await losses(page, isolatedServer, TRAIN);
  expect(threads.losses).toHaveLength(6);
  expect(threads.isolated.length).toBeGreaterThan(0);
  expect(threads.isolated).not.toContain(false);
  // One core has no use for threads.
  expect(threads.threads).toBe(
    await page.evaluate(() => navigator.hardwareConcurrency > 1)
  );
  await expect(panel(page)).toBeVisible();

  const plain = await browser.newPage();
  const usual = await plain.goto(`${server.url}/lab`);
  expect(usual!.headers()).not.toHaveProperty('cross-origin-opener-policy');
  expect(usual!.headers()).not.toHaveProperty('cross-origin-embedder-policy');
  expect(await plain.evaluate(() => crossOriginIsolated)).toBe(false);
  const single = await losses(plain, server, TRAIN);
  expect(single.isolated).not.toContain(true);
  expect(single.threads).toBe(false);
  expect(single.losses).toHaveLength(6);
  // Sums of threads round otherwise, and Adam carries that on: in training
  // losses less than in test losses, which go by lagging means.
  const tolerances = [1e-3, 5e-3, 5e-3, 1e-2, 1e-2, 1e-2];
  const apart = single.losses.map((loss, i) =>
    Math.abs(threads.losses[i] / loss - 1)
  );
  expect(apart.filter((gap, i) => !(gap < tolerances[i]))).toEqual([]);
  await plain.close();
});

test('an isolated notebook shows its own images and those of other sites', async ({
  page,
  isolatedServer
}) => {
  // Another origin that says nothing about embedding, as most sites do.
  const site = http.createServer((_, response) => {
    response.setHeader('Content-Type', 'image/png');
    response.end(PNG);
  });
  await new Promise<void>(resolve => {
    site.listen(0, '127.0.0.1', resolve);
  });
  const { port } = site.address() as AddressInfo;
  try {
    const file = writeNotebook(isolatedServer, 'images', [
      `import base64\nfrom IPython.display import HTML, Image, display\n` +
        `png = base64.b64decode("${PNG.toString('base64')}")\n` +
        `open("own.png", "wb").write(png)\n` +
        `display(Image(png), HTML('<img src="own.png">'), HTML('<img src="http://127.0.0.1:${port}/x.png">'))`
    ]);
    await openNotebook(page, isolatedServer, file);
    await runAll(page);
    await waitForCell(page, 0, 60_000);
    const images = page.locator('.jp-OutputArea-output img');
    await expect(images).toHaveCount(3);
    await expect(async () => {
      const widths = await images.evaluateAll(all =>
        all.map(each => (each as HTMLImageElement).naturalWidth)
      );
      expect(widths).toEqual([8, 8, 8]);
    }).toPass({ timeout: 20_000 });
  } finally {
    site.closeAllConnections();
    site.close();
  }
});
