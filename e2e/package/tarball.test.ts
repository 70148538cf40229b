import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, expect, test } from 'vitest';
import { PackedPackage } from './packed-package.js';
import { root } from './repository.js';

const packed = new PackedPackage();
afterAll(() => packed.remove());

const required = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', 'dist/cjs/package.json'];
const built = /^dist\/(esm|cjs)\/.+\.(js|d\.ts)$/;
const unwanted = /\.(test|test-d|test-kit)\./;

test('holds what users need', () => {
  const files = packed.files();
  expect(required.filter((file) => !files.includes(file))).toEqual([]);
});

test('holds nothing else: no sources, no tests, no source maps', () => {
  const surplus = packed
    .files()
    .filter((file) => !required.includes(file) && !(built.test(file) && !unwanted.test(file)));
  expect(surplus).toEqual([]);
});

test('has types beside every module, and the same modules as ESM and as CommonJS', () => {
  const modules = (folder: string, extension: string) =>
    packed
      .files()
      .filter((file) => file.startsWith(folder) && file.endsWith(extension))
      .map((file) => file.slice(folder.length, -extension.length));
  const esm = modules('dist/esm/', '.js');
  expect(esm.length).toBeGreaterThan(0);
  expect(modules('dist/esm/', '.d.ts')).toEqual(esm);
  expect(modules('dist/cjs/', '.js')).toEqual(esm);
  expect(modules('dist/cjs/', '.d.ts')).toEqual(esm);
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
