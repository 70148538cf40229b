import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { samples } from '../../example/samples.js';
import { steps } from '../../scripts/steps.mjs';
import { DocApp, isCode, isTest } from './doc-app.js';
import { countDirectives, type DocBlock, docBlocks, npmScripts } from './doc-blocks.js';
import { APP_PAGES, appFiles } from './doc-pages.js';
import { listFiles, listPages, read, readManifest } from './repository.js';

const MAX_README_LINES = 200;

const files = listFiles();
/** They go on from the app of earlier pages, and share its files. */
const continued = ['docs/recipes.md', 'docs/protect.md'];
/** It shows a file twice: see races-docs.test.ts. */
const RACES = 'docs/races.md';
const harness = 'e2e/package/fixtures/harness.md';
const broken = 'e2e/package/fixtures/broken.md';

describe.each([...listPages(), harness])('%s', (document) => {
  const blocks = docBlocks(read(document));

  if (blocks.some(isCode) && ![...continued, RACES].includes(document)) {
    test('its code compiles, and runs where it says so', () => {
      expectToRun(new DocApp(basename(document, '.md'), [...blocks, ...furtherTestsOf(document)]), blocks);
    });
  }

  test('every comment for these checks stands right before a block', () => {
    const taken = blocks.flatMap(({ run, given }) => [run, given].filter(Boolean));
    expect(taken).toHaveLength(countDirectives(read(document)));
  });

  test('the npm scripts in it exist', () => {
    expect(missingScripts(document)).toEqual([]);
  });
});

test(`the code of ${continued.join(' and ')} compiles with the pages that they go on from, and its tests pass`, () => {
  const blocks = continued.flatMap((document) => docBlocks(read(document)));
  const own = new Set(blocks.map(({ file }) => file));
  const beneath = appFiles(APP_PAGES).filter(({ file }) => !own.has(file));
  expectToRun(new DocApp('recipes', [...blocks, ...beneath]), blocks);
});

test('the example checks the origin of requests as docs/protect.md does', () => {
  const inDocs = docBlocks(read('docs/protect.md')).find(({ file }) => file === 'lib/cross-origin.ts');
  expect(read('example/lib/cross-origin.ts')).toBe(inDocs?.code);
});

test('the code on the pages of the example is that of its files', () => {
  const lines = (text: string) => text.trim().replace(/^ +/gm, '');
  for (const { file, code } of Object.values(samples)) {
    expect(lines(read(`example/${file}`)), file).toContain(lines(code));
  }
});

test('CONTRIBUTING.md has the steps of npm test', () => {
  const listed = [...read('CONTRIBUTING.md').matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
  expect(listed).toEqual(steps.filter(({ full }) => !full).map(({ name }) => name));
});

describe('README.md', () => {
  test(`has ${MAX_README_LINES} lines at most`, () => {
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(MAX_README_LINES);
  });

  test('hides nothing from readers', () => {
    expect(read('README.md')).not.toContain('<!--');
  });
});

describe('the checks can fail', () => {
  const blocks = docBlocks(read(broken));

  test('on a wrong type, a call that throws, and a script that is not there', () => {
    const app = new DocApp('broken', blocks);
    expect(app.compile()).toMatch(/^line-5\.ts\(3,7\): error TS2322/);
    expect(blocks.filter(({ run }) => run).map((block) => app.run(block))).toEqual([
      expect.stringContaining('Error: this block fails'),
    ]);
    expect(missingScripts(broken)).toEqual(['no-such-script', 'lint']);
  });

  test('on a test that does not hold', () => {
    expect(new DocApp('broken', blocks).test()).toContain('1 failed');
  });

  test('on two blocks that claim the same file', () => {
    expect(() => new DocApp('broken', [...blocks, ...blocks])).toThrow('is in an earlier block already');
  });
});

/** One test for all of it: what is run is what was compiled. */
function expectToRun(app: DocApp, blocks: readonly DocBlock[]): void {
  expect(app.compile()).toBe('');
  for (const block of blocks.filter(({ run }) => run)) {
    expect(app.run(block), `line ${block.line}`).toBe('');
  }
  if (blocks.some(isTest)) expect(app.test()).toBe('');
}

/** The tests of a page's files that are of no use to readers. They are in the fixture of the same name. */
function furtherTestsOf(document: string): DocBlock[] {
  const fixture = `e2e/package/fixtures/${document}`;
  return files.includes(fixture) ? docBlocks(read(fixture)) : [];
}

function missingScripts(document: string): string[] {
  return docBlocks(read(document))
    .filter(({ language }) => ['sh', 'bash', 'shell', 'console'].includes(language))
    .flatMap(({ code }) => npmScripts(code))
    .filter(({ script, workspace }) => !(script in (readManifest(workspace).scripts ?? {})))
    .map(({ script }) => script);
}
