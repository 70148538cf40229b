import nextAppSession, { type Options } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Browser } from './browser.kit.js';
import { redisOfTests } from './redis.kit.js';

interface Data {
  userId?: string;
  n?: number;
  cart?: string[];
}

const GONE = { code: 'ERR_SESSION_GONE' };

const { client } = await redisOfTests();
beforeEach(() => client.flushall());
afterEach(() => {
  vi.useRealTimers();
});

function browse(options: Partial<Options<Data>> = {}, cookies?: Record<string, string>) {
  const store = new RedisStore({ client });
  const session = nextAppSession<Data>({ secret: 'a secret', store, ...options });
  return { session, browser: new Browser(session, cookies) };
}

/** The one record that is stored, and its key. */
async function stored(): Promise<{ key: string; value: string }> {
  const keys = (await client.keys('sess:*')).filter((key) => !key.includes('#user'));
  expect(keys).toHaveLength(1);
  const [key = ''] = keys;
  return { key, value: (await client.get(key)) ?? '' };
}

const bytesOver = (value: string, data: Data) =>
  Buffer.byteLength(value) - Buffer.byteLength(JSON.stringify(data));

describe('a record', () => {
  it('adds at most 120 bytes to the data, with default options', async () => {
    const data: Data = { cart: ['a', 'b', 'ü'], n: 1 };
    const { browser } = browse();
    await browser.visit((own) => own().setAll(data));
    expect(bytesOver((await stored()).value, data)).toBeLessThanOrEqual(120);
    // Later on the dates are longer.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 80_000_000 });
    await browser.visit((own) => own().set('n', 1));
    expect(bytesOver((await stored()).value, data)).toBeLessThanOrEqual(120);
  });

  it('adds at most 220 bytes with one user, after a sign-in and later', async () => {
    const data: Data = { userId: 'ada', cart: ['a', 'b', 'ü'], n: 1 };
    const { browser } = browse({ user: ({ userId }) => userId });
    await browser.visit((own) => own().regenerate(() => data));
    expect(bytesOver((await stored()).value, data)).toBeLessThanOrEqual(220);
    await browser.visit((own) => own().set('n', 1));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 80_000_000 });
    await browser.visit((own) => own().regenerate());
    await browser.visit((own) => own().get('n'));
    vi.setSystemTime(Date.now() + 70_000);
    await browser.visit((own) => own().set('n', 1));
    const values = await Promise.all(
      (await client.keys('sess:*')).map((key) => client.get(key).catch(() => null)),
    );
    const value = values.find((text) => text?.includes('ada') && !text.includes('superseded')) ?? '';
    expect(bytesOver(value, data)).toBeLessThanOrEqual(220);
  });

  it('is never opened by a cookie of another name', async () => {
    const { browser: customer } = browse({ name: 'sid', user: ({ userId }) => userId });
    await customer.visit((own) => own().regenerate(() => ({ userId: 'ada' })));
    const { browser: staff } = browse({ name: 'staff' }, { staff: customer.cookies.sid ?? '' });
    expect(await staff.visit((own) => own().all())).toEqual({});
    await staff.visit((own) => own().set('n', 1));
    expect(await customer.visit((own) => own().all())).toEqual({ userId: 'ada' });
  });

  it.each([
    ['of a later format', (value: string) => value.replace('"__session":[2,', '"__session":[3,')],
    ['with a sealed body', (value: string) => value.replace(/"__session":\[.*?\]/, '"__session":"c2VhbGVk"')],
  ])('%s is no session, and is neither overwritten nor deleted', async (_, change) => {
    const { browser } = browse();
    await browser.visit((own) => own().set('n', 1));
    const { key, value } = await stored();
    const later = change(value);
    expect(later).not.toBe(value);
    await client.set(key, later, 'KEEPTTL');
    expect(await browser.visit((own) => own().all())).toEqual({});
    await browser.visit((own) => own().set('n', 2));
    await browser.visit((own) => own().regenerate());
    await browser.visit((own) => own().destroy());
    expect(await client.get(key)).toBe(later);
    expect(await client.pttl(key)).toBeGreaterThan(0);
  });
});

describe('absoluteTimeout', () => {
  it.each([
    ['1.x', { n: 1 }],
    ['express-session', { cookie: { originalMaxAge: 3_600_000, path: '/' }, n: 1 }],
  ])('starts for a record of %s that is only read', async (_, record) => {
    const { browser } = browse({ absoluteTimeout: 1, hashIds: false, genid: () => 'i'.repeat(22) });
    await browser.visit((own) => own().set('n', 0));
    await client.set(`sess:${'i'.repeat(22)}`, JSON.stringify(record), 'EX', 60);
    const read = () => browser.visit((own) => own().get('n'));
    expect(await read()).toBe(1);
    await expect.poll(read, { timeout: 15_000, interval: 200 }).toBeNull();
  });

  it.each(['set', 'regenerate'] as const)(
    'that ends within a request makes %s throw ERR_SESSION_GONE, and nothing is stored',
    async (how) => {
      const { browser } = browse({ absoluteTimeout: 60 });
      await browser.visit((own) => own().set('n', 1));
      await browser.visit(async (own) => {
        expect(await own().get('n')).toBe(1);
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
        await expect(how === 'set' ? own().set('n', 2) : own().regenerate()).rejects.toMatchObject(GONE);
      });
      expect((await stored()).value).toContain('"n":1');
    },
  );
});
