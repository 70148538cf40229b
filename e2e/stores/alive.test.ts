import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import nextAppSession from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { createSessionTester } from 'next-app-session/testing';
import { redisBackend } from 'next-app-session/testing/playwright';
import { describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { redisOfTests } from './redis.kit.js';

// RedisStore moves the end that Redis keeps, and not the date in the record. Everybody who asks whether a session is
// alive has to say what the app says.

const { client } = await redisOfTests();

interface Data {
  n: number;
  userId?: string;
}

const appOn = (store: RedisStore, idleTimeout: number) =>
  nextAppSession<Data>({
    name: 'alive',
    secret: 'a secret',
    store,
    idleTimeout,
    user: (data) => data.userId,
  });

// At once, since they wait: each has keys of its own.
describe('a session that reads have kept alive, after the date in its record', { concurrent: true }, () => {
  async function keptAlive() {
    const prefix = `${randomUUID()}:`;
    const session = appOn(new RedisStore({ client, prefix }), 6);
    const browser = new Browser(session);
    await browser.visit((own) => own().setAll({ n: 1, userId: 'ada' }));
    await sleep(4000);
    expect(await browser.visit((own) => own().get('n'))).toBe(1);
    await sleep(4000);
    const run = await (await redisBackend(client, { prefix }).connect({ session })).startRun();
    return { session, browser, run, cookie: browser.cookies.alive ?? '' };
  }

  it('is read by the Playwright backend, as by the app', async () => {
    const { run, cookie, browser } = await keptAlive();
    expect(await run.read(cookie)).toEqual({ n: 1, userId: 'ada' });
    expect(await run.id(cookie)).toBe(await browser.visit((own) => own().id()));
  });

  it('is written by the Playwright backend, which makes no second session', async () => {
    const { run, cookie, browser } = await keptAlive();
    expect(await run.write(cookie, { n: 2, userId: 'ada' }, null)).toBeNull();
    expect(await browser.visit((own) => own().get('n'))).toBe(2);
  });

  it('is listed, and ended, among those of its user', async () => {
    const { session, browser } = await keptAlive();
    expect(await session.user('ada').list()).toHaveLength(1);
    expect(await session.user('ada').revokeAll()).toBe(1);
    expect(await browser.visit((own) => own().all())).toEqual({});
  });

  it('is over for all of them once Redis says so', async () => {
    const { session, browser, run, cookie } = await keptAlive();
    await sleep(4000);
    expect(await run.read(cookie)).toBeNull();
    expect(await session.user('ada').list()).toEqual([]);
    expect(await browser.visit((own) => own().all())).toEqual({});
  });
});

describe('a tester whose store is a RedisStore, of which Redis keeps the real time', () => {
  it('and its app agree after each step of the clock', async () => {
    const store = new RedisStore({ client, prefix: `${randomUUID()}:` });
    const session = appOn(store, 86_400);
    const t = createSessionTester(session, { store, data: { n: 1 } });
    const seenByApp = async () => (await t.action(() => session().get('n'))).result;
    for (let visit = 0; visit < 4; visit++) {
      t.advance({ hours: 20 });
      expect(await seenByApp()).toBe(1);
      expect(await t.read()).toEqual({ n: 1 });
    }
    t.advance({ days: 2 });
    expect(await t.read()).toBeNull();
    expect(await seenByApp()).toBeNull();
  });

  it('and its app agree where only the tester looks first', async () => {
    const store = new RedisStore({ client, prefix: `${randomUUID()}:` });
    const session = appOn(store, 86_400);
    const t = createSessionTester(session, { store, data: { n: 1, userId: 'ada' } });
    t.advance({ hours: 25 });
    expect(await t.user('ada').list()).toEqual([]);
    expect(await t.id()).toBeNull();
    expect((await t.action(() => session().all())).result).toEqual({});
  });
});
