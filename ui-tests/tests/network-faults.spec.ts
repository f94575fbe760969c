/** A GPU that has too little memory or does not compile, on Chromium's software WebGPU. */
import * as path from 'node:path';
import { expect, test, type Browser, type Page } from '@playwright/test';
import type {} from '../network/faults';
import {
  launchWithSoftwareGpu,
  serveOracle,
  ROOT,
  type IOracleServer
} from '../network/oracle-server';

let server: IOracleServer;
let browser: Browser;
let page: Page;

test.beforeAll(async () => {
  server = await serveOracle(
    {
      wasm: path.join(
        ROOT,
        'node_modules',
        '@tensorflow',
        'tfjs-backend-wasm',
        'dist'
      )
    },
    'faults.ts'
  );
  browser = await launchWithSoftwareGpu();
});

test.afterAll(async () => {
  await browser?.close();
  await server?.close();
});

test.beforeEach(async () => {
  page = await browser.newPage();
  await page.goto(server.address);
});

const SPEC = {
  kind: 'im2spec',
  latentDims: 2,
  filters: 8,
  window: 8,
  channels: 20
} as const;
const REQUEST = { spec: SPEC, backend: 'webgpu', batchSize: 32 } as const;

test('[B3] out of GPU memory: the batch is halved and said so, and trains as such', async () => {
  const { whole, half, found } = await page.evaluate(async wanted => {
    const half = await self.trainWith({ ...wanted, batchSize: 16 }, Infinity);
    const whole = await self.trainWith(wanted, Infinity);
    const found = await self.trainWith(wanted, (half.bytes + whole.bytes) / 2);
    return { whole, half, found };
  }, REQUEST);
  expect(whole.bytes).toBeGreaterThan(half.bytes);
  // A software renderer says what it is; nothing else is said.
  expect(whole.notice).toMatch(/^WebGPU runs on a software renderer [^.]*\.$/);
  expect(whole.steps).toBe(2);
  expect(found.backend).toBe('webgpu');
  expect(found.notice).toBe(
    `${whole.notice} WebGPU has too little memory for batches of 32 windows: batches of 16 are used.`
  );
  expect(found.steps).toBe(half.steps);
  expect(found.train).toEqual(half.train);
});

test('[B3] no batch fits the GPU: the next backend trains the whole batch', async () => {
  const found = await page.evaluate(
    wanted => self.trainWith(wanted, 1000),
    REQUEST
  );
  expect(found.backend).toBe('wasm');
  expect(found.steps).toBe(2);
  expect(found.notice).toMatch(
    /^WebGPU was asked for, WebAssembly is used: WebGPU has too little memory even for batches of 8 windows; WebGL runs on a software renderer/
  );
  expect(found.train.every(Number.isFinite)).toBe(true);
});

test('[B3] no shader compiles: the next backend trains', async () => {
  const found = await page.evaluate(
    wanted => self.trainWithoutCompiler(wanted),
    REQUEST
  );
  expect(found.backend).toBe('wasm');
  expect(found.notice).toMatch(
    /^WebGPU was asked for, WebAssembly is used: WebGPU failed \(.+\); WebGL/
  );
  expect(found.train.every(Number.isFinite)).toBe(true);
});

test('a calibration trains with the kernels that a run would use', async () => {
  const [gpu, auto, again] = await page.evaluate(async () => [
    await self.calibrateSmall('webgpu', Infinity),
    await self.calibrateSmall('auto', Infinity),
    await self.calibrateSmall('webgpu', Infinity)
  ]);
  expect(gpu).toMatchObject({ backend: 'webgpu' });
  expect(gpu.device).toMatch(/swiftshader/i);
  expect(gpu.millisecondsPerStep).toBeGreaterThan(0);
  expect(gpu.notice).toContain('software renderer');
  expect(again).toEqual(gpu);
  expect(auto).toMatchObject({ backend: 'wasm', device: '1 core' });
  expect(auto.reason).toContain('software renderer');
});
