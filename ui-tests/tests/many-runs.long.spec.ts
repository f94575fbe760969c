/** Thirty runs in one session leave nothing behind that two do not. */
import type { Page } from '@playwright/test';
import { Holdings, runInKernel, type IHeld } from '../leaks';
import {
  expect,
  openNotebook,
  panel,
  test,
  writeNotebook,
  type IServer
} from '../lab';

const TIMES = 30;

const DATA = [
  'import comm, gc, threading, numpy as np, eelscape',
  'values = np.random.default_rng(0)',
  'si = values.random((20, 40, 24), dtype=np.float32)',
  'haadf = values.random((20, 40), dtype=np.float32)',
  'other = eelscape.explore(si[:18], haadf[:18], name="other")'
].join('\n');
// 153 training windows: two steps.
const TRAIN =
  'model = ex.train("im2spec", filters=8, window=4, epochs=1, batch_size=128, backend="wasm")\n' +
  'print("trained", model.epoch, len(ex.models))';
const KERNEL = [
  'gc.collect()',
  'ours = [o for o in gc.get_objects() if str(getattr(type(o), "__module__", "")).startswith("eelscape")]',
  'print(len(comm.get_comm_manager().comms), len(ours), threading.active_count())',
  'del ours'
].join('\n');

/** The panel in front of the other one. */
function front(page: Page) {
  return page.locator('[data-eelscape-id]:visible');
}

/**
 * A notebook with a panel that stays open: JupyterLab itself keeps the tab bar of every area of
 * its main area that is closed, and the panels under test are to share one.
 */
async function open(
  page: Page,
  server: IServer,
  name: string
): Promise<Holdings> {
  await openNotebook(page, server, writeNotebook(server, name, ['']));
  expect(await runInKernel(page, DATA)).toBe('');
  await expect(front(page)).toHaveAttribute('data-eelscape-status', 'ready', {
    timeout: 60_000
  });
  return Holdings.of(page);
}

/** Comms, objects of the package and threads that the kernel holds. */
async function inKernel(page: Page): Promise<readonly number[]> {
  return (await runInKernel(page, KERNEL)).split(' ').map(Number);
}

async function explore(page: Page): Promise<void> {
  expect(
    await runInKernel(page, 'ex = eelscape.explore(si, haadf)')
  ).not.toContain('Error');
  await expect(panel(page)).toHaveCount(2);
  await expect(front(page)).toHaveAttribute('data-eelscape-status', 'ready', {
    timeout: 60_000
  });
}

async function train(page: Page): Promise<void> {
  expect(await runInKernel(page, TRAIN)).toContain('trained 1');
  await expect(front(page)).toHaveAttribute('data-eelscape-status', 'done', {
    timeout: 60_000
  });
}

/** Waits for the latent grid, whose network is opened after the run. */
async function seeGrid(page: Page): Promise<void> {
  const grid = front(page).locator('[data-eelscape-view="decoded"] svg text');
  await expect(grid.first()).toBeAttached({ timeout: 60_000 });
}

async function close(page: Page): Promise<void> {
  await page
    .locator('.lm-TabBar-tab.lm-mod-current', { hasText: /^si$/ })
    .locator('.lm-TabBar-tabCloseIcon')
    .click();
  await expect(panel(page)).toHaveCount(1);
  expect(await runInKernel(page, 'ex.close()\ndel ex, model')).toBe('');
}

/** Waits for the end of workers that are still at work: how fast the other panel would train. */
async function expectNoWorker(page: Page): Promise<void> {
  await expect.poll(() => page.workers().length, { timeout: 90_000 }).toBe(0);
}

/** Everything that was counted after the second time, in the page and in the kernel. */
async function expectNothingLeft(
  page: Page,
  holdings: Holdings,
  before: IHeld,
  kernel: readonly number[]
): Promise<void> {
  await expectNoWorker(page);
  await expect
    .poll(
      async () => {
        const now = await holdings.count();
        const keys = Object.keys(now) as (keyof IHeld)[];
        return keys
          .filter(key => now[key] > before[key])
          .map(key => `${key}: ${before[key]} before, ${now[key]} now`);
      },
      // Garbage may need another moment.
      { timeout: 20_000 }
    )
    .toEqual([]);
  const now = await inKernel(page);
  now.forEach((count, i) => expect(count).toBeLessThanOrEqual(kernel[i]));
}

/** The larger of both counts of everything. */
function mostOf(a: IHeld, b: IHeld): IHeld {
  const keys = Object.keys(a) as (keyof IHeld)[];
  return Object.fromEntries(
    keys.map(key => [key, Math.max(a[key], b[key])])
  ) as unknown as IHeld;
}

test('[B8] open, train two steps, close, thirty times: nothing is left', async ({
  page,
  server
}) => {
  test.setTimeout(600_000);
  const holdings = await open(page, server, 'thirty-panels');
  const times = async (from: number, to: number) => {
    for (let time = from; time <= to; time++) {
      await explore(page);
      await train(page);
      await seeGrid(page);
      await close(page);
    }
  };
  await times(1, 2);
  await expectNoWorker(page);
  const second = await holdings.count();
  const kernel = await inKernel(page);
  // JupyterLab makes some things late and once: what a time leaves behind, the twenty that follow leave too.
  await times(3, 10);
  await expectNoWorker(page);
  const tenth = await holdings.count();
  const before = mostOf(second, tenth);
  await times(11, TIMES);
  await expectNothingLeft(page, holdings, before, kernel);
});

test('[B8] thirty runs in one panel leave no more than two', async ({
  page,
  server
}) => {
  test.setTimeout(600_000);
  const holdings = await open(page, server, 'thirty-runs');
  const panelWith = async (runs: number) => {
    await explore(page);
    const { comms } = await holdings.count();
    for (let run = 1; run <= runs; run++) {
      await train(page);
      await seeGrid(page);
    }
    // The networks of the three models used last stay open for decoding.
    await expect.poll(() => page.workers().length).toBeLessThanOrEqual(3);
    expect((await holdings.count()).comms).toBe(comms);
    expect(await runInKernel(page, 'print(len(ex.models))')).toBe(`${runs}\n`);
    await close(page);
  };
  await panelWith(2);
  await expectNoWorker(page);
  const before = await holdings.count();
  const kernel = await inKernel(page);
  await panelWith(TIMES);
  await expectNothingLeft(page, holdings, before, kernel);
});
