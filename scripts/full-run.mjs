// `npm test` runs every rule on at least one version of Next; `npm run test:full` runs the whole matrix. This is the
// one place where configurations, variants and tests ask which of the two runs.

const VARIABLE = 'FULL_TEST_RUN';

/** Whether this process belongs to a full run. */
export const isFullRun = process.env[VARIABLE] === '1';

/** Returns the environment of a step. */
export function environmentOf({ full }) {
  return { ...process.env, [VARIABLE]: full ? '1' : '' };
}
