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

/** What there is more of than before, in words; garbage gets some time to go. */
async function growth(
  page: Page,
  holdings: Holdings,
  before: IHeld,
  kernel: readonly number[]
): Promise<string[]> {
  await expectNoWorker(page);
  let grown: string[] = [];
  const keys = Object.keys(before) as (keyof IHeld)[];
  for (let attempt = 0; attempt < 10; attempt++) {
    const now = await holdings.count();
    const there = await inKernel(page);
    if (attempt === 0) {
      console.log('before', before, kernel, 'now', now, there);
    }
    grown = [
      ...keys
        .filter(key => now[key] > before[key])
        .map(key => `${key}: ${before[key]} before, ${now[key]} now`),
      ...there.flatMap((count, i) =>
        count > kernel[i]
          ? [`in the kernel: ${kernel} before, ${there} now`]
          : []
      )
    ];
    if (grown.length === 0) {
      break;
    }
    await page.waitForTimeout(1000);
  }
  return grown;
}

/**
 * JupyterLab makes some things late and once (on a timer, not by anything that a panel does):
 * what a time leaves behind, every later time leaves too. So growth counts where it comes
 * again in each of three rounds.
 */
async function expectNothingLeft(
  page: Page,
  holdings: Holdings,
  rounds: readonly (() => Promise<void>)[]
): Promise<void> {
  const found: string[][] = [];
  for (const round of rounds) {
    await expectNoWorker(page);
    const before = await holdings.count();
    const kernel = await inKernel(page);
    await round();
    const grown = await growth(page, holdings, before, kernel);
    if (grown.length === 0) {
      return;
    }
    found.push(grown);
  }
  expect(found).toEqual([]);
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
  await expectNothingLeft(page, holdings, [
    () => times(3, TIMES),
    () => times(1, 10),
    () => times(1, 10)
  ]);
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
    const tensors = async () => (await holdings.count()).tensors;
    /** Of the three models used last. */
    let afterThree = 0;
    for (let run = 1; run <= runs; run++) {
      await train(page);
      await seeGrid(page);
      if (run <= 3) {
        afterThree = await tensors();
        expect(afterThree).toBeGreaterThan(0);
      }
    }
    // The networks of the three models used last stay open for decoding.
    await expect.poll(() => page.workers().length).toBeLessThanOrEqual(3);
    expect(await tensors()).toBe(afterThree);
    expect((await holdings.count()).comms).toBe(comms);
    expect(await runInKernel(page, 'print(len(ex.models))')).toBe(`${runs}\n`);
    await close(page);
  };
  await panelWith(2);
  await expectNothingLeft(page, holdings, [
    () => panelWith(TIMES),
    () => panelWith(10),
    () => panelWith(10)
  ]);
});
