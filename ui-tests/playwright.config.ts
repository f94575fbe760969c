/** Browser tests in a real Chromium against a real Jupyter server and kernel. */
import { defineConfig } from '@playwright/test';

const result = process.env.EELSCAPE_RESULT;

export default defineConfig({
  testDir: './tests',
  testIgnore: '**/*.long.spec.ts',
  outputDir: './test-results',
  // One server and two cores: one test at a time.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  reporter: result ? [['list'], ['json', { outputFile: result }]] : [['list']],
  use: {
    viewport: { width: 1600, height: 1000 },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync'
      ]
    }
  }
});
