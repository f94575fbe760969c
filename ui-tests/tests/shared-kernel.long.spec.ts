/** Two notebooks, and two tabs, on one kernel: one goes, the other one has what it needs. */
import type { Page } from '@playwright/test';
import {
  execute,
  expect,
  openNotebook,
  panel,
  test,
  writeNotebook
} from '../lab';
import { runInKernel } from '../leaks';

const DATA = [
  'import numpy as np, eelscape',
  'si = np.random.default_rng(0).random((20, 24, 30), dtype=np.float32)',
  'image = si.sum(2)',
  'setup = dict(epochs=2, filters=8, window=8, backend="wasm")',
  'first = eelscape.explore(si, image, title="first")'
].join('\n');

interface ISession {
  session?: { path: string; kernel?: { id: string } | null } | null;
}

interface IPageApp {
  shell: {
    widgets(
      area: string
    ): Iterable<{ sessionContext?: ISession; dispose(): void }>;
  };
}

/** Id of the kernel of a notebook; '' before it has one. */
function kernelOf(page: Page, file: string): Promise<string> {
  return page.evaluate(path => {
    const app = (window as unknown as { jupyterapp: IPageApp }).jupyterapp;
    return (
      [...app.shell.widgets('main')]
        .map(({ sessionContext }) => sessionContext?.session)
        .find(session => session?.path === path)?.kernel?.id ?? ''
    );
  }, file);
}

async function ready(page: Page, count: number): Promise<void> {
  await expect(panel(page)).toHaveCount(count, { timeout: 60_000 });
  await expect(panel(page).last()).toHaveAttribute(
    'data-eelscape-status',
    /ready|done/,
    { timeout: 60_000 }
  );
}

test('[K10] the second of two notebooks has the panels when the first is closed', async ({
  page,
  server
}) => {
  const [first, second] = ['shared-first', 'shared-second'].map(name =>
    writeNotebook(server, name, [''])
  );
  await openNotebook(page, server, first);
  expect(await runInKernel(page, DATA)).toBe('');
  await ready(page, 1);
  const id = await kernelOf(page, first);
  await execute(page, 'docmanager:open', {
    path: second,
    factory: 'Notebook',
    kernel: { id }
  });
  await expect.poll(() => kernelOf(page, second)).toBe(id);
  await page.evaluate(path => {
    const app = (window as unknown as { jupyterapp: IPageApp }).jupyterapp;
    [...app.shell.widgets('main')]
      .find(({ sessionContext }) => sessionContext?.session?.path === path)!
      .dispose();
  }, first);
  expect(await kernelOf(page, first)).toBe('');
  await runInKernel(
    page,
    'second = eelscape.explore(si, image, title="second")'
  );
  await ready(page, 2);
  // Both are served: the panel of the notebook that was closed has a line again.
  for (const name of ['second', 'first']) {
    expect(
      await runInKernel(page, `print(${name}.train("im2spec", **setup).epoch)`)
    ).toMatch(/^2$/m);
  }
});

test('[K10] a tab that crashes leaves its place to another one', async ({
  page,
  context,
  server
}) => {
  const file = writeNotebook(server, 'crashing', ['']);
  await openNotebook(page, server, file);
  expect(await runInKernel(page, DATA)).toBe('');
  await ready(page, 1);
  const other = await context.newPage();
  await openNotebook(other, server, file);
  await ready(other, 1);
  const crashed = page.waitForEvent('crash');
  const session = await context.newCDPSession(page);
  void session.send('Page.crash').catch(() => undefined);
  await crashed;
  await runInKernel(other, 'run = first.train("im2spec", **setup, wait=False)');
  await expect
    .poll(() => runInKernel(other, 'print(run.state)'), { timeout: 90_000 })
    .toBe('done\n');
  expect(await runInKernel(other, 'print(first.models[0].epoch)')).toBe('2\n');
});
