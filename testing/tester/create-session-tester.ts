import type { NextAppSession } from '../../src/next-app-session.js';
import { SessionTester } from './session-tester.js';
import type { TesterOptions } from './test-session.js';

/**
 * Makes a tester: a visitor with a browser, for tests of an app's own code.
 *
 * @param session the function that the app's `nextAppSession(…)` returned.
 * @throws ERR_SESSION_TESTING if `session` is something else, ERR_SESSION_DATA if `options.data` is not JSON,
 * ERR_SESSION_KEY for a reserved key in it.
 * @example
 * const t = createSessionTester(session, { data: { user: 'ada' } });
 * const { response } = await t.route(POST, { body: { n: 1 } });
 * expect(await t.read()).toEqual({ user: 'ada', n: 1 });
 */
export function createSessionTester<Data extends object, Listed extends object = Record<string, unknown>>(
  session: NextAppSession<Data, Listed>,
  options: TesterOptions<Data> = {},
): SessionTester<Data, Listed> {
  return new SessionTester(session, options);
}
