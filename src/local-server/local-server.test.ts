import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, vi } from 'vitest';
import { LocalServer } from './local-server.js';
import { isOwn } from './own-servers.js';

const opened = vi.fn();
const service = {
  name: 'A server',
  code: 'ERR_SESSION_STUDIO',
  secret: 'a secret',
  wrongSecretHint: 'ask for it',
  callOf: () => () => 'answer',
  opened,
} as const;

it('tries again after it could not listen, and then listens once', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port: taken } = other.address() as AddressInfo;
  const server = new LocalServer(service);
  await expect(server.listen([taken])).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect(opened).not.toHaveBeenCalled();
  await Promise.all([server.listen([taken, 0]), server.listen([taken]), server.listen([0])]);
  await server.listen([taken]);
  expect(opened.mock.calls).toEqual([[expect.any(Number)]]);
  other.close();
  const [[port]] = opened.mock.calls as [[number]];
  const headers = { authorization: 'Bearer a secret', 'content-type': 'application/json' };
  const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers, body: '{}' });
  expect(await answer.json()).toEqual({ result: 'answer' });
});

it.each([undefined, null, {}])('takes %j for no server of this library', (server) => {
  expect(isOwn(server as never)).toBe(false);
});
