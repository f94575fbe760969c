/** A workspace as a file: saved, opened without its kernel, connected to its data again. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { DATA, openExplored, showAlone } from '../explored';
import { execute, expect, test, writeNotebook } from '../lab';
import { runInKernel } from '../leaks';

const FILE = 'discs.eelscape';

/** What a view has painted. */
function painted(view: Locator): Promise<string[]> {
  return view
    .locator('canvas')
    .evaluateAll(all =>
      all.map(canvas => (canvas as HTMLCanvasElement).toDataURL())
    );
}

/** Pointer, encoding, error and part at the pointer. */
function readout(root: Locator): Promise<Record<string, string>> {
  return root.locator('[data-eelscape-readout]').evaluate(node => {
    const { row, column, error, latents, part, metric } = (node as HTMLElement)
      .dataset as Record<string, string>;
    return { row, column, error, latents, part, metric };
  });
}

async function exportMenu(page: Page, root: Locator, entry: string) {
  await root.getByRole('button', { name: 'Export', exact: true }).click();
  await page.locator('.lm-Menu-itemLabel', { hasText: entry }).click();
}

test('[F7] a workspace is saved, opened without a kernel, and connected to its data', async ({
  page,
  server
}) => {
  test.setTimeout(180_000);
  const explored = await openExplored(page, server, 'saved', [2]);
  const navigator = explored.view('navigator').locator('.jp-Eelscape-body');
  await navigator.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('p');
  const pinned = (await explored.show('pins', 'upper')).locator(
    '[role=option]'
  );
  await expect(pinned).toHaveCount(1);
  const before = {
    pin: (await pinned.getAttribute('aria-label'))!,
    readout: await readout(explored.root),
    decoded: await painted(explored.view('decoded')),
    navigator: await painted(explored.view('navigator'))
  };
  expect(Number(before.readout.error)).toBeGreaterThan(0);

  // A folder that cannot be written to: what there is stays, a download is offered.
  await page.route('**/api/contents/discs.eelscape*', route =>
    route.request().method() === 'PUT'
      ? route.fulfill({ status: 500, body: '{"message": "No space left"}' })
      : route.fallback()
  );
  await exportMenu(page, explored.root, 'Save workspace');
  const dialog = page.locator('.jp-Dialog');
  await expect(dialog).toContainText(/Include the spectra \(0\.4 MB\)/);
  await dialog.getByLabel('File name').fill('discs');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toContainText('Could not save: discs.eelscape');
  await expect(dialog).toContainText('Everything is kept in the panel');
  const fetched = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Download' }).click();
  const bytes = fs.readFileSync(await (await fetched).path());
  expect(fs.existsSync(path.join(server.folder, FILE))).toBe(false);
  await page.unroute('**/api/contents/discs.eelscape*');

  await exportMenu(page, explored.root, 'Save workspace');
  await dialog.getByLabel('File name').fill('discs');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(
    page.getByText(/Saved discs\.eelscape \(0\.\d MB\)/)
  ).toBeVisible();
  const saved = fs.readFileSync(path.join(server.folder, FILE));
  expect(saved.length).toBe(bytes.length);
  expect(saved.length).toBeLessThan(34 * 44 * 64 * 4);

  // Again under the same name: only after a question.
  await exportMenu(page, explored.root, 'Save workspace');
  await dialog.getByLabel('File name').fill('discs');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toContainText('Replace discs.eelscape?');
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  // The kernel goes, the page is another.
  const sessions = (await (
    await fetch(`${server.url}/api/sessions`)
  ).json()) as { id: string }[];
  for (const { id } of sessions) {
    await fetch(`${server.url}/api/sessions/${id}`, { method: 'DELETE' });
  }
  await page.goto(`${server.url}/lab/workspaces/of-the-file?reset`);
  await page.waitForFunction(
    () =>
      'jupyterapp' in window && !document.querySelector('#jupyterlab-splash')
  );
  await page
    .locator('.jp-DirListing-item', { hasText: FILE })
    .dblclick({ timeout: 60_000 });
  // From here on the panel of the file.
  const root = page.locator('[data-eelscape-id^="file-"]');
  const view = (id: string) => root.locator(`[data-eelscape-view="${id}"]`);
  await expect(root).toHaveAttribute('data-eelscape-status', 'done', {
    timeout: 60_000
  });
  await showAlone(page);
  await expect(root).toHaveAttribute('data-eelscape-layout', 'wide');
  await expect(view('signal')).toContainText('use Connect data');
  await root
    .locator('.jp-Eelscape-viewChoice:visible')
    .first()
    .selectOption('pins');
  const pins = view('pins');
  await expect
    .poll(() => readout(root), { timeout: 30_000 })
    .toEqual(before.readout);
  await expect
    .poll(() => painted(view('decoded')), { timeout: 30_000 })
    .toEqual(before.decoded);
  await expect
    .poll(() => painted(view('navigator')), { timeout: 30_000 })
    .toEqual(before.navigator);
  await expect(pins.locator('[role=option]')).toHaveAttribute(
    'aria-label',
    before.pin
  );
  await page.screenshot({
    path: path.join('build', 'screens', 'workspace.png')
  });

  // Nothing has the data yet; then another notebook has.
  const connect = root.getByRole('button', { name: 'Connect data' });
  await connect.click();
  await expect(dialog).toContainText('Looked for: si, 34 x 44 pixels');
  await dialog.getByRole('button', { name: 'Close' }).click();

  const notebook = writeNotebook(server, 'again', ['']);
  await execute(page, 'docmanager:open', { path: notebook });
  // The same values under other names, among others; no panel is open over them.
  const lines = DATA.split('\n').filter(line => !line.includes('explore('));
  const code = [...lines, 'cube, picture, less = si, haadf, si[:-1]', 'del si'];
  await expect(async () => {
    expect(await runInKernel(page, code.join('\n'))).toBe('');
  }).toPass({ timeout: 60_000 });
  await execute(page, 'docmanager:open', { path: FILE });
  await connect.click();
  await dialog.getByLabel('Notebook').selectOption('again.ipynb');
  await dialog.getByRole('button', { name: 'Search its variables' }).click();
  await expect(connect).toHaveCount(0, { timeout: 60_000 });
  await expect(view('signal')).not.toContainText('use Connect data');
  await expect(view('signal')).toContainText('Residual');
  await expect(view('readout')).toContainText('measured');
  await expect.poll(() => readout(root)).toEqual(before.readout);
});
