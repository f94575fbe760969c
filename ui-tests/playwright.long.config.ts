/** The browser tests that take minutes: `make test-long`. */
import { defineConfig } from '@playwright/test';
import base from './playwright.config';

export default defineConfig({
  ...base,
  testIgnore: [],
  testMatch: '**/*.long.spec.ts',
  timeout: 1_500_000
});
