import { afterEach, describe, expect, it, vi } from 'vitest';
import { nextAppSession } from '../../next-app-session.js';
import { callOptions } from '../../store-contract/store.js';
import { Browser } from '../../test-kits/browser.js';
import { MemoryStore } from './memory-store.js';

afterEach(() => vi.useRealTimers());

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
    await first.users.add('ada', 'x', Date.now() + 1000, callOptions());
    first.bind(name);
    vi.resetModules();
    const { MemoryStore: Copy } = await import('./memory-store.js');
    expect(Copy).not.toBe(MemoryStore);
    const second = new Copy();
    await second.set('y', until(1000));
    await second.users.add('ada', 'y', Date.now() + 1000, callOptions());
    second.bind(name);
    for (const store of [first, second]) {
      expect((await store.users.list('ada', callOptions())).map(({ id }) => id)).toEqual(['x', 'y']);
      expect(await store.get('y')).not.toBeNull();
    }
    await second.destroy('x');
    expect((await first.users.list('ada', callOptions())).map(({ id }) => id)).toEqual(['y']);
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

function recordsOf(name: string): Map<string, unknown> {
  const registry = Reflect.get(globalThis, Symbol.for('next-app-session.memory'));
  return registry.get(name).records;
}
