import type { ExpectMatcherState, MatcherReturnType } from '@playwright/test';
import { SessionError } from '../../src/lib/errors.js';
import { BrowserSession } from './browser-session.js';
import { type SessionUser, sessionOf } from './test-users.js';

/** The waits between two reads in milliseconds, growing like those of Playwright's own matchers. */
const INTERVALS = [20, 50, 100, 200, 500];

/** Options of a matcher that waits. */
export interface PollOptions {
  /** How long it waits, in milliseconds. @default the timeout of Playwright's `expect` */
  readonly timeout?: number | undefined;
}

/**
 * Matchers for Playwright's `expect.extend`. Like Playwright's own, they wait until the session is as
 * expected.
 *
 * @example
 * export const expect = baseExpect.extend(sessionMatchers);
 * await expect(session).toHaveSession({ count: 1 });
 */
export const sessionMatchers = {
  /**
   * Waits until a user, or the fixture `session`, has a live session. With `not`, it waits until there is
   * none, or none with this data.
   *
   * @param data the exact data of the session. Parts of it may be `expect.objectContaining(…)` and the like.
   * @default any data
   * @throws ERR_SESSION_TESTING if `expect` was given something else.
   */
  async toHaveSession(
    this: ExpectMatcherState,
    received: SessionUser<object> | BrowserSession<object>,
    data?: object,
    options: PollOptions = {},
  ): Promise<MatcherReturnType> {
    const session = browserSession(received);
    const deadline = performance.now() + (options.timeout ?? this.timeout);
    for (let look = 0; ; look++) {
      const actual = await session.read();
      const pass = actual !== null && (data === undefined || matches(actual, data));
      const isDone = pass !== this.isNot;
      if (isDone || performance.now() >= deadline) {
        return {
          pass,
          actual,
          expected: data,
          name: 'toHaveSession',
          message: () => describe(this, actual, data),
        };
      }
      await new Promise((resolve) => setTimeout(resolve, INTERVALS[look] ?? INTERVALS.at(-1)));
    }
  },
};

function describe({ utils, isNot }: ExpectMatcherState, actual: object | null, data?: object): string {
  const hint = utils.matcherHint('toHaveSession', 'session', data === undefined ? '' : 'data', { isNot });
  if (data === undefined || isNot || actual === null) {
    const wanted = data === undefined ? 'a live session' : utils.printExpected(data);
    const found = actual === null ? 'no live session' : utils.printReceived(actual);
    return `${hint}\n\nExpected: ${isNot ? 'not ' : ''}${wanted}\nReceived: ${found}`;
  }
  return `${hint}\n\n${utils.diff(data, actual) ?? ''}`;
}

function browserSession(received: unknown): BrowserSession<object> {
  if (received instanceof BrowserSession) return received;
  if (typeof received === 'object' && received !== null && 'session' in received) {
    return browserSession(sessionOf(received as SessionUser<object>));
  }
  throw new SessionError(
    'ERR_SESSION_TESTING',
    'toHaveSession: pass expect() a user of sessions.as(…), or the fixture `session`.',
  );
}

/**
 * Returns whether JSON data equals what is expected, by the rules of `toEqual`: undefined equals a missing
 * key, and asymmetric matchers decide themselves. A matcher cannot use Playwright's own comparison without
 * importing it.
 */
function matches(actual: unknown, expected: unknown): boolean {
  if (!isObject(expected)) return Object.is(actual, expected);
  if (typeof expected.asymmetricMatch === 'function') return expected.asymmetricMatch(actual);
  if (!isObject(actual) || Array.isArray(actual) !== Array.isArray(expected)) return false;
  const keys = new Set([...Object.keys(actual), ...Object.keys(expected)]);
  return [...keys].every((key) => matches(own(actual, key), own(expected, key)));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function own(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
