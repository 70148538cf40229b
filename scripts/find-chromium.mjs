// The browser of the end-to-end tests: pretest makes sure that there is one, playwright.config.ts starts it.
import { createRequire } from 'node:module';
import { findOnPath, fromEnvironment, isExecutable } from './find-executable.mjs';

/** Debian's build of what Playwright itself runs. */
const HEADLESS_SHELL = 'chromium-headless-shell';

/** The path of a Chromium, or undefined. CHROMIUM_PATH wins, then Playwright's own, then the system's. */
export function findChromium() {
  return fromEnvironment('CHROMIUM_PATH') ?? playwrightsOwn() ?? onTheSystem();
}

/** Whether there is none but such with windows: a test takes four times as much of the processor in those. */
export function wantsHeadlessShell() {
  return !process.env.CHROMIUM_PATH && !playwrightsOwn() && !findOnPath(HEADLESS_SHELL);
}

function playwrightsOwn() {
  const { chromium } = createRequire(import.meta.url)('@playwright/test');
  const file = chromium.executablePath();
  return isExecutable(file) ? file : undefined;
}

function onTheSystem() {
  return (
    findOnPath(
      HEADLESS_SHELL,
      'chromium',
      'chromium-browser',
      'google-chrome',
      'google-chrome-stable',
      'chrome',
    ) ?? OUTSIDE_PATH.find(isExecutable)
  );
}

/** Where macOS and Windows keep it: not on PATH. */
const OUTSIDE_PATH = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];
