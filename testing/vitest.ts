import { expect } from 'vitest';
import type { NextAppSession } from '../src/next-app-session.js';
import { type SessionMatchers, sessionMatchers } from './tester/session-matchers.js';
import type { SessionTester } from './tester/session-tester.js';
import type { TesterOptions } from './tester/test-session.js';

expect.extend(sessionMatchers);

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: as Vitest declares it
  interface Matchers<T = any> extends SessionMatchers<T> {}
}

/** The fixtures of `sessionTest`, as Vitest's `test.extend` takes them. */
export interface SessionTestFixtures<Data extends object, Listed extends object> {
  /** The options of `t`. A group of tests sets others with `test.override`, which is `test.scoped` before Vitest 4.1. */
  readonly testerOptions: TesterOptions<Data>;
  /** Gives each test a tester, with a store and a clock that no other test has. */
  readonly t: (
    context: { readonly testerOptions: TesterOptions<Data> },
    use: (t: SessionTester<Data, Listed>) => Promise<void>,
  ) => Promise<void>;
}

/**
 * Makes fixtures for Vitest's `test.extend`: `t` is a tester, a fresh one in each test.
 *
 * @param session the function that the app's `nextAppSession(…)` returned.
 * @param options those of `createSessionTester`, for all tests. @default a visitor without a session
 * @example
 * const test = base.extend(sessionTest(session, { data: { user: 'ada' } }));
 *
 * test('counts', async ({ t }) => {
 *   await t.route(POST);
 *   await expect(t).toHaveSession({ user: 'ada', n: 1 });
 * });
 */
export function sessionTest<Data extends object, Listed extends object = Record<string, unknown>>(
  session: NextAppSession<Data, Listed>,
  options: TesterOptions<Data> = {},
): SessionTestFixtures<Data, Listed> {
  return {
    testerOptions: options,
    async t({ testerOptions }, use) {
      // Not at the top: test files that only need the matchers do not load Next.
      const { createSessionTester } = await import('./index.js');
      await use(createSessionTester(session, testerOptions));
    },
  };
}
