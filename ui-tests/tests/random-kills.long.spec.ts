/** One training run and twenty disturbances in a row: it ends with the losses of a run without any. */
import type { Page } from '@playwright/test';
import {
  expect,
  openNotebook,
  panel,
  test,
  writeNotebook,
  type IServer
} from '../lab';
import { keepOften, resumeRun } from '../interruptions';
import { runInKernel } from '../leaks';
import { expectSound, LossPage } from '../network/loss-checks';
import { Random } from '../soak/random';

const TIMES = 20;
const SEED = 20261123;

const DATA = [
  'import json, os, numpy as np, eelscape',
  'values = np.random.default_rng(0)',
  'si = values.random((24, 44, 96), dtype=np.float32)',
  'haadf = values.random((24, 44), dtype=np.float32)',
  'ex = eelscape.explore(si, haadf)'
].join('\n');
const EPOCHS = 160;
const SETUP = `"im2spec", filters=16, window=8, epochs=${EPOCHS}, batch_size=32, seed=4, backend="wasm"`;
const HISTORY =
  'print(json.dumps([m.history for m in ex.models], allow_nan=False))';

type Fault = 'kernel' | 'page' | 'worker';

/** Twenty faults in an order that follows from the seed; between two kernels that die the page is loaded, whose user runs the cell again. */
function faultsOf(random: Random): Fault[] {
  const faults: Fault[] = [];
  for (let block = 0; block < 6; block++) {
    const others: Fault[] = block % 3 === 0 ? ['worker', 'worker'] : ['worker'];
    const at = random.whole(0, others.length + 1);
    faults.push(...others.slice(0, at), 'kernel', ...others.slice(at), 'page');
  }
  return faults;
}

/** A notebook whose panel trains, and what happens to it. */
class Session {
  constructor(
    private readonly _page: Page,
    private readonly _server: IServer,
    private readonly _file: string
  ) {}

  get root() {
    return panel(this._page);
  }

  python(code: string): Promise<string> {
    return runInKernel(this._page, code);
  }

  /** Opens the notebook, runs its cell where the kernel is a new one, and waits for the data. */
  async open(): Promise<void> {
    await openNotebook(this._page, this._server, this._file);
    if (this._lost) {
      await this._page.evaluate(() => {
        const { jupyterapp } = window as unknown as {
          jupyterapp: { commands: { execute(id: string): Promise<unknown> } };
        };
        void jupyterapp.commands.execute('notebook:run-all-cells');
      });
      this._lost = false;
    }
    await expect(this.root).toHaveAttribute(
      'data-eelscape-status',
      /ready|done/,
      { timeout: 90_000 }
    );
    this._pid = Number(await this.python('print(os.getpid())'));
  }

  /** The epoch that the panel shows; NaN where it shows none. */
  async epoch(): Promise<number> {
    const text = (await this.root.textContent()) ?? '';
    return Number(/Epoch (\d+) \/ /.exec(text)?.[1] ?? NaN);
  }

  /** How many runs the browser keeps a checkpoint of. */
  keptRuns(): Promise<number> {
    return this._page.evaluate(async () => {
      const answer = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const name = 'eelscape-checkpoints';
      const all = await indexedDB.databases();
      if (!all.some(one => one.name === name)) {
        return 0;
      }
      const database = await answer(indexedDB.open(name));
      const { objectStoreNames: stores } = database;
      const count = stores.contains('runs')
        ? await answer(database.transaction('runs').objectStore('runs').count())
        : 0;
      database.close();
      return count;
    });
  }

  /** What the user does after it, too. */
  async disturb(fault: Fault): Promise<void> {
    const page = this._page;
    switch (fault) {
      case 'kernel':
        // The run goes on in the page; nothing is to be done.
        process.kill(this._pid, 'SIGKILL');
        this._lost = true;
        break;
      case 'worker':
        for (const worker of page.workers()) {
          await worker
            .evaluate(() => {
              setTimeout(() => {
                throw new Error('out of luck');
              });
            })
            .catch(() => undefined);
        }
        await expect(this.root).toContainText(/resumed from epoch \d+\./, {
          timeout: 60_000
        });
        break;
      case 'page':
        await this.open();
        await resumeRun(this.root);
    }
  }

  /** The kernel died since its cell ran. */
  private _lost = true;
  private _pid = 0;
}

test('[B1] the kernel is killed, the page loaded and the worker crashed twenty times in one run: its losses are those of an undisturbed run', async ({
  page,
  server
}) => {
  keepOften(server);
  // A notebook that is not saved asks before its page goes.
  page.on('dialog', dialog => void dialog.accept());
  const random = new Random(SEED);
  const session = new Session(
    page,
    server,
    writeNotebook(server, 'random-kills', [DATA])
  );
  const { root } = session;
  await session.open();
  await session.python(`ex.train(${SETUP})`);
  const [whole] = JSON.parse(await session.python(HISTORY));
  expect(whole.train).toHaveLength(EPOCHS);

  await session.python(`run = ex.train(${SETUP}, wait=False)`);
  const faults = faultsOf(random);
  expect(faults).toHaveLength(TIMES);
  // A worker that crashes before the first checkpoint leaves nothing to resume from.
  await expect
    .poll(() => session.keptRuns(), { timeout: 60_000, intervals: [50] })
    .toBe(1);
  let from = await session.epoch();
  for (const fault of faults) {
    const next = from + random.whole(1, 5);
    await expect
      .poll(() => session.epoch(), { timeout: 60_000, intervals: [50] })
      .toBeGreaterThanOrEqual(next);
    await page.waitForTimeout(random.whole(0, 400));
    await expect(root).toHaveAttribute('data-eelscape-status', 'training');
    await session.disturb(fault);
    await expect
      .poll(() => session.epoch(), { timeout: 60_000, intervals: [50] })
      .toBeGreaterThanOrEqual(0);
    from = await session.epoch();
  }
  await expect(root).toHaveAttribute('data-eelscape-status', 'done', {
    timeout: 120_000
  });
  await expect
    .poll(async () => JSON.parse(await session.python(HISTORY)).length, {
      timeout: 60_000
    })
    .toBe(1);
  const [disturbed] = JSON.parse(await session.python(HISTORY));
  // To the last bit.
  expect(disturbed).toEqual(whole);
});

test('[B2] WebGL contexts are lost and workers crash twenty times in one run: its losses are those of an undisturbed run', async () => {
  const random = new Random(SEED);
  const gpu = await LossPage.open();
  const run = {
    backend: 'webgl',
    epochs: 24,
    batchSize: 10,
    checkpointEvery: 1e-9
  } as const;
  // About 1800 calls to the GPU an epoch; every fifth time the worker fails.
  const after = Array.from(
    { length: TIMES },
    (_, i) => (i % 5 === 4 ? -1 : 1) * random.whole(700, 2600)
  );
  const [whole, disturbed] = await gpu.page.evaluate(
    async ([request, plan]) => [
      await self.trainLosing(request, []),
      await self.trainLosing(request, plan)
    ],
    [run, after] as const
  );
  await gpu.close();
  expect(disturbed.workers).toBe(TIMES + 1);
  expect(disturbed.backend).toBe('webgl');
  expect(disturbed.notice).toMatch(/resumed from epoch \d+\.$/);
  const difference = expectSound(disturbed, whole);
  test.info().annotations.push({
    type: 'largest relative difference',
    description: String(difference)
  });
});
