/** Training through TF.js on WebGL uploads nothing in a step. */
import { expect, test, type Browser } from '@playwright/test';
import {
  launchWithSoftwareGpu,
  serveOracle,
  type IOracleServer
} from '../network/oracle-server';

let server: IOracleServer;
let browser: Browser;

test.beforeAll(async () => {
  server = await serveOracle({}, 'webgl-uploads.ts');
  browser = await launchWithSoftwareGpu();
});

test.afterAll(async () => {
  await browser?.close();
  await server?.close();
});

for (const kind of ['im2spec', 'spec2im'] as const) {
  test(`no arrays are uploaded in a step of ${kind} on WebGL`, async () => {
    const page = await browser.newPage();
    await page.goto(server.address);
    const counts = await page.evaluate(k => window.uploadsAStep(k), kind);
    await page.close();
    expect(counts).toEqual([0, 0, 0]);
  });
}
