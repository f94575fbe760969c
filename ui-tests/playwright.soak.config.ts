/** Random work and random faults on a real server and kernel: `make soak`, SOAK_MINUTES long. */
import { defineConfig } from '@playwright/test';
import base from './playwright.config';
import { MINUTES } from './soak/options';

export default defineConfig({
  ...base,
  testDir: './soak',
  testMatch: '**/*.soak.ts',
  testIgnore: [],
  // The last round is ended, what was promised is looked through once more, and then comes the same
  // work again and again in one kernel.
  timeout: (MINUTES + 8) * 60_000,
  use: { ...base.use, actionTimeout: 60_000 },
  reporter: [['line']]
});
