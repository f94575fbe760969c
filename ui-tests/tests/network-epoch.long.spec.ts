/** One epoch on the sample: the WGSL kernels against TF.js, whose reference runs in wasm. */
import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { expect, test, type Browser } from '@playwright/test';
import type {} from '../network/kernels';
import {
  launchWithSoftwareGpu,
  ROOT,
  serveOracle,
  type IOracleServer
} from '../network/oracle-server';

const WASM = path.join(
  path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')),
  'dist'
);

let folder: string;
let server: IOracleServer;
let browser: Browser;

test.beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'eelscape-sample-'));
  const tool = path.join('tools', 'export_training_data.py');
  execFileSync('python', [tool, 'ftio', folder], { cwd: ROOT });
  server = await serveOracle({ sample: folder, wasm: WASM }, 'kernels.ts');
  browser = await launchWithSoftwareGpu();
});

test.afterAll(async () => {
  await browser?.close();
  await server?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

for (const [kind, tolerance] of [
  ['im2spec', 1e-3],
  ['spec2im', 5e-3]
] as const) {
  test(`${kind}: an epoch has the losses of TF.js`, async () => {
    test.setTimeout(3_000_000);
    const page = await browser.newPage();
    await page.goto(server.address);
    const [wasm, wgsl] = await page.evaluate(
      async wanted => [
        await self.trainSample('wasm', wanted, '/sample'),
        await self.trainSample('webgpu', wanted, '/sample')
      ],
      kind
    );
    await page.close();
    console.log(
      `${kind}: wasm ${wasm.train} ${wasm.test}, WGSL ${wgsl.train} ${wgsl.test}`
    );
    expect(wgsl.notice).toBe('');
    expect(wgsl.train).toHaveLength(1);
    expect(Math.abs(wgsl.train[0] / wasm.train[0] - 1)).toBeLessThan(tolerance);
  });
}
