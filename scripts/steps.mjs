// The steps of `npm test`, in order: what each one runs and where its test runner writes the results.
import { existsSync } from 'node:fs';

const TSC = 'node_modules/typescript/bin/tsc';

/**
 * `needsBuild`: reads dist, directly or through the package's own name. `stopOnFailure`: what follows makes no
 * sense without it.
 */
export const steps = [
  { name: 'lint', args: ['node_modules/@biomejs/biome/bin/biome', 'check', '.'] },
  { name: 'build', args: ['scripts/build.mjs'], stopOnFailure: true },
  { name: 'types', args: [TSC, '--noEmit'], needsBuild: true },
  ...(existsSync(new URL('../example/tsconfig.json', import.meta.url))
    ? [{ name: 'example-types', args: [TSC, '-p', 'example', '--noEmit'], needsBuild: true }]
    : []),
  vitest('unit', { needsBuild: false }),
  vitest('package', { needsBuild: true }),
  vitest('testing', { needsBuild: true }),
  vitest('stores', { needsBuild: true }),
  {
    name: 'example',
    args: ['node_modules/@playwright/test/cli.js', 'test'],
    needsBuild: true,
    results: { format: 'playwright', file: '.tmp/playwright.json' },
  },
  vitest('next', { needsBuild: true }),
];

function vitest(project, { needsBuild }) {
  const file = `.tmp/vitest-${project}.json`;
  return {
    name: project,
    args: [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    needsBuild,
    results: { format: 'vitest', file },
  };
}
