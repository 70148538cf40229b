import type { RefreshOutcome } from '../../src/events/session-event.js';
import { REFRESH } from '../../src/telemetry/call-kinds.js';
import type { StoreCallRecord } from '../store/store-views.js';
import type { SetCookie } from './cookie-jar.js';
import { cookiesOf, storeOf, telemetryOf, testerOf, textOf } from './matcher-subjects.js';

/** What test runners pass to a matcher as `this`. */
export interface MatcherContext {
  readonly isNot?: boolean;
  equals(a: unknown, b: unknown): boolean;
  readonly utils: {
    matcherHint(name: string, received?: string, expected?: string, options?: object): string;
    printReceived(value: unknown): string;
    printExpected(value: unknown): string;
    /** `bun test` has none. */
    diff?(expected: unknown, received: unknown): string | null | undefined;
  };
}

/** What a matcher returns to the test runner. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** A call for `toHaveStoreCalls`: an operation, operation and outcome (`'get hit'`), or some properties. */
export type ExpectedCall = string | Partial<StoreCallRecord>;

/** The matchers, as `expect(…)` has them. They return `R`: `void`, or a promise after `resolves`. */
export interface SessionMatchers<R = unknown> {
  /**
   * Expects that a tester has a live session. With `data`, the session must have exactly this data. `null`
   * expects no session. Await it.
   */
  toHaveSession(data?: object | null): Promise<R>;
  /** Expects that a tester's session has a key. With `value`, the key must have this value. Await it. */
  toHaveSessionValue(key: string, value?: unknown): Promise<R>;
  /** Expects that a response or an outcome sets a cookie, with at least these attributes. */
  toSetCookie(name: string, attributes?: Partial<SetCookie>): R;
  /**
   * Expects that the tester's last call gave the session a new ID, and that the old ID leads to no live
   * session. Await it.
   */
  toHaveRotatedSessionId(): Promise<R>;
  /**
   * Expects exactly these store calls of a tester or an InspectableStore, in this order:
   * `['get hit', 'set', { operation: 'set', ttl: 60 }]`.
   */
  toHaveStoreCalls(calls: readonly ExpectedCall[]): R;
  /** Expects that a tester or recorded telemetry has a span of this name, with at least these attributes. */
  toHaveSpan(name: string, attributes?: Readonly<Record<string, unknown>>): R;
  /**
   * Expects that the calls of `refresh` that found a value which was not fresh ended so, in any order:
   * `['renewed', 'waited', 'waited']`.
   */
  toHaveRefreshed(outcomes: readonly RefreshOutcome[]): R;
  /**
   * Use it with `not`: expects that this text is in no span or metric of a tester or of recorded telemetry.
   * Of any other value, all parts are searched.
   */
  toLeak(secret: string): R;
}

/**
 * Matchers of Vitest, Jest and Bun, for `expect.extend`. The entries `next-app-session/testing/vitest` and
 * `…/jest` register them, with their types.
 */
