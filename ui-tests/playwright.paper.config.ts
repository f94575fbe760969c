/** Draws the figures of docs/paper.md in the product; half an hour of training where no models are kept yet. */
import { defineConfig } from '@playwright/test';
import base from './playwright.config';

export default defineConfig({
  ...base,
  testDir: './paper',
  testMatch: '**/*.paper.ts',
  testIgnore: [],
  timeout: 7_200_000,
  // A step that cannot be done says so; only training may take long.
  use: { ...base.use, actionTimeout: 20_000 },
  reporter: [['line']]
});
