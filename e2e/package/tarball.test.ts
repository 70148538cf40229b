import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, expect, test } from 'vitest';
import { brokenLinks } from './links.js';
import { PackedPackage } from './packed-package.js';
import { listFiles, read, readManifest, root } from './repository.js';

const packed = new PackedPackage();
afterAll(() => packed.remove());

const required = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', 'dist/cjs/package.json'];
const built = /^dist\/(esm|cjs)\/.+\.(js|d\.ts)$/;
/** For readers without a network, and for tools that read a package's docs. */
const docs = /^(docs\/(api\/)?[\w.-]+\.(md|txt|png|svg)|dashboards\/[\w.-]+\.(md|json|yml))$/;
const unwanted = /\.(test|test-d)\.|\/test-kits\//;

test('holds what users need', () => {
  const files = packed.files();
  expect(required.filter((file) => !files.includes(file))).toEqual([]);
});

test('every link of its pages leads to a file in it, or to the repository', () => {
  const files = packed.files();
  const repository = listFiles();
  const pages = files.filter((file) => /\.(md|txt)$/.test(file));
  expect(pages.length).toBeGreaterThan(10);
  const broken = pages.flatMap((page) =>
    brokenLinks(page, read(page), files, repository).map((link) => `${page}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test('holds nothing else: no sources, no tests, no source maps', () => {
  const surplus = packed
    .files()
    .filter((file) => !required.includes(file) && !docs.test(file))
    .filter((file) => !(built.test(file) && !unwanted.test(file)));
  expect(surplus).toEqual([]);
});

test('has every file that the manifest names, and the types of every module', () => {
  const named = new Set(JSON.stringify(readManifest().exports).match(/dist\/[\w/.-]+/g));
  expect(named.size).toBeGreaterThan(0);
  expect([...named].filter((file) => !packed.files().includes(file))).toEqual([]);
  const modules = (folder: string, extension: string) =>
    packed
      .files()
      .filter((file) => file.startsWith(folder) && file.endsWith(extension))
      .map((file) => file.slice(folder.length, -extension.length));
  const cjs = modules('dist/cjs/', '.js');
  expect(modules('dist/cjs/', '.d.ts')).toEqual(cjs);
  expect(modules('dist/esm/', '.d.ts')).toEqual(cjs);
});

test('has no ESM module but entries, the chunks that they share, and what runs before Next loads', () => {
  const entries = new Set(JSON.stringify(readManifest().exports).match(/dist\/esm\/[\w/-]+\.js/g));
  const others = packed
    .files()
    .filter((file) => file.startsWith('dist/esm/') && file.endsWith('.js') && !entries.has(file));
  expect(others.filter((file) => !file.startsWith('dist/esm/chunks/'))).toEqual([
    'dist/esm/src/scope/next-environment.js',
  ]);
});

test('passes publint --strict', async () => {
  const tarball = new Uint8Array(readFileSync(packed.tarball)).buffer;
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test('passes attw for Node and bundlers', () => {
  const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const args = [attw, packed.tarball, '--profile', 'node16', '--no-definitely-typed', '--format', 'ascii'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status, stdout + stderr).toBe(0);
});
