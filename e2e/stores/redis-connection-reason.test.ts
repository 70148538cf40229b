import { Redis } from 'ioredis';
import nextAppSession from 'next-app-session';
import { RedisStore, type RedisStoreOptions } from 'next-app-session/redis';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Browser } from './browser.kit.js';
import { RedisServer } from './servers/redis-server.js';

const PASSWORD = 'hunter2-of-this-test';
let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start();
  await server.command('CONFIG', 'SET', 'requirepass', PASSWORD);
});
afterAll(() => server?.stop());

/** Reads a session by this client until the client knows why it has no connection. Returns the cause of the error. */
async function causeBy(client: RedisStoreOptions['client']): Promise<Error> {
  const store = new RedisStore({ client });
  const browser = new Browser<{ n: number }>(nextAppSession({ secret: 'a secret', store, storeTimeout: 1 }));
  let cause = new Error('It was not read.');
  await expect
    .poll(
      async () => {
        const error = await browser.visit((session) => session().set('n', 1)).catch((thrown) => thrown);
        expect(error).toMatchObject({ code: 'ERR_SESSION_STORE', message: expect.stringContaining('redis') });
        cause = error.cause;
        return cause.message;
      },
      { timeout: 60_000, interval: 50 },
    )
    .not.toMatch(/isn't writeable|client is (offline|closed)/);
  return cause;
}

function ioredis(port: number, options: { host?: string; password?: string } = {}): Redis {
  return new Redis({ port, ...options, enableOfflineQueue: false }).on('error', () => {});
}

function nodeRedis(port: number, options: { host?: string; password?: string } = {}) {
  const { host = '127.0.0.1', password } = options;
  const client = createClient({
    socket: { host, port, reconnectStrategy: 50 },
    ...(password !== undefined && { password }),
    disableOfflineQueue: true,
  }).on('error', () => {});
  client.connect().catch(() => {});
  return client;
}

const close = (client: Redis | ReturnType<typeof nodeRedis>) =>
  client instanceof Redis ? client.disconnect() : client.destroy();

describe.each([
  ['ioredis', ioredis],
  ['node-redis', nodeRedis],
] as const)('%s has no connection, and the error says why', (_, open) => {
  it('nobody listens on the port', async () => {
    const client = open(1);
    expect(await causeBy(client)).toMatchObject({
      code: 'ECONNREFUSED',
      message: expect.stringContaining(':1'),
    });
    close(client);
  });

  it('no such host', async () => {
    const client = open(6379, { host: 'redis.invalid' });
    expect(String((await causeBy(client)).message)).toMatch(/ENOTFOUND|EAI_AGAIN/);
    close(client);
  });

  it('a wrong password', async () => {
    const client = open(server.port, { password: 'a wrong one' });
    const cause = await causeBy(client);
    expect(cause.message).toMatch(/^WRONGPASS /);
    expect(String(cause)).not.toContain('a wrong one');
    close(client);
  });

  it('no password', async () => {
    const client = open(server.port);
    expect((await causeBy(client)).message).toMatch(/NOAUTH/);
    close(client);
  });

  it('a server that was stopped', async () => {
    const own = await RedisServer.start();
    const client = open(own.port);
    const store = new RedisStore({ client });
    const browser = new Browser<{ n: number }>(nextAppSession({ secret: 'a secret', store }));
    await expect
      .poll(() => browser.visit((session) => session().set('n', 1)).then(() => 'set', String))
      .toBe('set');
    await own.kill();
    // The first reason is that the connection broke.
    await expect.poll(() => causeBy(client)).toMatchObject({ code: 'ECONNREFUSED' });
    close(client);
    await own.stop();
  });
});

it('a client of ioredis without a listener still logs its errors', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  const client = new Redis({ port: 1, enableOfflineQueue: false });
  new RedisStore({ client });
  await expect.poll(() => String(log.mock.calls)).toContain('[ioredis] Unhandled error event');
  client.disconnect();
  log.mockRestore();
});
