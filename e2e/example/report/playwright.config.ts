import { defineConfig } from '@playwright/test';
import { launchOptions } from '../browsers.js';

/** A run within a run, of a test that fails: report.spec.ts looks at what it leaves. */
export default defineConfig({
  testMatch: '*.nested.ts',
  outputDir: '../../../.tmp/report/results',
  reporter: [['html', { outputFolder: '../../../.tmp/report/html', open: 'never' }]],
  use: { baseURL: process.env.NESTED_BASE_URL ?? '', trace: 'on', launchOptions },
});
