import { Redis } from '@upstash/redis';
import nextAppSession, { type Options } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { RedisServer } from './servers/redis-server.js';
import { UpstashBridge } from './servers/upstash-bridge.js';

// Two instances of an app. The replica that answers reads does not know the writes of the test, but for requests whose sync token
// tells of them.

type Data = Record<string, unknown>;

let primary: RedisServer;
let replica: RedisServer;
let bridge: UpstashBridge;
beforeEach(async () => {
  [primary, replica] = await Promise.all([
    RedisServer.start('--repl-diskless-sync-delay', '0'),
    RedisServer.start(),
  ]);
  bridge = await UpstashBridge.start(primary.port, { replicaPort: replica.port });
});
afterEach(async () => {
  await bridge?.stop();
  await Promise.all([primary?.stop(), replica?.stop()]);
});

/** An app with a client of its own. */
function instance(options: Partial<Options<Data>> = {}, client = clientOfBridge()) {
  return nextAppSession<Data>({
    secret: 'a secret',
    store: new RedisStore({ client }),
    user: ({ user }) => user as string,
    ...options,
  });
}

function clientOfBridge(): Redis {
  return new Redis({ url: bridge.url, token: bridge.token });
}

/** A client whose sync token is always that of a request from long ago, which was answered late. */
function clientThatForgets(): Redis {
  const client = clientOfBridge();
  client.use(async (request, next) => {
    const response = await next<never>(request);
    client.readYourWritesSyncToken = '0';
    return response;
  });
  return client;
}

const signIn = async (session: ReturnType<typeof instance>) => {
  const browser = new Browser(session);
  await browser.visit((own) => own().regenerate(() => ({ user: 'ada' })));
  return browser;
};

/** Lets the replica have what the primary has, and nothing of what comes. */
async function copyOnce(): Promise<void> {
  await replica.command('REPLICAOF', '127.0.0.1', String(primary.port));
  const keys = await primary.command('DBSIZE');
  await expect.poll(() => replica.command('DBSIZE')).toBe(keys);
  await replica.command('REPLICAOF', 'NO', 'ONE');
}

const recordsLeft = () => primary.command('KEYS', 'sess:?????*');

describe('while a replica lags behind', () => {
  it('an instance sees what it has written', async () => {
    const browser = await signIn(instance());
    for (const n of [1, 2, 3]) {
      await browser.visit((own) => own().set('n', n));
      expect(await browser.visit((own) => own().get('n'))).toBe(n);
    }
  });

  it('another instance sees what was there before, and loses no update', async () => {
    const browser = await signIn(instance());
    await browser.visit((own) => own().set('n', 1));
    await copyOnce();
    await browser.visit((own) => own().update((data) => ({ ...data, n: Number(data.n) + 1 })));
    const another = new Browser(instance(), browser.cookies);
    expect(await another.visit((own) => own().get('n'))).toBe(1);
    await another.visit((own) => own().update((data) => ({ ...data, n: Number(data.n) + 1 })));
    expect(await another.visit((own) => own().get('n'))).toBe(3);
  });

  it('another instance reads a session that was signed out, and does not bring it back', async () => {
    const browser = await signIn(instance());
    await copyOnce();
    const another = new Browser(instance(), browser.cookies);
    await browser.visit((own) => own().destroy());
    const [seen, code] = await another.visit(async (own) => [
      await own().get('user'),
      await own()
        .set('n', 1)
        .catch((error) => error.code),
    ]);
    expect([seen, code]).toEqual(['ada', 'ERR_SESSION_GONE']);
    expect(await recordsLeft()).toBe('');
  });

  it.each(['revokeAll', 'revokeOthers'] as const)(
    '%s of another instance ends a session that no replica has',
    async (method) => {
      const browser = await signIn(instance());
      const revoking = instance({}, clientThatForgets());
      expect(await revoking.user('ada').list()).toHaveLength(1);
      const request = new Browser(revoking).open().request;
      const users = method === 'revokeAll' ? revoking.user('ada') : revoking.user('ada', request);
      expect(await users[method]()).toBe(1);
      expect(await recordsLeft()).toBe('');
      expect(await browser.visit((own) => own().get('user'))).toBeNull();
    },
  );

  it('a limit of sessions counts those that no replica has', async () => {
    const options = { maxSessions: 1 };
    const handles = async () => (await instance().user('ada').list()).map(({ handle }) => handle);
    await signIn(instance(options));
    const before = await handles();
    await signIn(instance(options, clientThatForgets()));
    const after = await handles();
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
  });
});
