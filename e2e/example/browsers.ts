import { existsSync } from 'node:fs';
import { chromium, firefox, type LaunchOptions, webkit } from '@playwright/test';
import { findChromium } from '../../scripts/find-chromium.mjs';

const found = findChromium();
/** Playwright's own Chromium is a smaller one, without windows. */
const executablePath = found === chromium.executablePath() ? undefined : found;
const isRoot = process.getuid?.() === 0;

/** Of the Chromium that is always there. */
export const launchOptions: LaunchOptions = {
  ...(executablePath && { executablePath }),
  args: [
    ...(isRoot ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/** The other browsers, where `npx playwright install` has put them. */
export function otherBrowsers(): { name: string; device: string }[] {
  return [
    { name: 'firefox', device: 'Desktop Firefox', browser: firefox },
    { name: 'webkit', device: 'Desktop Safari', browser: webkit },
  ].filter(({ browser }) => existsSync(browser.executablePath()));
}
