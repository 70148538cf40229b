import { beforeEach, describe, expect, it, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import { Browser } from '../test-kits/browser.js';
import { actAsProcesses } from '../test-kits/processes.js';
import { REFUSAL, SpyStore } from '../test-kits/spy-store.js';

type Data = { notice?: { text: string } | null; n?: number };

let store: SpyStore;
let browser: Browser<Data>;

beforeEach(async () => {
  store = new SpyStore();
  browser = new Browser(nextAppSession<Data>({ name: 'take', secret: 'a secret', store }));
  await browser.visit((own) => own().setAll({ notice: { text: 'Saved' }, n: 1 }));
  store.spy.reset();
});

const take = (from = browser) => from.visit((own) => own().take('notice')).then(({ result }) => result);
const data = () => browser.visit((own) => own().all()).then(({ result }) => result);

describe('take', () => {
  it('returns what the key held, and removes it with one read and one write', async () => {
    expect(await take()).toEqual({ text: 'Saved' });
    expect(store.spy.calls).toEqual(['get', 'set']);
    expect(await data()).toEqual({ n: 1 });
  });

  it('returns null and writes nothing for a key that is not there', async () => {
    await take();
    store.spy.reset();
    expect(await take()).toBeNull();
    expect(store.spy.calls).toEqual(['get']);
    await browser.visit(async (own) => expect(await own().take('toString' as 'n')).toBeNull());
  });

  it('returns null without a session, and creates none', async () => {
    const stranger = new Browser(browser.session);
    const { result, cookies } = await stranger.visit((own) => own().take('notice'));
    expect(result).toBeNull();
    expect(cookies).toEqual([]);
    expect(store.spy.calls).toEqual([]);
  });

  it('returns a value that is false or null as it is, and removes it', async () => {
    await browser.visit((own) => own().setAll({ notice: null, n: 0 }));
    await browser.visit(async (own) => {
      expect(await own().take('n')).toBe(0);
      expect(await own().take('notice')).toBeNull();
      expect(await own().all()).toEqual({});
    });
  });

  it('returns a copy', async () => {
    await browser.visit(async (own) => {
      const before = await own().get('notice');
      const taken = await own().take('notice');
      expect(taken).toEqual(before);
      expect(taken).not.toBe(before);
    });
  });

  it.each(['cookie', '__proto__', 1 as unknown as string])('refuses the key %j', async (key) => {
    await expect(browser.visit((own) => own().take(key as 'n'))).rejects.toMatchObject({
      code: 'ERR_SESSION_KEY',
    });
    expect(store.spy.calls).toEqual([]);
  });

  it('throws if the session ended under the request', async () => {
    await browser.visit(async (own) => {
      await own().get('n');
      await new Browser(browser.session, Object.fromEntries(browser.cookies)).visit((other) =>
        other().destroy(),
      );
      await expect(own().take('notice')).rejects.toMatchObject({ code: 'ERR_SESSION_GONE' });
    });
  });
});

describe('of those who take a key at the same time', () => {
  actAsProcesses();

  it('one gets it, of 100 in as many processes', async () => {
    const taken = await Promise.all(Array.from({ length: 100 }, () => take()));
    expect(taken.filter((value) => value !== null)).toEqual([{ text: 'Saved' }]);
    expect(await data()).toEqual({ n: 1 });
  });
});

describe('if the store fails', () => {
  actAsProcesses();

  it('nobody gets the value where the write was refused, and it stays', async () => {
    store.spy.fail('set', REFUSAL);
    await expect(take()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
    expect(await take()).toEqual({ text: 'Saved' });
  });

  it('its taker gets the value where only the answer was lost', async () => {
    store.spy.lose('set');
    expect(await take()).toEqual({ text: 'Saved' });
    expect(await take()).toBeNull();
  });

  it('nobody gets the value twice where the answer was lost and somebody else wrote since', async () => {
    const other = new Browser(browser.session, Object.fromEntries(browser.cookies));
    const look = vi.fn(() => other.visit((own) => own().set('n', 2)));
    const first = browser.visit(async (own) => {
      await own().get('n');
      store.spy.lose('set');
      store.spy.before('get', look);
      return own().take('notice');
    });
    await expect(first).rejects.toMatchObject({ message: expect.stringContaining('outcome is unknown') });
    expect(look).toHaveBeenCalled();
    expect(await take()).toBeNull();
    expect(await data()).toEqual({ n: 2 });
  });
});
