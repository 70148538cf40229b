// The steps of `npm test` and `npm run test:full`, in order: what each one runs and where its test runner writes the
// results.
import { existsSync } from 'node:fs';
import { missingEngines } from './find-engines.mjs';
import { missingMySql } from './find-mysql.mjs';
import { missingValkey } from './find-valkey.mjs';

const TSC = 'node_modules/typescript/bin/tsc';

/**
 * A step is a command line for Node. It may say more:
 * - `needsBuild`: reads dist, directly or through the package's own name.
 * - `stopOnFailure`: what follows makes no sense without it.
 * - `waits`: waits more than it computes, so the steps after it run beside it.
 * - `full`: runs only in `npm run test:full`, or where it is named.
 * - `missing`: returns the programs that it needs and that are not here. If there are any, it is not run, and the end
 *   says so.
 * - `reported`: a failure is printed at the end, and does not fail the run.
 * - `runtime`: runs it instead of this Node: a package of npm with its version, as `node@22`, `bun@1.3.0`, `deno@2.5.0`.
 *   What the step starts by the name `node` is then that Node too.
 */
export const steps = [
  { name: 'lint', args: ['node_modules/@biomejs/biome/bin/biome', 'check', '.'] },
  { name: 'unused', args: ['node_modules/knip/bin/knip.js'] },
  { name: 'build', args: ['scripts/build.mjs'], stopOnFailure: true },
  { name: 'types', args: [TSC, '--noEmit'], needsBuild: true },
  ...(existsSync(new URL('../example/tsconfig.json', import.meta.url))
    ? [{ name: 'example-types', args: [TSC, '-p', 'example', '--noEmit'], needsBuild: true }]
    : []),
  vitest('stores', { waits: true }),
  vitest('valkey', { waits: true, missing: () => missingValkey('9') }),
  vitest('unit', { needsBuild: false }),
  vitest('package'),
  vitest('testing'),
  // The first Node with SQLite of its own.
  vitest('sqlite', { runtime: 'node@22' }),
  {
    name: 'example',
    args: ['node_modules/@playwright/test/cli.js', 'test'],
    needsBuild: true,
    results: { format: 'playwright', file: '.tmp/playwright.json' },
  },
  vitest('next'),
  ...['node@22', 'node@24', 'node@26'].flatMap((runtime) => [
    vitest('unit', { runtime, full: true, needsBuild: false }),
    vitest('package', { runtime, full: true }),
    vitest('testing', { runtime, full: true }),
  ]),
  vitest('next', { runtime: 'node@24', full: true }),
  vitest('valkey 8.1', { full: true, missing: () => missingValkey('8.1') }),
  vitest('mysql', { full: true, missing: missingMySql }),
  vitest('engines', { full: true, missing: missingEngines }),
  // What is not released yet may fail.
  vitest('canary', { full: true, reported: true }),
];

/** A project of vitest.config.ts. With a runtime it is a step of its own: `unit on node@22`. */
function vitest(project, { runtime, ...more } = {}) {
  const name = runtime ? `${project} on ${runtime}` : project;
  const file = `.tmp/vitest-${name.replaceAll(/[^\w.@]+/g, '-')}.json`;
  return {
    name,
    args: [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=./scripts/running-tests.mjs',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    needsBuild: true,
    ...(runtime && { runtime }),
    results: { format: 'vitest', file },
    ...more,
  };
}
