import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { answer, receivedRequest } from '../test-kits/received-request.js';
import { OpenLinks } from './open-links.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const cookie = { names: ['sid', 'old-name'], header: 'sid=value; Path=/; HttpOnly' };
const links = new OpenLinks();

/** Lets a request begin that has this path and query, and the app answer it. */
function visit(url: string, sent = '', set?: string) {
  const received = receivedRequest(sent, url);
  links.apply(received);
  return answer(received, set);
}

/** Opens a link. */
function open(url: string, sent?: string, set?: string) {
  const { pathname, search } = new URL(url);
  return visit(pathname + search, sent, set);
}

const NOT_OPENED = { status: 500, set: undefined, location: undefined };

it('gives the cookie of the session once, and leads to the app without the code', () => {
  const url = links.make(cookie, 'https://app.test/');
  expect(url).toMatch(/^https:\/\/app\.test\/\?session-studio=[\w-]{43}$/);
  expect(open(url)).toMatchObject({ status: 303, set: [cookie.header], location: 'https://app.test/' });
  expect(open(url)).toMatchObject(NOT_OPENED);
});

it('lets the app run as the session, so that it sets no other cookie', () => {
  const url = links.make(cookie, 'http://localhost:3000/');
  expect(open(url, 'a=1; old-name=x; sid=y; b=2')).toMatchObject({ sent: 'sid=value; a=1; b=2' });
});

it.each([
  'http://localhost:3000/shop',
  'http://localhost:3000/?a=1&b=%20',
  'http://localhost:3000/shop/?a#part',
])('leads to where the app is: %s', (address) => {
  expect(open(links.make(cookie, address))).toMatchObject({ status: 303, location: address });
});

it('leads to no other place that a request names', () => {
  const { search } = new URL(links.make(cookie, 'http://localhost:3000/'));
  expect(visit(`//evil.example/${search}`)).toMatchObject({ location: 'http://localhost:3000/' });
});

it.each([
  '/',
  '/?a=1',
  `/?session-studio=${'x'.repeat(43)}`,
  '/?session-studio=',
  '/?session-studio=__proto__&session-studio=constructor',
  `/?other-session-studio=${'x'.repeat(43)}`,
  'http://[',
  '*',
  '',
])('leaves what has no code to the app: %j', (url) => {
  expect(visit(url, 'a=1')).toEqual({ ...NOT_OPENED, url, sent: 'a=1' });
});

it('lets a link go after a minute', () => {
  const [first, second] = [links.make(cookie, 'http://localhost'), links.make(cookie, 'http://localhost')];
  vi.advanceTimersByTime(59_999);
  expect(open(first)).toMatchObject({ status: 303 });
  vi.advanceTimersByTime(1);
  expect(open(second)).toMatchObject(NOT_OPENED);
});
