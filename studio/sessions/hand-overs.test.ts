import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { signId } from '../../src/cookie/signature.js';
import { resolveOptions } from '../../src/options/options.js';
import { HandOvers } from './hand-overs.js';

const options = resolveOptions({ name: 'sid', secret: 'a secret of these tests, which is long enough' });
const cookieOf = (id: string) => `sid=${encodeURIComponent(signId(id, options.secrets))}`;
const [OLD, NEW] = ['o'.repeat(32), 'n'.repeat(32)];

let handOvers: HandOvers;
beforeEach(() => {
  vi.useFakeTimers();
  handOvers = new HandOvers();
  handOvers.add(OLD, { id: NEW, setCookie: `${cookieOf(NEW)}; Path=/`, graceMs: 5000 });
});
afterEach(() => void vi.useRealTimers());

/** Lets a request begin, and its response be sent. Returns what the app finds, and what the browser gets. */
function visit(cookie: string, set?: string) {
  const request = new IncomingMessage(new Socket());
  request.headers.cookie = cookie;
  const response = new ServerResponse(request);
  handOvers.apply(request, response, [options]);
  if (set !== undefined) response.setHeader('set-cookie', [set]);
  response.writeHead(500);
  return { sent: request.headers.cookie, set: response.getHeader('set-cookie') };
}

it('lets a request with the old cookie run with the new one, among other cookies', () => {
  expect(visit(`a=1; ${cookieOf(OLD)}; b=2`)).toEqual({
    sent: `a=1; ${cookieOf(NEW)}; b=2`,
    set: [`${cookieOf(NEW)}; Path=/`],
  });
});

it.each(['a=1', cookieOf(NEW), `${cookieOf(OLD)}x`, `other${cookieOf(OLD)}`, 'sid', 'sid=%'])(
  'leaves other cookies as they are: %#',
  (cookie) => expect(visit(cookie)).toEqual({ sent: cookie, set: undefined }),
);

it('leaves the cookie that the app itself sets', () => {
  expect(visit(cookieOf(OLD), 'sid=; Max-Age=0').set).toEqual(['sid=; Max-Age=0']);
});

it('takes the old ID for as long after the first response as the app would', () => {
  vi.advanceTimersByTime(3_600_000);
  visit(cookieOf(OLD));
  vi.advanceTimersByTime(5000);
  expect(visit(cookieOf(OLD)).sent).toBe(cookieOf(NEW));
  vi.advanceTimersByTime(1);
  expect(visit(cookieOf(OLD))).toEqual({ sent: cookieOf(OLD), set: undefined });
});

it('keeps a thousand', () => {
  for (let n = 0; n < 1000; n++) handOvers.add(`id-${n}`, { id: NEW, setCookie: '', graceMs: 0 });
  expect(visit(cookieOf(OLD)).sent).toBe(cookieOf(OLD));
});
