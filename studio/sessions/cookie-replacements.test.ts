import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { signId } from '../../src/cookie/signature.js';
import { resolveOptions } from '../../src/options/options.js';
import { answer, receivedRequest } from '../test-kits/received-request.js';
import { CookieReplacements } from './cookie-replacements.js';

const options = resolveOptions({
  name: ['sid', 'old-name'],
  secret: 'a secret of these tests, which is long enough',
});
const cookieOf = (id: string) => `sid=${encodeURIComponent(signId(id, options.secrets))}`;
const [OLD, NEW] = ['o'.repeat(32), 'n'.repeat(32)];
const to = (id: string) => ({
  id,
  cookie: { names: options.names, header: `${cookieOf(id)}; Path=/` },
  graceMs: 5000,
});

let replacements: CookieReplacements;
beforeEach(() => {
  vi.useFakeTimers();
  replacements = new CookieReplacements();
  replacements.add(OLD, to(NEW));
});
afterEach(() => void vi.useRealTimers());

/** Lets a request begin, and its response be sent. */
function visit(cookie: string, set?: string) {
  const received = receivedRequest(cookie);
  replacements.apply(received, [options]);
  return answer(received, set);
}

it.each([cookieOf(OLD), cookieOf(OLD).replace('sid=', 'old-name=')])(
  'lets a request with the old cookie run with the new one, among other cookies: %#',
  (cookie) => {
    expect(visit(`a=1; ${cookie}; b=2`)).toMatchObject({
      sent: `${cookieOf(NEW)}; a=1; b=2`,
      set: [`${cookieOf(NEW)}; Path=/`],
    });
  },
);

it.each(['a=1', cookieOf(NEW), `${cookieOf(OLD)}x`, `other${cookieOf(OLD)}`, 'sid', 'sid=%'])(
  'leaves other cookies as they are: %#',
  (cookie) => expect(visit(cookie)).toMatchObject({ sent: cookie, set: undefined }),
);

it('follows a session that was moved several times', () => {
  const [middle, last] = ['m'.repeat(32), 'l'.repeat(32)];
  replacements.add(NEW, to(middle));
  replacements.add(middle, to(last));
  expect(visit(cookieOf(OLD)).sent).toBe(cookieOf(last));
});

it('finds the moved session beside another cookie of that name', () => {
  expect(visit(`sid=s%3Aforged.AAAA; ${cookieOf(OLD)}`).sent).toBe(cookieOf(NEW));
});

it('leaves the cookie that the app itself sets', () => {
  expect(visit(cookieOf(OLD), 'sid=; Max-Age=0').set).toEqual(['sid=; Max-Age=0']);
});

it('takes the old ID for as long after the first response as the app would', () => {
  vi.advanceTimersByTime(3_600_000);
  visit(cookieOf(OLD));
  vi.advanceTimersByTime(5000);
  expect(visit(cookieOf(OLD)).sent).toBe(cookieOf(NEW));
  vi.advanceTimersByTime(1);
  expect(visit(cookieOf(OLD))).toMatchObject({ sent: cookieOf(OLD), set: undefined });
});

it('keeps a thousand', () => {
  for (let n = 0; n < 1000; n++) replacements.add(`id-${n}`, to(NEW));
  expect(visit(cookieOf(OLD)).sent).toBe(cookieOf(OLD));
});
