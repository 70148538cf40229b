import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listFiles, root } from './repository.js';

// `npm run bump`, in a copy of what it reads and writes.

const folder = mkdtempSync(join(tmpdir(), 'bump-'));
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8');
const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
const run = (program: string, ...args: string[]) =>
  execFileSync(program, args, { cwd: folder, stdio: 'pipe' });

beforeAll(() => {
  const needed =
    /^(\.changeset\/|CHANGELOG|README|docs\/(llms|migration)|package|example\/package|src\/telemetry\/version|scripts\/(bump|installed-name))/;
  for (const file of listFiles().filter((file) => needed.test(file))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  write('.changeset/of-this-test.md', '---\n"next-app-session": minor\n---\n\nWhat is new.\n');
  write('package.json', textOf('package.json').replace(/(?<="version": ")[^"]+/, '2.0.0-rc.0'));
  const initialVersions = { 'next-app-session': '2.0.0-rc.0' };
  write('.changeset/pre.json', JSON.stringify({ mode: 'pre', tag: 'rc', initialVersions, changesets: [] }));
  run('git', 'init', '--quiet');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['pre', '2.0.0-rc.1', 'next'],
  ['exit', '2.0.0', '2'],
])('in the mode "%s" it writes %s wherever the version stands', (mode, next, tag) => {
  const pre = JSON.parse(textOf('.changeset/pre.json'));
  write('.changeset/pre.json', JSON.stringify({ ...pre, mode }));
  run('node', 'scripts/bump.mjs');
  const { version, workspaces } = JSON.parse(textOf('package.json'));
  expect(version).toBe(next);
  expect(workspaces).toEqual(['example']);
  expect(JSON.parse(textOf('package-lock.json'))).toMatchObject({ version, packages: { '': { version } } });
  expect(textOf('src/telemetry/version.ts')).toContain(`'${version}'`);
  for (const page of ['README.md', 'docs/llms.txt', 'docs/migration.md']) {
    expect(textOf(page)).toContain(`npm install next-app-session@${tag} @opentelemetry/api@1.9\n`);
  }
  expect(textOf('README.md')).toContain(`pnpm add next-app-session@${tag} @opentelemetry/api@1.9`);
  expect(textOf('CHANGELOG.md')).toMatch(
    new RegExp(`^# Changelog\n\n## ${version}\n\n### Minor Changes\n\n- (\\w+: )?What is new\\.\n`),
  );
});
