/** Runs in workers that are stopped at any moment. */
import { expect, test } from '@playwright/test';
import { smallPositions } from '../../src/network/__tests__/small-data';
import { LossPage } from '../network/loss-checks';
import { Random } from '../soak/random';

const RUN = { epochs: 400, checkpointEvery: 1e-3, evaluateEvery: 5 } as const;

test('[B7] a run in a worker that is stopped at any moment keeps its last complete epoch, and its worker ends', async () => {
  const random = new Random(7);
  const chromium = await LossPage.open();
  const { page } = chromium;
  const request = { ...RUN, backend: 'wasm' } as const;
  const whole = await page.evaluate(run => self.trainLosing(run, []), {
    ...request,
    epochs: 150
  });
  // Before the worker has its code, while its backend starts, and on the way.
  const moments = [
    0,
    0,
    5,
    40,
    ...Array.from({ length: 12 }, () => random.whole(0, 500))
  ];
  const epochs: number[] = [];
  for (const moment of moments) {
    const { epoch, stopped, train, evaluated } = await page.evaluate(
      ([run, ms]) => self.stopAfter(run, ms),
      [request, moment] as const
    );
    expect(stopped).toBe(true);
    expect(train).toHaveLength(epoch);
    const known = Math.min(epoch, whole.epoch);
    expect(train.slice(0, known)).toEqual(whole.history.train.slice(0, known));
    expect(evaluated).toBe(epoch > 0 ? smallPositions().length : 0);
    await expect.poll(() => page.workers().length).toBe(0);
    epochs.push(epoch);
  }
  await chromium.close();
  // Some before their first epoch, some behind it.
  expect(epochs[0]).toBe(0);
  expect(Math.max(...epochs)).toBeGreaterThan(1);
});
