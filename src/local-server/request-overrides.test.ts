import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RecordingSink } from '../telemetry/recording-sink.js';
import { testOverrides } from '../test-seam/test-overrides.js';
import { overrideRequests } from './request-overrides.js';

const [one, other] = [{}, {}];
let server: Server;

beforeAll(async () => {
  overrideRequests(({ request }) => (request.headers['x-one'] ? { jar: one } : undefined));
  overrideRequests(({ request }) => (request.headers['x-other'] ? { store: () => undefined } : undefined));
  overrideRequests(({ request }) => (request.headers['x-last'] ? { jar: other } : undefined));
  for (const name of ['a', 'b']) {
    const sink = Object.assign(new RecordingSink(), { name });
    overrideRequests(({ request }) => (request.headers['x-sinks'] ? { sinks: [sink] } : undefined));
  }
  server = createServer((_, response) => {
    const { jar, store, sinks = [] } = testOverrides() ?? {};
    const names = sinks.map((sink) => Reflect.get(sink, 'name'));
    response.end(
      [jar === one && 'one', jar === other && 'other', store && 'store', ...names].filter(Boolean).join(' '),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

async function overridesOf(headers: Record<string, string>): Promise<string> {
  const { port } = server.address() as AddressInfo;
  return (await fetch(`http://127.0.0.1:${port}`, { headers })).text();
}

it('gives a request what each caller returns for it', async () => {
  expect(await overridesOf({ 'x-one': '1', 'x-other': '1' })).toBe('one store');
  expect(await overridesOf({ 'x-other': '1' })).toBe('store');
});

it('gives it what the last caller returns, where two return the same override', async () => {
  expect(await overridesOf({ 'x-one': '1', 'x-last': '1' })).toBe('other');
});

it('gives it the sinks of all callers', async () => {
  expect(await overridesOf({ 'x-sinks': '1' })).toBe('a b');
});

it('leaves nothing to the next request of the connection', async () => {
  await overridesOf({ 'x-one': '1' });
  expect(await overridesOf({})).toBe('');
});
