/**
 * The golden cases in the WebAssembly kernels in Chromium, whose relaxed SIMD
 * multiplies and adds in one instruction; 64 filters too, since they take seconds.
 */
import * as fs from 'fs';
import * as path from 'path';
import { expect, test } from '@playwright/test';
import { describeChecks } from '../../src/network/__tests__/oracle-report';
import {
  ROOT,
  serveOracle,
  type IOracleServer
} from '../network/oracle-server';

const SHARED = path.join(ROOT, '..', 'shared', 'golden');
const CASES = ['im2spec', 'spec2im_pool16', 'spec2im_repo'];

let server: IOracleServer;

test.beforeAll(async () => {
  server = await serveOracle(
    {
      golden: path.join(ROOT, 'tests', 'fixtures', 'golden'),
      shared: SHARED,
      kernels: path.join(ROOT, 'lib', 'network', 'wasm')
    },
    'wasm-kernels.ts'
  );
});

test.afterAll(() => server?.close());

test('Chromium takes the kernels with relaxed SIMD', async ({ page }) => {
  await page.goto(server.address);
  expect(await page.evaluate(() => window.takesRelaxed())).toBe(true);
});

for (const variant of ['plain', 'relaxed'] as const) {
  for (const name of CASES.flatMap(kind => [`${kind}_n8`, `${kind}_n64`])) {
    test(`${name} in the ${variant} kernels`, async ({ page }) => {
      const small = name.endsWith('n8');
      test.skip(
        !small && !fs.existsSync(path.join(SHARED, `${name}.safetensors`)),
        'The files with 64 filters take 20 MB and are not in the repository.'
      );
      await page.goto(server.address);
      const checks = await page.evaluate(
        ([v, n, f]) => window.runInKernels(v, n, f),
        [variant, name, small ? '/golden' : '/shared'] as const
      );
      console.log(describeChecks(`${name} in the ${variant} kernels`, checks));
      expect(checks.length).toBeGreaterThanOrEqual(7);
      expect(checks.filter(check => !check.passed)).toEqual([]);
    });
  }
}
