import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answer, receivedRequest } from '../test-kits/received-request.js';
import { OpenLinks } from './open-links.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const cookie = { names: ['sid', 'old-name'], header: 'sid=value; Path=/; HttpOnly' };
const links = new OpenLinks();

/** Returns where a link leads in the app: the path and query. */
function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

function open(url: string, sent = '', set?: string) {
  const received = receivedRequest(sent, pathOf(url));
  links.apply(received);
  return answer(received, set);
}

const OPENED = { sent: 'sid=value', set: [cookie.header] };
const NOT_OPENED = { sent: undefined, set: undefined };

it('leads to the app, which runs as the session once and gives its cookie', () => {
  const url = links.make(cookie, 'https://app.test/');
  expect(url).toMatch(/^https:\/\/app\.test\/\?session-studio=[\w-]{43}$/);
  expect(open(url)).toEqual({ url: '/', ...OPENED });
  expect(open(url)).toEqual({ url: '/', ...NOT_OPENED });
});

it('takes the place of a session that the browser has, and no other cookie', () => {
  const url = links.make(cookie, 'http://localhost:3000/');
  expect(open(url, 'a=1; old-name=x; sid=y; b=2')).toMatchObject({ ...OPENED, sent: 'sid=value; a=1; b=2' });
});

it('leaves the cookie that the app sets itself', () => {
  const url = links.make(cookie, 'http://localhost:3000/');
  expect(open(url, '', 'sid=; Max-Age=0')).toMatchObject({ set: ['sid=; Max-Age=0'] });
});

describe.each([
  ['http://localhost:3000/shop', '/shop'],
  ['http://localhost:3000/?a=1&b=%20', '/?a=1&b=%20'],
  ['http://localhost:3000/shop/?a#part', '/shop/?a'],
])('for an app at %s', (address, path) => {
  it('leaves the rest of the address as it is', () => {
    expect(open(links.make(cookie, address))).toEqual({ url: path, ...OPENED });
  });
});

it.each([
  '/',
  '/?a=1',
  `/?session-studio=${'x'.repeat(43)}`,
  '/?session-studio=',
  '/?session-studio=__proto__&session-studio=constructor',
  '/?other-session-studio=1',
  '/a?b?session-studio=1',
  'http://[',
  '*',
  '',
])('opens nothing by %j', (url) => {
  const received = receivedRequest('a=1', url);
  links.apply(received);
  expect(answer(received)).toMatchObject({ sent: 'a=1', set: undefined });
});

it.each([
  ['/?session-studio=x&a=1', '/?a=1'],
  ['/?a=1&session-studio=x&b=2', '/?a=1&b=2'],
  ['/?a=session-studio=x', '/?a=session-studio=x'],
])('keeps the codes of %j from the app, and nothing else', (url, seen) => {
  const received = receivedRequest('', url);
  links.apply(received);
  expect(received.request.url).toBe(seen);
});

it('lets a link go after a minute', () => {
  const [first, second] = [links.make(cookie, 'http://localhost'), links.make(cookie, 'http://localhost')];
  vi.advanceTimersByTime(59_999);
  expect(open(first)).toMatchObject(OPENED);
  vi.advanceTimersByTime(1);
  expect(open(second)).toMatchObject(NOT_OPENED);
});
