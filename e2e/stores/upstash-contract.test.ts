import { Redis } from '@upstash/redis';
import { RedisStore } from 'next-app-session/redis';
import { testStore } from 'next-app-session/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisServer } from './servers/redis-server.js';
import { commandsSentTo, RedisUser } from './servers/redis-user.js';
import { UpstashBridge } from './servers/upstash-bridge.js';

describe('RedisStore on @upstash/redis', () => {
  const user = new RedisUser([]);
  let server: RedisServer;
  let bridge: UpstashBridge;
  beforeAll(async () => {
    server = await RedisServer.start();
    await user.enter(server);
    bridge = await UpstashBridge.start(server.port, { login: user.login });
  });
  afterAll(async () => {
    await bridge?.stop();
    await server?.stop();
  });

  const open = (prefix: string) =>
    new RedisStore({ client: new Redis({ url: bridge.url, token: bridge.token }), prefix });

  testStore(
    { describe, it, expect },
    {
      create: ({ name }) => ({ store: open(`sess:${name}:`), another: () => open(`sess:${name}:`) }),
      atomic: true,
      users: true,
    },
  );

  it('needs each command that docs/redis.md lists, but those for replicas, and no other', async () => {
    expect(await commandsSentTo([server])).toEqual(user.commands.filter((name) => !name.endsWith('_ro')));
  });
});
