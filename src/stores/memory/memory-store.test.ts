import { afterEach, describe, expect, it, vi } from 'vitest';
import { nextAppSession } from '../../next-app-session.js';
import { callOptions } from '../../store-contract/store.js';
import { Browser } from '../../test-kits/browser.js';
import { MemoryStore } from './memory-store.js';

afterEach(() => vi.useRealTimers());

const entry = (key: string) => ({ entry: `of-${key}`, key, until: Date.now() + 1000 });

const until = (ms: number) => ({ cookie: { expires: new Date(Date.now() + ms).toISOString() } });

describe('the contract', () => {
  it('returns null for a missing record, and destroys one without an error', async () => {
    const store = new MemoryStore();
    expect(await store.get('x')).toBeNull();
    await store.destroy('x');
    expect(await store.get('x')).toBeNull();
  });

  it('keeps a copy of the record', async () => {
    const store = new MemoryStore();
    const record = { ...until(1000), list: [1] };
    await store.set('x', record);
    record.list.push(2);
    expect(await store.get('x')).toMatchObject({ list: [1] });
  });

  it('deletes a record that is set with a date in the past', async () => {
    const store = new MemoryStore();
    await store.set('x', until(1000));
    await store.set('x', until(-1));
    expect(await store.get('x')).toBeNull();
  });

  it('swaps only if the stored version is the expected one', async () => {
    const store = new MemoryStore();
    const { atomic } = store;
    const first = await atomic.swap('x', null, { ...until(1000), n: 1 }, callOptions());
    expect(first).not.toBeNull();
    expect(await atomic.swap('x', null, { ...until(1000), n: 9 }, callOptions())).toBeNull();
    expect((await atomic.load('x', callOptions()))?.version).toBe(first);
    const second = await atomic.swap('x', first, { ...until(1000), n: 2 }, callOptions());
    expect(await atomic.swap('x', first, { ...until(1000), n: 9 }, callOptions())).toBeNull();
    expect(await store.get('x')).toMatchObject({ n: 2 });
    await store.set('x', { ...until(1000), n: 3 });
    expect(await atomic.swap('x', second, { ...until(1000), n: 9 }, callOptions())).toBeNull();
    const third = (await atomic.load('x', callOptions()))?.version ?? '';
    expect(await atomic.swap('x', third, until(-1), callOptions())).not.toBeNull();
    expect(await atomic.load('x', callOptions())).toBeNull();
    expect(await atomic.swap('x', third, { ...until(1000), n: 9 }, callOptions())).toBeNull();
  });

  it('rejects a record that is not JSON', async () => {
    await expect(new MemoryStore().set('x', { n: 1n })).rejects.toMatchObject({ code: 'ERR_SESSION_DATA' });
  });
});

