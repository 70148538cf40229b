import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveExpress } from '../stores/express-app.kit.js';
import { RedisServer } from '../stores/servers/redis-server.js';
import { packTarball } from './installed.js';
import { NextApp } from './next-app.js';
import { sharedWithExpress } from './variants.js';
import { Visitor } from './visitor.js';

// A real Next app and a real Express app with the same sessions in one Redis. That wrapped stores do the same is in
// e2e/stores/express-sharing.test.ts.

const SECRET = 'a secret of both apps';

describe(sharedWithExpress.name, () => {
  let redis: RedisServer;
  let client: ReturnType<typeof createClient>;
  let express: Server;
  let next: NextApp;
  beforeAll(async () => {
    redis = await RedisServer.start();
    client = createClient({ url: redis.url });
    await client.connect();
    express = await serveExpress(client, { name: 'connect.sid', secret: SECRET, maxAge: 3600 });
    next = new NextApp(sharedWithExpress);
    await next.build(packTarball());
    await next.start({ REDIS_URL: redis.url, SESSION_SECRET: SECRET });
  });
  afterAll(async () => {
    await next?.stop();
    express?.close();
    client?.destroy();
    await redis?.stop();
  });

  /** A request of the visitor's browser to the Express app. */
  async function onExpress(visitor: Visitor, method: string, path: string): Promise<unknown> {
    const { port } = express.address() as AddressInfo;
    const page = await visitor.open(path, { method }, `http://127.0.0.1:${port}`);
    expect(page.status).toBe(200);
    return JSON.parse(page.text);
  }

  it('signed in on Express, read and written on Next, read on Express', async () => {
    const visitor = new Visitor(next);
    await onExpress(visitor, 'POST', '/sign-in');
    expect(await visitor.data()).toEqual({ user: 'ada' });
    await visitor.run([['set', 'next', 1]]);
    await onExpress(visitor, 'POST', '/write');
    expect(await onExpress(visitor, 'GET', '/read')).toEqual({ user: 'ada', next: 1, express: 1 });
    expect((await visitor.open('/')).text).toContain('"express":1');
  });

  it('signed in on Next, read and written on Express, read on Next', async () => {
    const visitor = new Visitor(next);
    await visitor.run([['signIn', 'ada']]);
    await onExpress(visitor, 'POST', '/write');
    expect(await onExpress(visitor, 'GET', '/read')).toEqual({ user: 'ada', express: 1 });
    expect(await visitor.data()).toEqual({ user: 'ada', express: 1 });
  });

  it('signed out on either side is signed out on both', async () => {
    for (const side of ['Next', 'Express']) {
      const visitor = new Visitor(next);
      await visitor.run([['signIn', 'ada']]);
      const copy = new Visitor(next, visitor.cookies);
      if (side === 'Next') await visitor.run([['destroy']]);
      else await onExpress(visitor, 'POST', '/sign-out');
      expect(await copy.data()).toEqual({});
      expect(await onExpress(copy, 'GET', '/read')).toEqual({});
    }
  });
});
