import { Redis } from '@upstash/redis';
import nextAppSession, { type Options } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { RedisServer } from './servers/redis-server.js';
import { UpstashBridge } from './servers/upstash-bridge.js';

// Two instances of an app. The replica that answers what only reads does not know the writes of the test, but for requests whose sync
// token tells of them.

type Data = Record<string, unknown>;

let primary: RedisServer;
let replica: RedisServer;
let bridge: UpstashBridge;
beforeEach(async () => {
  [primary, replica] = await Promise.all([RedisServer.start(), RedisServer.start()]);
  bridge = await UpstashBridge.start(primary.port, { replicaPort: replica.port });
});
afterEach(async () => {
  await bridge?.stop();
  await Promise.all([primary?.stop(), replica?.stop()]);
});

/** An app with its own client. */
function instance(options: Partial<Options<Data>> = {}) {
  const client = new Redis({ url: bridge.url, token: bridge.token });
  return nextAppSession<Data>({
    secret: 'a secret',
    store: new RedisStore({ client }),
    user: ({ user }) => user as string,
    ...options,
  });
}

const signIn = async (session: ReturnType<typeof instance>) => {
  const browser = new Browser(session);
  await browser.visit((own) => own().regenerate(() => ({ user: 'ada' })));
  return browser;
};

const recordsLeft = () => primary.command('KEYS', 'sess:?????*');

describe('while a replica lags behind', () => {
  it('a command that only reads does not find the record', async () => {
    await signIn(instance());
    const [key = ''] = (await recordsLeft()).split('\n').filter((found) => !found.includes('#'));
    const client = new Redis({ url: bridge.url, token: bridge.token });
    expect([await client.get(key), await client.getrange(key, 0, 9)]).toEqual([null, '']);
  });

  it('an instance sees what it has written', async () => {
    const browser = await signIn(instance());
    for (const n of [1, 2, 3]) {
      await browser.visit((own) => own().set('n', n));
      expect(await browser.visit((own) => own().get('n'))).toBe(n);
    }
  });

  it('another instance sees it too, and loses no update', async () => {
    const browser = await signIn(instance());
    const increment = (data: Data) => ({ ...data, n: Number(data.n ?? 0) + 1 });
    for (const n of [1, 3, 5]) {
      await browser.visit((own) => own().update(increment));
      const another = new Browser(instance(), browser.cookies);
      expect(await another.visit((own) => own().get('n'))).toBe(n);
      await another.visit((own) => own().update(increment));
    }
  });

  it('another instance does not see a session that was signed out', async () => {
    const browser = await signIn(instance());
    const another = new Browser(instance(), browser.cookies);
    expect(await another.visit((own) => own().get('user'))).toBe('ada');
    await browser.visit((own) => own().destroy());
    expect(await another.visit((own) => own().get('user'))).toBeNull();
  });

  it('a sign-out at an instance whose replica has no session ends it', async () => {
    const browser = await signIn(instance());
    const another = new Browser(instance(), browser.cookies);
    await another.visit((own) => own().destroy());
    expect(await recordsLeft()).toBe('');
    expect(another.cookies).toEqual({});
  });

  it.each(['revokeAll', 'revokeOthers'] as const)(
    '%s of another instance ends a session that no replica has',
    async (method) => {
      const browser = await signIn(instance());
      const revoking = instance();
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
    await signIn(instance(options));
    const after = await handles();
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
  });
});
