import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from './repository.js';

// TypeDoc, in a folder with packages of its own: it needs a TypeScript with a compiler API, which TypeScript 7 has not yet.

const out = mkdtempSync(join(tmpdir(), 'api-reference-'));
const folder = join(root, 'docs/api');

beforeAll(() => {
  const quiet = ['--no-audit', '--no-fund', '--silent', '--prefer-offline'];
  execFileSync('npm', ['ci', '--prefix', 'scripts/api-reference', ...quiet], { cwd: root });
  execFileSync(process.execPath, ['scripts/api-reference/generate.mjs', out], { cwd: root });
}, 900_000);
afterAll(() => rmSync(out, { recursive: true }));

test('docs/api has the pages that TypeDoc writes, and no others', () => {
  expect(readdirSync(folder)).toEqual(readdirSync(out));
});

test.each(readdirSync(folder))('docs/api/%s is up to date: if not, run "npm run api"', (page) => {
  expect(readFileSync(join(folder, page), 'utf8')).toBe(readFileSync(join(out, page), 'utf8'));
});
