/** A notebook from somebody else: its saved pictures, and nothing that is alive. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Page } from '@playwright/test';
import {
  execute,
  expect,
  openNotebook,
  panel,
  test,
  waitForCell,
  writeNotebook,
  type IServer
} from '../lab';

const OPEN = [
  'import numpy as np, eelscape',
  'si = np.random.default_rng(0).random((24, 30, 32), dtype=np.float32)',
  'ex = eelscape.explore(si, si.mean(axis=2), title="discs")',
  'ex'
].join('\n');

/** What the page asks of the server, and what it says to kernels. */
function record(page: Page): { requests: string[]; messages: string[] } {
  const seen = { requests: [] as string[], messages: [] as string[] };
  page.on('request', request => seen.requests.push(request.url()));
  page.on('websocket', socket =>
    socket.on('framesent', ({ payload }) => {
      seen.messages.push(String(payload));
    })
  );
  return seen;
}

/** Changes the output of the first cell behind Jupyter's back: its signature does not fit any more. */
function tamper(server: IServer, file: string, html: string): void {
  const where = path.join(server.folder, file);
  const notebook = JSON.parse(fs.readFileSync(where, 'utf8')) as {
    cells: { outputs: { data?: Record<string, string | string[]> }[] }[];
  };
  const { data } = notebook.cells[0].outputs.find(output => output.data)!;
  data!['text/html'] = [data!['text/html'], html].flat().join('');
  fs.writeFileSync(where, JSON.stringify(notebook));
  // Nothing of the earlier page is restored.
  fs.rmSync(path.join(server.folder, '.workspaces'), {
    recursive: true,
    force: true
  });
}

test('[K11] an untrusted notebook shows its saved picture: no comm, no code, no request, until it is trusted', async ({
  page,
  server,
  context
}) => {
  const file = writeNotebook(server, 'untrusted', [OPEN]);
  await openNotebook(page, server, file);
  await execute(page, 'notebook:run-cell');
  await waitForCell(page, 0, 60_000);
  await expect(panel(page)).toHaveAttribute('data-eelscape-status', 'ready', {
    timeout: 60_000
  });
  await execute(page, 'docmanager:save');
  await page.close();
  // Jupyter remembers what was trusted once: no two runs have the same text.
  tamper(server, file, `<script>window.taken = ${Date.now()}</script>`);

  // Its kernel goes on, with an explorer that waits for a panel.
  const later = await context.newPage();
  const { requests, messages } = record(later);
  await openNotebook(later, server, file);
  const banner = later.locator('.jp-Eelscape-untrusted');
  await expect(banner).toContainText(
    'This notebook is not trusted: eelscape shows its saved pictures only.'
  );
  const picture = later.getByRole('img', {
    name: 'HAADF image and mean spectrum of discs'
  });
  await expect
    .poll(() =>
      picture.evaluate(image => (image as HTMLImageElement).naturalWidth)
    )
    .toBeGreaterThan(100);
  // The kernel has answered, so that whatever asked it at the start has asked.
  expect(messages.join()).toContain('kernel_info_request');
  expect(messages.filter(text => text.includes('execute_request'))).toEqual([]);
  // Other extensions have comms of their own.
  expect(messages.filter(text => text.includes('eelscape'))).toEqual([]);
  expect(requests.filter(url => !url.startsWith(server.url))).toEqual(
    requests.filter(url => url.startsWith('data:'))
  );
  expect(requests.filter(url => url.includes('panel-parts'))).toEqual([]);
  expect(later.workers()).toHaveLength(0);
  await expect(panel(later)).toHaveCount(0);
  expect(await later.evaluate(() => 'taken' in window)).toBe(false);

  await banner
    .getByRole('button', { name: 'Trust notebook to activate' })
    .click();
  await later.locator('.jp-Dialog .jp-mod-warn').click();
  await expect(panel(later)).toHaveAttribute('data-eelscape-status', 'ready', {
    timeout: 60_000
  });
  await expect(banner).toHaveCount(0);
  expect(messages.filter(text => text.includes('eelscape'))).not.toEqual([]);
  expect(requests.some(url => url.includes('panel-parts'))).toBe(true);
});
