/** What the page asks for, and what its worker may do. */
import type { Page, Route } from '@playwright/test';
import { runInKernel } from '../leaks';
import {
  expect,
  openNotebook,
  panel,
  test,
  writeNotebook,
  type IServer
} from '../lab';

const EXPLORE = [
  'import numpy as np, eelscape',
  'values = np.random.default_rng(0)',
  'ex = eelscape.explore(values.random((20, 40, 24), dtype=np.float32), values.random((20, 40), dtype=np.float32))'
].join('\n');
const train = (backend: string) =>
  `model = ex.train("im2spec", filters=8, window=4, epochs=1, batch_size=128, backend="${backend}")\n` +
  'print("trained on", model.backend, "|", model.notice)';

async function explore(
  page: Page,
  server: IServer,
  name: string
): Promise<void> {
  await openNotebook(page, server, writeNotebook(server, name, ['']));
  expect(await runInKernel(page, EXPLORE)).toBe('');
  await expect(panel(page)).toHaveAttribute('data-eelscape-status', 'ready', {
    timeout: 60_000
  });
}

/** Serves the extension's scripts, those of its workers among them, under a policy. */
async function underPolicy(page: Page, policy: string): Promise<string[]> {
  const served: string[] = [];
  await page.route(
    '**/extensions/eelscape/static/*.js*',
    async (route: Route) => {
      const response = await route.fetch();
      served.push(route.request().url());
      await route.fulfill({
        response,
        headers: {
          ...response.headers(),
          'content-security-policy': policy
        }
      });
    }
  );
  return served;
}

test('[B9] nothing is asked of another origin, from the first page to a trained model', async ({
  page,
  server
}) => {
  const asked: string[] = [];
  page.context().on('request', request => asked.push(request.url()));
  const sockets: string[] = [];
  page.on('websocket', socket => sockets.push(socket.url()));
  await explore(page, server, 'origins');
  expect(await runInKernel(page, train('wasm'))).toContain('trained on wasm');
  await expect(panel(page)).toHaveAttribute('data-eelscape-status', 'done');
  expect(
    asked.filter(url => url.includes('/eelscape/')).length
  ).toBeGreaterThan(3);
  const own = new URL(server.url).host;
  expect(
    [...asked, ...sockets].filter(
      url => !/^(data|blob):/.test(url) && new URL(url).host !== own
    )
  ).toEqual([]);
});

test("[B9] the worker trains under script-src 'self' 'wasm-unsafe-eval'", async ({
  page,
  server
}) => {
  const served = await underPolicy(
    page,
    "script-src 'self' 'wasm-unsafe-eval'"
  );
  await explore(page, server, 'policy');
  expect(await runInKernel(page, train('wasm'))).toContain(
    'trained on wasm | \n'
  );
  expect(served.length).toBeGreaterThan(1);
});

test("[B9] without 'wasm-unsafe-eval' another backend trains, and says why", async ({
  page,
  server
}) => {
  await underPolicy(page, "script-src 'self'");
  await explore(page, server, 'strict-policy');
  const printed = await runInKernel(page, train('wasm'));
  expect(printed).toMatch(/trained on (cpu|webgl)/);
  expect(printed).toContain('WebAssembly was asked for');
});
