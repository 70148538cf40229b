import { beforeEach, describe, expect, it, vi } from 'vitest';
import { SessionError } from '../lib/errors.js';
import { resolveOptions } from '../options/options.js';
import { BLANK, type Session } from '../record/record.js';
import type { Scope } from '../scope/scope.js';
import { RequestCookie } from './request-cookie.js';
import { SessionCookie } from './session-cookie.js';
import { MAX_VALUE_LENGTH, proveId, signId } from './signature.js';

const NOW = 1_800_000_000_000;
const SECRET = 'a secret of 32 letters, or of some more';
const OLD = 'the secret of last year, which is replaced';
const A = 'a-session-id-of-22-abc';
const B = 'b-session-id-of-22-abc';
const sid = (value: string) => ({ name: 'sid', value });
const signed = (id: string, secret = SECRET) => sid(signId(id, [secret]));

function cookieOf(maxAge?: number): SessionCookie {
  const cookie = maxAge === undefined ? {} : { maxAge };
  return new SessionCookie(resolveOptions({ name: 'sid', secret: [SECRET, OLD], touchAfter: 60, cookie }));
}

function sentAgo(ms: number, own: Partial<Session> = {}): Session {
  return { ...BLANK, createdAt: NOW, cookieSentAt: NOW - ms, ...own };
}

describe('the cookie is due', () => {
  const isDue = (maxAge: number | undefined, session: Session, next = session) =>
    cookieOf(maxAge).isDue(session, next, NOW);

  it.each([
    ['a tenth of an hour', 3600, 360_000],
    ['touchAfter, which is longer than a tenth', 300, 60_000],
    ['half of a Max-Age that is shorter than touchAfter', 30, 15_000],
  ])('after %s', (_, maxAge, ms) => {
    expect([isDue(maxAge, sentAgo(ms - 1)), isDue(maxAge, sentAgo(ms))]).toEqual([false, true]);
    // A server whose clock is ahead sent it.
    expect([isDue(maxAge, sentAgo(1 - ms)), isDue(maxAge, sentAgo(-ms))]).toEqual([false, true]);
  });

  it('after a tenth of the lifetime of a session that ends before its Max-Age', () => {
    const options = resolveOptions({ idleTimeout: 3600, touchAfter: 60, cookie: { maxAge: 7200 } });
    const isDue = (ms: number) => new SessionCookie(options).isDue(sentAgo(ms), sentAgo(ms), NOW);
    expect([isDue(359_999), isDue(360_000)]).toEqual([false, true]);
  });

  it('never, if it ends with the browser', () => {
    expect(isDue(undefined, sentAgo(1e12))).toBe(false);
    expect(isDue(3600, sentAgo(1e12, { maxAge: 'browser' }))).toBe(false);
  });

  it('if its lifetime changes, or if nobody knows when it was sent', () => {
    expect(isDue(3600, sentAgo(0), sentAgo(0, { maxAge: 7200 }))).toBe(true);
    expect(isDue(undefined, { ...BLANK })).toBe(true);
  });
});

describe('the cookies of a request', () => {
  const sent: string[] = [];
  const begun = vi.fn<() => SessionError | null>(() => null);
  const scope = {
    setCookie: (name: string, value: string) => void sent.push(value === '' ? `${name} is dropped` : name),
    begun,
    address: async () => ({}),
  } as unknown as Scope;
  beforeEach(() => void sent.splice(0));
  const live = { is: 'live', id: A, key: A, version: '1', isOutdated: false, session: sentAgo(0) } as const;

  it('a value that is sent again and again takes the place of one cookie', () => {
    const forged = Array.from({ length: 4 }, () => sid('s:forged'));
    const cookie = new RequestCookie(cookieOf(), [...forged, signed(A)]);
    expect(cookie.ids).toEqual([A]);
    expect(cookie.isRejected).toBe(true);
  });

  it('an empty value takes no place, and is no forgery', () => {
    const cookie = new RequestCookie(cookieOf(), [sid(''), signed(A)]);
    expect([cookie.ids, cookie.isRejected]).toEqual([[A], false]);
  });

  it('only the ID that an old secret signed is sent again, and only once', () => {
    const cookie = new RequestCookie(cookieOf(), [signed(A, OLD), signed(B)]);
    const isDue = (id: string) => cookie.isDue(id, live.session, live.session, NOW);
    expect([isDue(A), isDue(B)]).toEqual([true, false]);
    cookie.send(scope, live, NOW);
    expect(isDue(A)).toBe(false);
  });

  it.each([[[signed(A, OLD), signed(A)]], [[signed(A), signed(A, OLD)]]])(
    'an ID that an old secret and the first one signed is not sent again',
    (sent) => {
      const cookie = new RequestCookie(cookieOf(), sent);
      expect(cookie.ids).toEqual([A]);
      expect(cookie.isDue(A, live.session, live.session, NOW)).toBe(false);
    },
  );

  it('that of a new session takes the place of those of former names, which are dropped once', () => {
    const cookie = new RequestCookie(cookieOf(), [signed(A), { ...signed(A), name: 'old' }]);
    const send = cookie.sender(scope, NOW);
    send(live);
    expect(sent.splice(0)).toEqual(['sid', 'old is dropped']);
    send(live);
    expect(sent.splice(0)).toEqual(['sid']);
    cookie.expire(scope);
    expect(sent).toEqual(['sid is dropped']);
  });

  it('that of a new session is not sent by a response that has begun', () => {
    const send = new RequestCookie(cookieOf(), []).sender(scope, NOW);
    const error = new SessionError('ERR_SESSION_NO_RESPONSE', 'It has begun.');
    begun.mockReturnValueOnce(error);
    expect(() => send(live)).toThrow(error);
    expect(sent).toEqual([]);
  });

  it('that of a new session needs a secret before anything is stored', () => {
    const missing = new SessionError('ERR_SESSION_OPTIONS', 'It is missing.');
    const unsigned = new SessionCookie({ ...resolveOptions({}), secrets: missing });
    expect(() => new RequestCookie(unsigned, []).sender(scope, NOW)).toThrow(missing);
  });
});

describe('a cookie value', () => {
  it('proves an ID of every length that an ID may have', () => {
    for (const length of [1, 256]) {
      const id = 'x'.repeat(length);
      expect(proveId(signId(id, [SECRET]), [SECRET])).toEqual({ id, outdated: false });
    }
    expect(signId('x'.repeat(256), [SECRET])).toHaveLength(MAX_VALUE_LENGTH);
    expect(proveId(signId('x'.repeat(257), [SECRET]), [SECRET])).toBeNull();
  });

  it('without a secret is the ID, and up to date', () => {
    expect(proveId(A, [])).toEqual({ id: A, outdated: false });
  });
});