describe('expired records', () => {
  it('are deleted by later writes, a few at a time, without a timer', async () => {
    vi.useFakeTimers();
    const store = new MemoryStore();
    const name = 'swept';
    store.bind(name);
    for (let i = 0; i < 1000; i++) await store.set(`old-${i}`, until(1000));
    vi.setSystemTime(Date.now() + 2000);
    for (let i = 0; i < 600; i++) await store.set(`new-${i}`, until(1000));
    expect(recordsOf(name).size).toBe(600);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('are deleted though sessions that are in use are read more often than anything is written', async () => {
    vi.useFakeTimers();
    const store = new MemoryStore();
    const name = 'swept-while-read';
    store.bind(name);
    for (let i = 0; i < 100; i++) await store.set(`expired-${i}`, until(1000));
    for (let i = 0; i < 50; i++) await store.set(`in-use-${i}`, until(60_000));
    vi.setSystemTime(Date.now() + 2000);
    for (let i = 0; i < 100; i++) {
      for (let j = 0; j < 50; j++) await store.get(`in-use-${j}`);
      await store.set('written', until(60_000));
    }
    expect(recordsOf(name).size).toBe(51);
  });
});

describe('max', () => {
  const fill = async (store: MemoryStore, ...ids: string[]) => {
    for (const id of ids) await store.set(id, until(1000));
  };
  const kept = async (store: MemoryStore, ...ids: string[]) => {
    const found = await Promise.all(ids.map((id) => store.get(id)));
    return ids.filter((_, at) => found[at]);
  };

  it('the least recently used record goes first', async () => {
    const store = new MemoryStore({ max: 3 });
    await fill(store, 'a', 'b', 'c', 'd', 'e');
    expect(await kept(store, 'a', 'b', 'c', 'd', 'e')).toEqual(['c', 'd', 'e']);
  });

  it('a read, a load, a write and a swap count as use', async () => {
    const store = new MemoryStore({ max: 5 });
    await fill(store, 'read', 'loaded', 'written', 'swapped', 'unused');
    await store.get('read');
    await store.atomic.load('loaded', callOptions());
    await store.set('written', until(1000));
    const version = (await store.atomic.load('swapped', callOptions()))?.version ?? null;
    await store.atomic.swap('swapped', version, until(1000), callOptions());
    await fill(store, 'new');
    expect(await kept(store, 'read', 'loaded', 'written', 'swapped', 'unused')).toEqual([
      'read',
      'loaded',
      'written',
      'swapped',
    ]);
  });

  it('the list of a user’s sessions does not count as use', async () => {
    const store = new MemoryStore({ max: 2 });
    await store.users.add('ada', entry('listed'), callOptions());
    await fill(store, 'listed', 'other');
    await store.users.list('ada', { limit: 9 }, callOptions());
    await fill(store, 'new');
    expect(await kept(store, 'listed', 'other')).toEqual(['other']);
  });

  it('a record that goes is no session of its user any more', async () => {
    const store = new MemoryStore({ max: 1 });
    for (const key of ['first', 'second']) {
      await store.users.add('ada', entry(key), callOptions());
      await fill(store, key);
    }
    const { entries } = await store.users.list('ada', { limit: 9 }, callOptions());
    expect(entries.flatMap(({ records }) => records.filter(({ record }) => record))).toMatchObject([
      { key: 'second' },
    ]);
  });

  it('a record that has expired goes before a live one, if the write meets it', async () => {
    vi.useFakeTimers();
    const store = new MemoryStore({ max: 3 });
    await fill(store, 'live');
    await store.set('live', until(60_000));
    await fill(store, 'expired');
    vi.setSystemTime(Date.now() + 2000);
    await fill(store, 'new', 'newer');
    expect(await kept(store, 'live', 'new', 'newer')).toEqual(['live', 'new', 'newer']);
  });

  it('is 100,000 by default', async () => {
    const store = new MemoryStore();
    const name = 'default-max';
    store.bind(name);
    for (let i = 0; i < 100_002; i++) await store.set(String(i), until(60_000));
    expect(recordsOf(name).size).toBe(100_000);
    expect(await kept(store, '1', '2')).toEqual(['2']);
  });

  it('of stores that share their sessions, the smallest one that was given counts', async () => {
    const name = 'shared-max';
    const open = (options?: { max?: number }) => {
      const store = new MemoryStore(options);
      store.bind(name);
      return store;
    };
    const large = open({ max: 150_000 });
    const byDefault = open();
    for (let i = 0; i < 100_002; i++) await byDefault.set(String(i), until(60_000));
    expect(recordsOf(name).size).toBe(100_002);
    open({ max: 2 });
    expect(recordsOf(name).size).toBe(2);
    expect(await kept(large, '99999', '100000', '100001')).toEqual(['100000', '100001']);
    open({ max: 10 });
    await fill(large, 'a', 'b', 'c');
    expect(recordsOf(name).size).toBe(2);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e9, '10', null])('%s throws', (max) => {
    expect(() => new MemoryStore({ max: max as number })).toThrow(
      expect.objectContaining({
        code: 'ERR_SESSION_OPTIONS',
        message: expect.stringMatching(/^MemoryStore option max: give .* whole number from 1/),
      }),
    );
  });

  it('an option that does not exist throws with its name, unless it is undefined', () => {
    expect(() => new MemoryStore({ maxAge: 5 } as object)).toThrow(
      expect.objectContaining({
        code: 'ERR_SESSION_OPTIONS',
        message: 'MemoryStore option maxAge: there is no such option. The only one is max.',
      }),
    );
    expect(() => new MemoryStore({ maxAge: undefined, max: undefined } as object)).not.toThrow();
    expect(() => new MemoryStore(5 as unknown as object)).toThrow(
      expect.objectContaining({ code: 'ERR_SESSION_OPTIONS' }),
    );
  });
});

describe('sharing', () => {
  it('stores of one cookie name share sessions, as copies of a module do; other stores do not', async () => {
    const open = (name: string, store?: MemoryStore) =>
      nextAppSession({ name, secret: 'a secret', ...(store && { store }) });
    const browser = new Browser(open('shared', new MemoryStore()));
    await browser.visit((session) => session().set('n', 1));
    const copy = new Browser(open('shared', new MemoryStore()), Object.fromEntries(browser.cookies));
    expect((await copy.visit((session) => session().get('n'))).result).toBe(1);
    const byDefault = new Browser(open('shared'), Object.fromEntries(browser.cookies));
    expect((await byDefault.visit((session) => session().get('n'))).result).toBe(1);
    const other = new Browser(open('apart', new MemoryStore()), {
      apart: browser.cookies.get('shared') ?? '',
    });
    expect((await other.visit((session) => session().get('n'))).result).toBeNull();
  });

  it('copies of this module share records, and the index of a user', async () => {
    const name = 'two-copies';
    const first = new MemoryStore();
    await first.set('x', until(1000));
    await first.users.add('ada', entry('x'), callOptions());
    first.bind(name);
    vi.resetModules();
    const { MemoryStore: Copy } = await import('./memory-store.js');
    expect(Copy).not.toBe(MemoryStore);
    const second = new Copy();
    await second.set('y', until(1000));
    await second.users.add('ada', entry('y'), callOptions());
    second.bind(name);
    for (const store of [first, second]) {
      expect(await recordedKeys(store)).toEqual(['x', 'y']);
      expect(await store.get('y')).not.toBeNull();
    }
    await second.destroy('x');
    expect(await recordedKeys(first)).toEqual(['y']);
  });

  it('bind keeps the records that were stored before it', async () => {
    const store = new MemoryStore();
    await store.set('x', until(1000));
    store.bind('kept');
    store.bind('ignored');
    const copy = new MemoryStore();
    copy.bind('kept');
    expect(await copy.get('x')).not.toBeNull();
  });
});

function recordsOf(name: string): { readonly size: number } {
  const registry = Reflect.get(globalThis, Symbol.for('next-app-session.memory'));
  return registry.get(name).records;
}

async function recordedKeys({ users }: MemoryStore): Promise<string[]> {
  const { entries } = await users.list('ada', { limit: 10 }, callOptions());
  const records = entries.flatMap((entry) => entry.records);
  return records.flatMap(({ key, record }) => (record ? [key] : [])).sort();
}
