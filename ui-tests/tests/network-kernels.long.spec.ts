/**
 * The WGSL kernels at sizes beyond the golden cases, and runs with them, on
 * Chromium's software WebGPU: every machine has it, and the kernels are the same.
 */
import { expect, test, type Browser, type Page } from '@playwright/test';
import type {} from '../network/kernels';
import {
  launchWithSoftwareGpu,
  serveOracle,
  type IOracleServer
} from '../network/oracle-server';

let server: IOracleServer;
let browser: Browser;
let page: Page;

test.beforeAll(async () => {
  server = await serveOracle({}, 'kernels.ts');
  browser = await launchWithSoftwareGpu();
  // One page: kernels that it has compiled serve the tests that follow.
  page = await browser.newPage();
  await page.goto(server.address);
});

test.afterAll(async () => {
  await browser?.close();
  await server?.close();
});

// kind, latents, filters, window, channels, first row of the batch, samples.
const SIZES = [
  ['im2spec', 1, 16, 8, 37, 9, 5],
  ['im2spec', 10, 24, 12, 21, 0, 9],
  ['im2spec', 2, 72, 6, 19, 3, 2],
  ['spec2im', 3, 16, 12, 53, 0, 9],
  ['spec2im', 10, 24, 8, 37, 9, 5],
  ['spec2im', 1, 72, 4, 35, 3, 3]
] as const;

for (const size of SIZES) {
  const [kind, latentDims, filters, window, channels, start, n] = size;
  test(`${kind}, ${filters} filters, ${latentDims} latents, window ${window}, ${channels} channels, ${n} samples`, async () => {
    const found = await page.evaluate(
      ([spec, first, samples]) => self.compare(spec, first, samples),
      [{ kind, latentDims, filters, window, channels }, start, n] as const
    );
    console.log(
      found
        .map(
          d =>
            `  ${d.error.toExponential(1)} <= ${d.tolerance.toExponential(1)}  ${d.what}`
        )
        .join('\n')
    );
    expect(found).toHaveLength(6);
    expect(found.filter(d => !(d.error <= d.tolerance))).toEqual([]);
  });
}

const SPEC = {
  kind: 'im2spec',
  latentDims: 2,
  filters: 8,
  window: 8,
  channels: 20
} as const;

test('a run follows that of the cpu backend: losses, latents, predictions', async () => {
  // Batches of 7, 7 and 6 of the 20 windows.
  const changes = { spec: SPEC, batchSize: 7, epochs: 3 };
  const [cpu, wgsl] = await page.evaluate(
    async wanted => [
      await self.trainSmall('cpu', wanted),
      await self.trainSmall('webgpu', wanted)
    ],
    changes
  );
  expect(wgsl.notice).toBe('');
  expect(wgsl.epoch).toBe(3);
  for (const part of ['train', 'test'] as const) {
    expect(wgsl[part]).toHaveLength(3);
    wgsl[part].forEach((loss, i) => {
      expect(Math.abs(loss / cpu[part][i] - 1)).toBeLessThan(1e-3);
    });
  }
  for (const part of ['latents', 'predictions'] as const) {
    const size = Math.max(...cpu[part].map(Math.abs));
    const apart = wgsl[part].map((v, i) => Math.abs(v - cpu[part][i]) / size);
    expect(wgsl[part]).toHaveLength(cpu[part].length);
    // Adam moves biases whose gradient is zero but for rounding by the whole
    // learning rate, and the running means lag behind them.
    expect(Math.max(...apart)).toBeLessThan(1e-2);
  }
});

for (const kind of ['im2spec', 'spec2im'] as const) {
  test(`${kind}: sessions and runs decode as TF.js does`, async () => {
    const found = await page.evaluate(spec => self.compareSessions(spec), {
      ...SPEC,
      kind
    });
    expect(found.classes).toEqual(['WgslPredictor', 'Predictor']);
    expect(found.differences.map(d => d.what)).toEqual([
      'encode',
      'decode',
      'evaluate: latents',
      'evaluate: predictions',
      'decode of a run'
    ]);
    expect(found.differences.filter(d => !(d.error < 2e-5))).toEqual([]);
  });
}

