/** The bench of the page: figures, no assertion about time. `CHROMIUM_FLAGS` adds flags for a GPU. */
import { defineConfig } from '@playwright/test';
import base from './playwright.config';

const flags = (process.env.CHROMIUM_FLAGS ?? '').split(/\s+/).filter(Boolean);
const launch = base.use?.launchOptions;

export default defineConfig({
  ...base,
  testDir: './bench',
  testMatch: '**/*.bench.ts',
  testIgnore: [],
  timeout: 1_800_000,
  reporter: [['line']],
  use: {
    ...base.use,
    launchOptions: {
      ...launch,
      args: [...(launch?.args ?? []), ...flags]
    }
  }
});
