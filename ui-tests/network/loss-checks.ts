/** Chromium with a page of runs that lose their GPU, and what must hold of such a run. */
import * as path from 'node:path';
import { expect, type Browser, type Page } from '@playwright/test';
import type { ILost } from './losses';
import {
  launchWithSoftwareGpu,
  serveOracle,
  ROOT,
  type IOracleServer
} from './oracle-server';

/** Relative difference of losses that a GPU may make. */
const TOLERANCE = 1e-3;

/** A page of `losses.ts`, until it is closed. */
export class LossPage {
  static async open(): Promise<LossPage> {
    const folder = (name: string) => path.join(ROOT, name);
    const server = await serveOracle(
      {
        wasm: folder('node_modules/@tensorflow/tfjs-backend-wasm/dist'),
        kernels: folder('lib/network/wasm')
      },
      'losses.ts'
    );
    const browser = await launchWithSoftwareGpu();
    const page = await browser.newPage();
    await page.goto(server.address);
    return new LossPage(server, browser, page);
  }

  private constructor(
    private readonly _server: IOracleServer,
    private readonly _browser: Browser,
    readonly page: Page
  ) {}

  async close(): Promise<void> {
    await this._browser.close();
    await this._server.close();
  }
}

/** Largest relative difference of the losses of two runs, which must have as many; NaN where one is not finite. */
export function differenceOf(
  found: ILost['history'],
  wanted: ILost['history']
): number {
  expect(found.train.length).toBeLessThanOrEqual(wanted.train.length);
  return Math.max(
    0,
    ...(['train', 'test'] as const).flatMap(part =>
      found[part].map((loss, i) => Math.abs(loss / wanted[part][i] - 1))
    )
  );
}

/**
 * The run came to what an undisturbed one comes to, and nothing that it said on the way was garbage.
 * Returns the largest relative difference of its losses.
 */
export function expectSound(found: ILost, wanted: ILost): number {
  expect(found.epoch).toBe(wanted.epoch);
  expect(found.history.train).toHaveLength(wanted.epoch);
  const difference = differenceOf(found.history, wanted.history);
  expect(difference).toBeLessThan(TOLERANCE);
  for (const history of found.reported) {
    expect(differenceOf(history, wanted.history)).toBeLessThan(TOLERANCE);
  }
  const scale = Math.max(...wanted.predictions.map(Math.abs));
  found.predictions.forEach((value, i) =>
    expect(Math.abs(value - wanted.predictions[i]) / scale).toBeLessThan(0.01)
  );
  return difference;
}
