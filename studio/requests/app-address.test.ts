import { expect, it } from 'vitest';
import { receivedRequest } from '../test-kits/received-request.js';
import { AppAddress } from './app-address.js';

/** Returns where the app is after requests with these headers. */
function seenWith(...all: readonly Record<string, string>[]): string | undefined {
  const address = new AppAddress();
  for (const headers of all) {
    const { request } = receivedRequest();
    Object.assign(request.headers, headers);
    address.update(request);
  }
  return address.url;
}

it.each([
  ['http://localhost:3000/', { host: 'localhost:3000' }],
  ['http://127.0.0.1:3000/', { host: '127.0.0.1:3000' }],
  ['http://[::1]:3000/', { host: '[::1]:3000' }],
  ['https://localhost/', { host: 'localhost', 'x-forwarded-proto': 'https' }],
])('is %s after a request with %j', (url, headers) => {
  expect(seenWith(headers)).toBe(url);
});

it.each([
  'evil.example',
  'localhost.evil.example',
  'localhost:80@evil.example',
  'localhost:3000/evil',
  'localhost evil',
  '',
])('is not what anyone in the network says: Host: %s', (host) => {
  expect(seenWith({ host })).toBeUndefined();
  expect(seenWith({ host: 'localhost:3000' }, { host })).toBe('http://localhost:3000/');
});

it.each([
  ['127.0.0.1', 'http://localhost:3000/'],
  ['127.0.0.2', 'http://localhost:3000/'],
  ['::1', 'http://localhost:3000/'],
  ['::ffff:127.0.0.1', 'http://localhost:3000/'],
  ['192.168.1.127', undefined],
  ['10.127.0.1', undefined],
  ['::ffff:192.168.1.127', undefined],
  ['::12', undefined],
  [undefined, undefined],
])('is not what another machine says: %s', (from, url) => {
  const address = new AppAddress();
  address.update(receivedRequest('', '/', from ?? '').request);
  expect(address.url).toBe(url);
});

it('is what the app has given, whatever requests say', () => {
  const address = new AppAddress();
  address.give('https://app.test');
  address.update(receivedRequest().request);
  expect(address.url).toBe('https://app.test');
});
