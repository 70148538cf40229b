// What is mutated, and the tests that may notice it.

/**
 * The folders of `src`, each with its tests: those beside it, and where these do not say it all, those of the layers above that
 * say what it is for. Left out are tests that wait for seconds (they would run for each mutant that survives), that need a
 * process for themselves, or that cannot reach the folder. So a score is what the quick tests notice; the slow ones and `e2e`
 * notice more.
 */
export const folders = {
  'src/record': ['src/record/*.test.ts'],
  'src/cookie': [
    'src/{cookie,scope}/*.test.ts',
    'src/session/{app-session,former-names,request-session,two-cookies}.test.ts',
    'src/repository/own-lifetime.test.ts',
    'src/options/secrets.test.ts',
  ],
  'src/session': [
    'src/{session,repository,scope}/*.test.ts',
    'src/refresh/{refresh,places,one-request}.test.ts',
    'src/telemetry/telemetry.test.ts',
    'testing/tester/{session-tester,test-user,held-renew,former-names}.test.ts',
    '!src/session/{many-sessions,session-limit-faults}.test.ts',
    '!src/repository/read-renewal.test.ts',
  ],
  'src/repository': [
    'src/{session,repository}/*.test.ts',
    'src/refresh/refresh.test.ts',
    '!src/repository/read-renewal.test.ts',
    '!src/session/{many-sessions,request-session,two-cookies}.test.ts',
  ],
};

/** Returns the patterns of the tests that may notice a change in a folder. Stryker knows no pattern that leaves files out. */
export function testsOf(folder) {
  return folders[folder].filter((pattern) => !pattern.startsWith('!'));
}

/** Returns the patterns of the tests that are left out, without their `!`. Vitest leaves them out. */
export function leftOut(folder) {
  return folders[folder].filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
}
