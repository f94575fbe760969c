/**
 * The golden cases with 8 filters on WebGL and WebGPU, both on Chromium's
 * software renderer: every machine has it, and the kernels are the same.
 */
import * as path from 'path';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { describeChecks } from '../../src/network/__tests__/oracle-report';
import {
  launchWithSoftwareGpu,
  ROOT,
  serveOracle,
  type IOracleServer
} from '../network/oracle-server';

const CASES = ['im2spec_n8', 'spec2im_pool16_n8', 'spec2im_repo_n8'];

let server: IOracleServer;
let browser: Browser;
let page: Page;

test.beforeAll(async () => {
  server = await serveOracle({
    golden: path.join(ROOT, 'tests', 'fixtures', 'golden')
  });
  browser = await launchWithSoftwareGpu();
});

test.afterAll(async () => {
  await browser?.close();
  await server?.close();
});

// A step takes seconds in WebGPU on a software renderer: a short trajectory
// there; all ten steps, and TF.js on WebGPU, in the long suite.
for (const [backend, steps] of [
  ['webgl', 10],
  ['wgsl', 3]
] as const) {
  test.describe(`golden cases on ${backend}`, () => {
    test.beforeEach(async () => {
      page = await browser.newPage();
      await page.goto(server.address);
    });

    test.afterEach(() => page.close());

    for (const name of CASES) {
      test(name, async () => {
        const problems: string[] = [];
        // WebGPU reports invalid programs on the console alone and goes on with
        // zeros; TF.js warns there of reads that block the GPU.
        page.on('console', message => {
          if (message.type() === 'error' || message.type() === 'warning') {
            problems.push(message.text());
          }
        });
        const checks = await page.evaluate(
          ([b, n, s]) => window.runCase(b, n, '/golden', s),
          [backend, name, steps] as const
        );
        console.log(describeChecks(`${name} on ${backend}`, checks));
        expect(checks.length).toBeGreaterThanOrEqual(9);
        expect(checks.filter(check => !check.passed)).toEqual([]);
        const pattern = /invalid|exceeds|synchronously/i;
        expect(problems.filter(text => pattern.test(text))).toEqual([]);
      });
    }
  });
}
