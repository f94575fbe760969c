/** Random work and random faults on a real server and kernel: `make soak`, SOAK_MINUTES long. */
import { defineConfig } from '@playwright/test';
import base from './playwright.config';
import { MINUTES } from './soak/options';

export default defineConfig({
  ...base,
  testDir: './soak',
  testMatch: '**/*.soak.ts',
  testIgnore: [],
  // The last round is ended, and what was promised is looked through once more.
  timeout: (MINUTES + 5) * 60_000,
  use: { ...base.use, actionTimeout: 60_000 },
  reporter: [['line']]
});
