/**
 * What takes minutes of the golden cases on a software renderer: 64 filters on
 * WebGL and WebGPU, the latter through TF.js and in our own kernels ("wgsl"),
 * and all ten steps of 8 filters on WebGPU.
 */
import * as fs from 'fs';
import * as path from 'path';
import { expect, test, type Browser } from '@playwright/test';
import { describeChecks } from '../../src/network/__tests__/oracle-report';
import {
  launchWithSoftwareGpu,
  ROOT,
  serveOracle,
  type IOracleServer
} from '../network/oracle-server';

const SHARED = path.join(ROOT, '..', 'shared', 'golden');
const KINDS = ['im2spec', 'spec2im_pool16', 'spec2im_repo'];

let server: IOracleServer;
let browser: Browser;

test.beforeAll(async () => {
  server = await serveOracle({
    golden: path.join(ROOT, 'tests', 'fixtures', 'golden'),
    shared: SHARED
  });
  browser = await launchWithSoftwareGpu();
});

test.afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function check(
  backend: string,
  name: string,
  folder: string,
  steps: number
): Promise<void> {
  const page = await browser.newPage();
  await page.goto(server.address);
  const checks = await page.evaluate(
    ([b, n, f, s]) => window.runCase(b, n, f, s),
    [backend, name, folder, steps] as const
  );
  await page.close();
  console.log(describeChecks(`${name} on ${backend}`, checks));
  expect(checks.length).toBeGreaterThanOrEqual(7);
  expect(checks.filter(each => !each.passed)).toEqual([]);
}

for (const kind of KINDS) {
  for (const backend of ['webgpu', 'wgsl']) {
    test(`${kind} with 8 filters, ten steps on ${backend}`, async () => {
      test.setTimeout(1_200_000);
      await check(backend, `${kind}_n8`, '/golden', 10);
    });
  }

  // TF.js on WebGPU takes a minute a case here: one shows that it works, WebGL shows its forms.
  const backends =
    kind === 'im2spec' ? ['webgl', 'webgpu', 'wgsl'] : ['webgl', 'wgsl'];
  for (const backend of backends) {
    test(`${kind} with 64 filters on ${backend}`, async () => {
      test.skip(
        !fs.existsSync(SHARED),
        'the cases with 64 filters take 20 MB and are not in the repository'
      );
      test.setTimeout(1_200_000);
      const whole = backend === 'wgsl' && kind === 'im2spec';
      await check(backend, `${kind}_n64`, '/shared', whole ? 10 : 2);
    });
  }
}
