/** What tests of interrupted runs do. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, type Locator } from '@playwright/test';
import type { IServer } from './lab';

/** Checkpoints every second, so that a test need not wait for one. */
export function keepOften(server: IServer): void {
  const folder = path.join(server.folder, '.settings/eelscape');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(
    path.join(folder, 'plugin.jupyterlab-settings'),
    JSON.stringify({ checkpointEvery: 1 })
  );
}

/** Goes on with the run that a panel offers; the epoch that it offers. */
export async function resumeRun(root: Locator): Promise<number> {
  await expect(root).toContainText(
    /Restored epoch \d+ of \d+ \(saved \d+ s ago\)/,
    { timeout: 90_000 }
  );
  const text = (await root.textContent()) ?? '';
  const restored = Number(/Restored epoch (\d+)/.exec(text)![1]);
  await root.getByRole('button', { name: 'Resume', exact: true }).click();
  await expect(root).toHaveAttribute('data-eelscape-status', 'training', {
    timeout: 30_000
  });
  return restored;
}