export const sessionMatchers = {
  async toHaveSession(this: MatcherContext, received: unknown, ...expected: [data?: object | null]) {
    const data = await testerOf(received, 'toHaveSession').read();
    if (expected.length === 0 || expected[0] === undefined) {
      return verdict(this, 'toHaveSession', data !== null, { received: data, expected: 'a live session' });
    }
    const [wanted] = expected;
    return compared(this, 'toHaveSession', { received: data, expected: wanted });
  },

  async toHaveSessionValue(
    this: MatcherContext,
    received: unknown,
    key: string,
    ...expected: [value?: unknown]
  ) {
    const data = (await testerOf(received, 'toHaveSessionValue').read()) as Record<string, unknown> | null;
    const name = `toHaveSessionValue`;
    if (data === null || expected.length === 0) {
      const pass = data !== null && Object.hasOwn(data, key);
      return verdict(this, name, pass, { received: data, expected: `a session with the key "${key}"` });
    }
    return compared(this, name, { received: data[key], expected: expected[0] });
  },

  toSetCookie(this: MatcherContext, received: unknown, name: string, attributes: Partial<SetCookie> = {}) {
    const cookies = cookiesOf(received);
    const cookie = cookies.find((one) => one.name === name);
    if (!cookie) {
      const names = cookies.map((one) => one.name);
      return verdict(this, 'toSetCookie', false, { received: names, expected: `the cookie "${name}"` });
    }
    return compared(this, 'toSetCookie', { received: pick(cookie, attributes), expected: attributes });
  },

  async toHaveRotatedSessionId(this: MatcherContext, received: unknown) {
    const { before, after, isOldAlive } = await testerOf(received, 'toHaveRotatedSessionId').rotation();
    const state =
      after === null
        ? 'no session'
        : before === after
          ? 'the same ID'
          : isOldAlive
            ? 'a new ID, but a live session under the old one'
            : 'a new ID';
    return verdict(this, 'toHaveRotatedSessionId', state === 'a new ID', {
      received: state,
      expected: 'a new ID, and no live session under the old one',
    });
  },

  toHaveStoreCalls(this: MatcherContext, received: unknown, expected: readonly ExpectedCall[]) {
    const wanted = expected.map((call) => (typeof call === 'string' ? parseCall(call) : call));
    const { calls } = storeOf(received);
    // Show what was asked for. Of a call that was not expected, show operation and outcome.
    const seen = calls.map((call, index) =>
      pick(call, wanted[index] ?? { operation: undefined, outcome: undefined }),
    );
    return compared(this, 'toHaveStoreCalls', { received: seen, expected: wanted });
  },

  toHaveSpan(
    this: MatcherContext,
    received: unknown,
    name: string,
    attributes: Readonly<Record<string, unknown>> = {},
  ) {
    const telemetry = telemetryOf(received, 'toHaveSpan');
    const spans = telemetry.spans(name).map((span) => pick(span.attributes, attributes));
    const pass = spans.some((span) => this.equals(span, attributes));
    if (spans.length === 1) return compared(this, 'toHaveSpan', { received: spans[0], expected: attributes });
    const seen = spans.length > 0 ? spans : telemetry.spans().map((span) => span.name);
    return verdict(this, 'toHaveSpan', pass, { received: seen, expected: { name, ...attributes } });
  },

  toHaveRefreshed(this: MatcherContext, received: unknown, outcomes: readonly RefreshOutcome[]) {
    const spans = telemetryOf(received, 'toHaveRefreshed').spans(REFRESH.spanName);
    const seen = spans.map(({ attributes }) => attributes[REFRESH.outcomeName]);
    return compared(this, 'toHaveRefreshed', { received: seen.toSorted(), expected: outcomes.toSorted() });
  },

  toLeak(this: MatcherContext, received: unknown, secret: string) {
    const text = textOf(received);
    const at = secret === '' ? -1 : text.indexOf(secret);
    const where = at < 0 ? 'nowhere' : `…${text.slice(Math.max(0, at - 60), at)}<secret>`;
    return verdict(this, 'toLeak', at >= 0, { received: where, expected: 'the secret' });
  },
};

interface Compared {
  readonly received: unknown;
  readonly expected: unknown;
}

/** Passes if both are equal. Otherwise it shows the difference, if the runner can tell it, or both. */
function compared(context: MatcherContext, name: string, { received, expected }: Compared): MatcherResult {
  const { utils } = context;
  const pass = context.equals(received, expected);
  if (!pass && !utils.diff) {
    return verdict(context, name, pass, { received, expected: utils.printExpected(expected) });
  }
  return {
    pass,
    message: () =>
      pass
        ? `${hint(context, name)}\n\nExpected: not ${utils.printExpected(expected)}`
        : `${hint(context, name)}\n\n${utils.diff?.(expected, received) ?? ''}`,
  };
}

function verdict(context: MatcherContext, name: string, pass: boolean, shown: Compared): MatcherResult {
  // Called as methods: those of `bun test` need their `this`.
  const { utils } = context;
  const expected = typeof shown.expected === 'string' ? shown.expected : utils.printExpected(shown.expected);
  const not = context.isNot ? 'not ' : '';
  return {
    pass,
    message: () =>
      `${hint(context, name)}\n\nExpected: ${not}${expected}\nReceived: ${utils.printReceived(shown.received)}`,
  };
}

/** Returns the first line of a message. In `bun test` the hint has more lines: `Expected: undefined`. */
function hint({ utils, isNot = false }: MatcherContext, name: string): string {
  const [line = ''] = utils.matcherHint(name, undefined, undefined, { isNot }).split('\n', 1);
  return line;
}

/** Returns only those properties of an object that `wanted` has. */
function pick(object: object, wanted: object): object {
  return Object.fromEntries(Object.keys(wanted).map((key) => [key, Reflect.get(object, key)]));
}

function parseCall(call: string): Partial<StoreCallRecord> {
  const [operation, outcome] = call.split(' ');
  return { operation, ...(outcome && { outcome }) } as Partial<StoreCallRecord>;
}
