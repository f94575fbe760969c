/** GPUs that go at every kind of moment: WebGL's context and WebGPU's device, on Chromium's software renderers. */
import { expect, test } from '@playwright/test';
import { differenceOf, expectSound, LossPage } from '../network/loss-checks';

const RUN = { epochs: 5, batchSize: 10, checkpointEvery: 1e-9 } as const;

let gpu: LossPage;

test.beforeEach(async () => {
  gpu = await LossPage.open();
});

test.afterEach(async () => {
  await gpu.close();
});

test('[B2] WebGL contexts lost before the first step, in a step, in a test, in an evaluation and in the last one', async () => {
  const whole = await gpu.page.evaluate(
    run => self.trainLosing({ ...run, backend: 'webgl', evaluateEvery: 1 }, []),
    RUN
  );
  const found = await gpu.page.evaluate(
    ([run, calls]) =>
      self
        .trainLosing(
          { ...run, backend: 'webgl', evaluateEvery: 1 },
          [
            // What is uploaded before the first step; within one; around the end of an epoch.
            3,
            900, 1700, 1850, 2050
          ]
        )
        .then(async many => [
          many,
          // The last evaluation.
          await self.trainLosing(
            { ...run, backend: 'webgl', evaluateEvery: 1 },
            [calls - 20]
          )
        ]),
    [RUN, whole.calls] as const
  );
  const differences = found.map(each => expectSound(each, whole));
  expect(found.map(({ workers }) => workers)).toEqual([6, 2]);
  expect(found[0].notice).toMatch(/GPU was reset; resumed from epoch \d\./);
  expect(found[1].notice).toContain('GPU was reset; resumed from epoch 5.');
  test.info().annotations.push({
    type: 'largest relative differences',
    description: String(differences)
  });
});

test('[B2] a WebGPU device that is lost in mid-training: the run goes on with the same losses', async () => {
  const [wanted, found] = await gpu.page.evaluate(async run => {
    const request = { ...run, backend: 'webgpu' } as const;
    const whole = await self.trainLosing(request, []);
    return [
      whole,
      await self.trainLosing(request, [Math.round(0.5 * whole.calls)])
    ];
  }, RUN);
  expect(found.workers).toBe(2);
  expect(found.backend).toBe('webgpu');
  expect(found.notice).toMatch(/GPU was reset; resumed from epoch [1-4]\./);
  expectSound(found, wanted);
  expect(differenceOf(found.history, wanted.history)).toBe(0);
});

test('[B2] a WebGL context that is lost again and again before a step: the next backend trains', async () => {
  const [wanted, found] = await gpu.page.evaluate(
    async run => [
      await self.trainLosing({ ...run, backend: 'wasm' }, []),
      await self.trainLosing({ ...run, backend: 'webgl' }, [3, 30])
    ],
    RUN
  );
  expect(found.backend).toBe('wasm');
  expect(found.notice).toMatch(
    /^WebGL was asked for, WebAssembly is used: WebGL failed \(the GPU was reset 2 times in a row\); /
  );
  expect(found.history).toEqual(wanted.history);
});

test('[B2] a GPU that is lost while it is measured is measured again', async () => {
  const found = await gpu.page.evaluate(() =>
    self.calibrateLosing('webgl', [40])
  );
  expect(found).toMatchObject({ backend: 'webgl', workers: 2 });
  expect(found.millisecondsPerStep).toBeGreaterThan(1);
  const never = await gpu.page.evaluate(() =>
    self.calibrateLosing('webgpu', [2, 2])
  );
  expect(never.millisecondsPerStep).toBeNaN();
  expect(never.reason).toMatch(/^Not measured: The WebGPU device was lost/);
});

test('[B2] an opened network answers the same where its WebGL context is lost, and from the next backend where it always is', async () => {
  const found = await gpu.page.evaluate(() =>
    self.askLosing('webgl', [60, 5, 400, 20, 20, 20], 4)
  );
  expect(found.difference).toBeLessThan(1e-3);
  expect(found.backends[0]).toBe('webgl');
  expect(found.backends[3]).toBe('wasm');
});
