// The browsers of other engines, for the full run. Playwright cannot drive these builds.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath, fromEnvironment, isExecutable } from './find-executable.mjs';

/** The path of a Firefox, or undefined. FIREFOX_PATH wins. */
export function findFirefox() {
  return fromEnvironment('FIREFOX_PATH') ?? findOnPath('firefox-esr', 'firefox');
}

/** The path of WebKitGTK's WebDriver, or undefined. */
export function findWebKitDriver() {
  return findOnPath('WebKitWebDriver');
}

/** The path of the screen that nobody sees, which WebKitGTK wants. */
export function findXvfb() {
  return findOnPath('Xvfb');
}

/** The programs of the step `engines`, each with its package in Debian. */
export const engines = [
  { name: 'Firefox', find: findFirefox, aptPackage: 'firefox-esr' },
  { name: 'WebKitGTK', find: () => findMiniBrowser() && findWebKitDriver(), aptPackage: 'webkit2gtk-driver' },
  { name: 'Xvfb', find: findXvfb, aptPackage: 'xvfb' },
];

/** Returns the names of those that are not on this machine. */
export function missingEngines() {
  return engines.filter(({ find }) => !find()).map(({ name }) => name);
}

/** Debian keeps WebKitGTK's own browser in a folder for each machine and version, off PATH. */
export function findMiniBrowser() {
  return (
    findOnPath('MiniBrowser') ??
    webKitFolders()
      .map((folder) => join(folder, 'MiniBrowser'))
      .find(isExecutable)
  );
}

function webKitFolders() {
  const libraries = ['/usr/lib', '/usr/libexec'];
  return [...libraries, ...libraries.flatMap(subfolders)]
    .flatMap(subfolders)
    .filter((folder) => folder.includes('webkit2gtk-'));
}

function subfolders(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}
