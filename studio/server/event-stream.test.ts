import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RequestLog } from '../requests/request-log.js';
import type { SeenRequest } from '../seen/seen-request.js';
import { loggedRequest } from '../test-kits/logged-request.js';
import { streamRequests } from './event-stream.js';

let server: Server;
let log: RequestLog;
beforeEach(async () => {
  log = new RequestLog();
  server = createServer((_, response) => streamRequests(log, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function connect(): Promise<IncomingMessage> {
  const request = get(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [response] = await once(request, 'response');
  return response as IncomingMessage;
}

/** Returns the batches of a stream as they come. */
async function* batches(response: IncomingMessage): AsyncGenerator<SeenRequest[]> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    const events = (text + chunk).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) yield JSON.parse(event.slice(event.indexOf('data: ') + 6));
  }
}

it('begins with what there is, even if that is nothing', async () => {
  const stream = batches(await connect());
  expect(await stream.next()).toMatchObject({ value: [] });
  log.put(loggedRequest(log));
  expect(await stream.next()).toMatchObject({ value: [{ id: 1 }] });
});

it('sends what has changed in a while as it is then, each request once', async () => {
  const one = loggedRequest(log);
  log.put(one);
  const stream = batches(await connect());
  expect(await stream.next()).toMatchObject({ value: [{ id: 1, state: { is: 'running' } }] });
  log.put(one);
  log.put(loggedRequest(log));
  one.state = { is: 'aborted', durationMs: 1 };
  log.put(one);
  const { value } = await stream.next();
  expect(value.map(({ id, state }: SeenRequest) => [id, state.is])).toEqual([
    [1, 'aborted'],
    [2, 'running'],
  ]);
});

it('stores nothing for a client that does not read, and sends it the log when it reads again', async () => {
  const response = await connect();
  response.pause();
  const put: number[] = [];
  // Several times what the sockets take in.
  for (let round = 0; round < 15; round++) {
    for (let n = 0; n < 1000; n++) {
      const request = loggedRequest(log);
      put.push(request.id);
      log.put(request);
    }
    await new Promise((resolve) => setTimeout(resolve, 110));
  }
  const seen = new Set<number>();
  for await (const batch of batches(response)) {
    for (const { id } of batch) seen.add(id);
    if (seen.has(put.at(-1) as number)) break;
  }
  expect(log.all.every(({ id }) => seen.has(id))).toBe(true);
  expect(seen.size).toBeLessThan(put.length);
});
