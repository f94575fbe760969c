/** An opened workspace file is saved as any document of JupyterLab is. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Page } from '@playwright/test';
import { showAlone } from '../explored';
import { expect, test, type IServer } from '../lab';

const FILE = 'old.eelscape';
const OLD = path.resolve(
  __dirname,
  '../../tests/fixtures/workspace/version-1.eelscape'
);

interface IState {
  readonly pointer: readonly number[];
  readonly pins: readonly { letter: string; row: number; column: number }[];
}

/** What the file says of the panel: the JSON in its tensor `workspace`. */
function stateIn(file: string): IState {
  const bytes = fs.readFileSync(file);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, start));
  const [begin, end] = header.workspace.data_offsets;
  const text = bytes.toString('utf8', start + begin, start + end);
  return JSON.parse(text).state;
}

async function openLab(page: Page, server: IServer): Promise<void> {
  await page.goto(`${server.url}/lab/workspaces/saving?reset`);
  await page.waitForFunction(
    () =>
      'jupyterapp' in window && !document.querySelector('#jupyterlab-splash')
  );
}

test('Ctrl+S puts what the panel shows into the file it was opened from', async ({
  page,
  server
}) => {
  const file = path.join(server.folder, FILE);
  fs.copyFileSync(OLD, file);
  const old = stateIn(file);
  expect(old.pins).toHaveLength(1);
  await openLab(page, server);
  await page.locator('.jp-DirListing-item', { hasText: FILE }).dblclick();
  const root = page.locator('[data-eelscape-id^="file-"]');
  await expect(root).toHaveAttribute('data-eelscape-status', 'done', {
    timeout: 60_000
  });
  await showAlone(page);
  const pins = root.locator(
    '[data-eelscape-view="navigator"] .jp-Eelscape-pin'
  );
  await expect(pins).toHaveCount(1);
  await root
    .locator('[data-eelscape-view="navigator"] .jp-Eelscape-body')
    .focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('p');
  await expect(pins).toHaveCount(2);
  await page.keyboard.press('Control+s');
  const [row, column] = old.pointer;
  await expect
    .poll(() => stateIn(file).pins.map(pin => [pin.row, pin.column]))
    .toEqual([
      [old.pins[0].row, old.pins[0].column],
      [row - 1, column]
    ]);
  expect(stateIn(file).pointer).toEqual([row - 1, column]);

  // Another page has it from the file alone.
  await openLab(page, server);
  await page.locator('.jp-DirListing-item', { hasText: FILE }).dblclick();
  await expect(root).toHaveAttribute('data-eelscape-status', 'done', {
    timeout: 60_000
  });
  await expect(pins).toHaveCount(2);
});
