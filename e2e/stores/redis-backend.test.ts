import { Redis } from 'ioredis';
import nextAppSession from 'next-app-session';
import { redisBackend } from 'next-app-session/testing/playwright';
import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RedisServer } from './servers/redis-server.js';

const session = nextAppSession<{ n: number }>({
  name: '__Host-sid',
  secret: ['new', 'old'],
  cookie: { secure: true, maxAge: 60, sameSite: 'strict' },
});

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server?.stop());
beforeEach(() => server.command('FLUSHALL'));

describe('redisBackend', () => {
  it('by a URL keeps records as RedisStore does, under the app’s prefix, for as long as they live', async () => {
    const connection = await redisBackend(server.url, { prefix: 'app:' }).connect({ session });
    const run = await connection.startRun();
    const cookie = await run.write(null, { n: 1 }, null);
    expect(cookie).toMatchObject({
      name: '__Host-sid',
      path: '/',
      httpOnly: true,
      secure: true,
      sameSite: 'Strict',
    });
    expect(cookie).not.toHaveProperty('domain');
    const value = decodeURIComponent(cookie?.value ?? '');
    const key = await server.command('KEYS', 'app:*');
    expect(key).toMatch(/^app:[\w-]{43}$/);
    expect(key).not.toContain(await run.id(value));
    expect(Number(await server.command('TTL', key))).toBeGreaterThan(55);
    expect(await run.read(value)).toEqual({ n: 1 });
    await run.end([]);
    expect(await server.command('DBSIZE')).toBe('0');
    await connection.close();
  });

  it.each(['ioredis', 'redis'])('takes a client of %s, and leaves it open', async (library) => {
    const client = library === 'redis' ? createClient({ url: server.url }) : new Redis(server.url);
    if ('isOpen' in client) await client.connect();
    const connection = await redisBackend(client as Redis).connect({ session });
    const run = await connection.startRun();
    const value = decodeURIComponent((await run.write(null, { n: 1 }, null))?.value ?? '');
    expect(await run.read(value)).toEqual({ n: 1 });
    await run.end([value]);
    await connection.close();
    expect(await (client as Redis).ping()).toBe('PONG');
    await client.quit();
  });

  it('by name and secret signs what the app’s session verifies', async () => {
    const connection = await redisBackend(server.url).connect({ name: '__Host-sid', secret: 'old' });
    const run = await connection.startRun();
    const cookie = await run.write(null, { n: 1 }, null);
    expect(cookie).toMatchObject({ name: '__Host-sid', secure: true, expires: -1 });
    const own = await (await redisBackend(server.url).connect({ session })).startRun();
    expect(await own.read(decodeURIComponent(cookie?.value ?? ''))).toEqual({ n: 1 });
    await connection.close();
  });

  it('cannot make the app’s store fail, and does not claim to', async () => {
    const run = await (await redisBackend(server.url).connect({ session })).startRun();
    expect([run.fail, run.delay, run.spans, run.headers]).toEqual([undefined, undefined, undefined, {}]);
  });

  it('says which Redis it cannot reach, without the password', async () => {
    const connecting = redisBackend('redis://user:hidden@127.0.0.1:9').connect({ session });
    await expect(connecting).rejects.toThrow('cannot reach Redis at 127.0.0.1:9. Start it first.');
    await expect(connecting).rejects.not.toThrow('hidden');
  });

  it.each([
    [{}, 'Pass the `session` of the app, or name and secret'],
    [{ session: {} as never }, 'session is not what nextAppSession(…) returned'],
    [{ secret: '' }, 'Session option secret: it is given but undefined or empty'],
  ])('refuses the settings %j', async (settings, message) => {
    await expect(redisBackend(server.url).connect(settings)).rejects.toThrow(message);
  });
});
