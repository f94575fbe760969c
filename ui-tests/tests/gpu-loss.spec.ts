/** A WebGL context that goes from a worker that trains, on Chromium's software renderer. */
import { expect, test } from '@playwright/test';
import { expectSound, LossPage } from '../network/loss-checks';

const RUN = { epochs: 5, batchSize: 10, checkpointEvery: 1e-9 } as const;

test('[B2] a WebGL context that is lost in mid-training: the run goes on from its last good step, and says so', async () => {
  const gpu = await LossPage.open();
  const [wanted, found] = await gpu.page.evaluate(
    async run => [
      await self.trainLosing({ ...run, backend: 'wasm' }, []),
      // In the third epoch, of about 1800 calls each.
      await self.trainLosing({ ...run, backend: 'webgl' }, [4300])
    ],
    RUN
  );
  await gpu.close();
  expect(found.workers).toBe(2);
  expect(found.backend).toBe('webgl');
  expect(found.notice).toContain('GPU was reset; resumed from epoch 2.');
  expectSound(found, wanted);
});
