import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { countTests } from '../../scripts/count-tests.mjs';
import { listFailures } from '../../scripts/list-failures.mjs';
import { root } from './repository.js';

// What `npm test` says at its end, of what the test runners really write.

const folder = mkdtempSync(join(tmpdir(), 'test-results-'));
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(script: string, ...args: string[]): void {
  // The variables of this runner are not for the one that it starts.
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|TEST_|PLAYWRIGHT|NODE_ENV)/.test(name),
  );
  const env = { ...Object.fromEntries(own), FORCE_COLOR: '1' } as unknown as NodeJS.ProcessEnv;
  spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: folder, env });
}

describe('of Vitest', () => {
  const results = { format: 'vitest' as const, file: join(folder, 'vitest.json') };

  it('a failed test, a beforeAll that throws and a file that does not load are each named with their error', () => {
    writeFileSync(
      join(folder, 'a.test.mjs'),
      `import { beforeAll, describe, expect, it } from 'vitest';
      it('passes', () => {});
      describe('sums', () => it('one and one', () => expect(1 + 1).toBe(3)));`,
    );
    writeFileSync(
      join(folder, 'b.test.mjs'),
      `import { beforeAll, it } from 'vitest';
      beforeAll(() => { throw new Error('the server is away\\nsecond line'); });
      it('is never run', () => {});`,
    );
    writeFileSync(
      join(folder, 'c.test.mjs'),
      `import { beforeAll, describe, it } from 'vitest';
      describe('inner', () => {
        beforeAll(() => { throw new Error('the inner server is away'); });
        it('is never run', () => {});
      });`,
    );
    writeFileSync(join(folder, 'd.test.mjs'), `throw new Error('no such module');`);
    run('vitest/vitest.mjs', 'run', '--root', folder, '--reporter=json', `--outputFile=${results.file}`);
    const failures = listFailures({ results })
      .map((line) => line.replace(`${folder}/`, ''))
      .sort();
    expect(failures).toEqual([
      'a.test.mjs > sums > one and one: AssertionError: expected 2 to be 3 // Object.is equality',
      'b.test.mjs: the server is away',
      'c.test.mjs: no message, as of a hook of a group: see the output of this step',
      'd.test.mjs: no such module',
    ]);
    expect(countTests({ results }, false)).toEqual({ passed: 1, failed: 4, skipped: 2 });
  });

  it('half a results file, of a runner that was ended, is said', () => {
    writeFileSync(results.file, '{"testResults": [');
    expect(listFailures({ results })).toEqual([expect.stringMatching(/vitest\.json: .*JSON/)]);
  });

  it('no results file is no line: the table counts the step', () => {
    expect(listFailures({ results: { ...results, file: join(folder, 'none.json') } })).toEqual([]);
    expect(listFailures({})).toEqual([]);
  });
});

it('of Playwright, a failed test is named with its project, file and error', () => {
  const file = join(folder, 'playwright.json');
  writeFileSync(
    join(folder, 'playwright.config.mjs'),
    `export default { testMatch: '*.spec.mjs', reporter: [['json', { outputFile: ${JSON.stringify(file)} }]],
      projects: [{ name: 'memory' }, { name: 'redis' }] };`,
  );
  writeFileSync(
    join(folder, 'page.spec.mjs'),
    `import { expect, test } from '@playwright/test';
    test('passes', () => {});
    test.describe('sums', () => test('one and one', ({}, { project }) => {
      expect(project.name === 'redis' ? 3 : 2).toBe(2);
    }));`,
  );
  run('@playwright/test/cli.js', 'test');
  const results = { format: 'playwright' as const, file };
  expect(listFailures({ results })).toEqual([
    '[redis] page.spec.mjs > sums > one and one: Error: expect(received).toBe(expected) // Object.is equality',
  ]);
  expect(countTests({ results }, false)).toEqual({ passed: 3, failed: 1, skipped: 0 });
});