test('two epochs and two more are about four in one go', async () => {
  const { whole, parts, stopped } = await page.evaluate(
    spec => self.resumeRun(spec),
    SPEC
  );
  expect(parts).toHaveLength(4);
  parts.forEach((loss, i) => {
    expect(Math.abs(loss / whole[i] - 1)).toBeLessThan(1e-4);
  });
  // What a broken off epoch leaves is the end of the one before it.
  expect(stopped).toEqual({ steps: 6, parameters: true, moments: true });
});

test('the profile of a step times every kernel', async () => {
  const { labels, finite } = await page.evaluate(
    spec => self.profileLabels(spec),
    SPEC
  );
  expect(labels.slice(0, 2)).toEqual(['whole step', 'nothing']);
  // Those of a step, the optimiser's included.
  expect(labels).toHaveLength(2 + 56);
  expect(labels.at(-1)).toBe('update adam');
  expect(finite).toBe(true);
});

test('what the kernels cannot take goes to TF.js and says so', async () => {
  const changes = { spec: { ...SPEC, filters: 12 }, epochs: 1 };
  const { notice, train } = await page.evaluate(
    wanted => self.trainSmall('webgpu', wanted),
    changes
  );
  expect(notice).toBe(
    'Filters 12: the WGSL kernels take multiples of 8; ' +
      "TF.js's kernels are used."
  );
  expect(train.every(Number.isFinite)).toBe(true);
});

test('a GPU without memory for the kernels trains with TF.js', async () => {
  const { notice, train, left } = await page.evaluate(
    async wanted => {
      self.refuse(true);
      const found = await self.trainSmall('webgpu', wanted);
      self.refuse(false);
      return { ...found, left: self.left() };
    },
    { spec: SPEC, epochs: 1 }
  );
  expect(notice).toMatch(/^The WGSL kernels do not start: .*TF\.js's kernels/);
  expect(train.every(Number.isFinite)).toBe(true);
  expect(left.tensors).toBeGreaterThan(0);
});

test('a loss that is not finite ends in the last finite epoch', async () => {
  const { epoch, train, notice, latents } = await page.evaluate(
    wanted => self.trainSmall('webgpu', wanted),
    { spec: SPEC, epochs: 4, learningRate: 1e30 }
  );
  expect(epoch).toBeLessThan(4);
  expect(train).toHaveLength(epoch);
  expect(notice).toContain(`restored epoch ${epoch}`);
  expect(latents.every(Number.isFinite)).toBe(true);
});

test('thirty runs leave no buffer and no tensor', async () => {
  test.setTimeout(600_000);
  const [first, last] = await page.evaluate(
    async wanted => {
      await self.trainSmall('webgpu', wanted);
      const before = self.left();
      for (let i = 0; i < 30; i++) {
        await self.trainSmall('webgpu', wanted);
      }
      return [before, self.left()];
    },
    { spec: SPEC, epochs: 1 }
  );
  expect(last).toEqual(first);
});

test('a lost GPU ends the run with what to do', async () => {
  // Its own browser: the GPU's process dies.
  const own = await launchWithSoftwareGpu();
  try {
    const lost = await own.newPage();
    await lost.goto(server.address);
    const training = lost.waitForEvent('console', {
      predicate: message => message.text() === 'training',
      timeout: 240_000
    });
    const message = lost.evaluate(() => self.trainUntilLost());
    await training;
    const session = await own.newBrowserCDPSession();
    await session.send('Browser.crashGpuProcess').catch(() => undefined);
    expect(await message).toMatch(/^The WebGPU device was lost: .*Train again/);
  } finally {
    await own.close();
  }
});
