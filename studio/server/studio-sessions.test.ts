import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import nextAppSession, { MemoryStore } from '../../src/index.js';
import type { SeenSession, SessionDetail } from '../seen/seen-session.js';
import { type CountingApp, OpenedStudio } from '../test-kits/studio-app.js';
import { countingApp, HeldStore, lastRequest, PlainStore, visitor } from '../test-kits/watched-app.js';

const secret = 'a secret of these tests, which is long enough';
const apps: CountingApp[] = [];
let studio: OpenedStudio;
beforeAll(async () => {
  studio = await OpenedStudio.open(nextAppSession({ name: 'first', secret }), 0);
});
afterEach(() => {
  for (const app of apps.splice(0)) app.stop();
});

/** Starts an app that stops with the test. */
async function start(options: object): Promise<CountingApp> {
  const app = await countingApp(options);
  apps.push(app);
  return app;
}

const detailOf = (handle: string) => studio.call<SessionDetail>('session', { handle });

describe('a store without compare and swap', () => {
  it.each(['end', 'expire'])(
    'does not bring a session back by a write that was under way at its %s',
    async (how) => {
      const store = new HeldStore();
      const app = await start({ name: `held-${how}`, store });
      const { cookie, handle } = await visitor(studio, app);
      const writing = store.nextWrite();
      const visit = app.visit('POST', cookie);
      const go = await writing;
      const done = studio.call(`session/${how}`, { handle });
      // Enough for the call to reach the session.
      await new Promise((resolve) => setTimeout(resolve, 50));
      go();
      await visit;
      expect(await done).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect((await app.visit('GET', cookie)).body).toEqual({});
    },
  );

  it('gives a session a new ID', async () => {
    const app = await start({ name: 'plain', store: new PlainStore() });
    const { cookie, handle } = await visitor(studio, app);
    expect(await studio.call('session/regenerate', { handle })).toMatch(/^[\w-]{16}$/);
    const next = await app.visit('POST', cookie);
    expect(next.body).toEqual({ n: 2 });
    expect((await app.visit('GET', next.cookie)).body).toEqual({ n: 2 });
  });
});

it('does not say that a session has ended which gets a new ID at that moment', async () => {
  const inner = new MemoryStore();
  let meanwhile: (() => Promise<unknown>) | undefined;
  const store = {
    name: 'memory',
    get: (id: string) => inner.get(id),
    set: () => {
      throw new Error('there is compare and swap');
    },
    destroy: (id: string) => inner.destroy(id),
    atomic: {
      load: inner.atomic.load,
      swap: async (...args: Parameters<typeof inner.atomic.swap>) => {
        const move = meanwhile;
        meanwhile = undefined;
        await move?.();
        return inner.atomic.swap(...args);
      },
    },
  };
  const app = await start({ name: 'moving', store });
  const { cookie, handle } = await visitor(studio, app);
  let moved = '';
  meanwhile = async () => {
    moved = (await app.visit('GET', cookie, '/sign-in')).cookie;
  };
  expect(await studio.call('session/end', { handle })).toBe(false);
  expect((await app.visit('GET', moved)).body).toMatchObject({ n: 1 });
});

describe('a session that cannot be read', () => {
  it('does not hide the others', async () => {
    let broken = '';
    class BrokenStore extends PlainStore {
      override async get(id: string) {
        if (id === broken) throw new Error('WRONGTYPE secret-password');
        return super.get(id);
      }
    }
    const store = new BrokenStore();
    const app = await start({ name: 'broken', store });
    const [one, other] = [await visitor(studio, app), await visitor(studio, app)];
    [broken = ''] = store.records.keys();
    const rows = await studio.call<SeenSession[]>('sessions');
    expect(rows.find(({ handle }) => handle === one.handle)).toMatchObject({
      state: { is: 'unknown', why: expect.stringContaining('session store') },
    });
    expect(rows.find(({ handle }) => handle === other.handle)).toMatchObject({ state: { is: 'live' } });
    expect(JSON.stringify(rows)).not.toContain('secret-password');
    await expect(detailOf(one.handle)).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
  });

  it('takes no longer to say so than one call of a store that hangs, however many there are', async () => {
    class HangingStore extends PlainStore {
      hangs = false;
      override async get(id: string) {
        return this.hangs ? new Promise<never>(() => {}) : super.get(id);
      }
    }
    const store = new HangingStore();
    const app = await start({ name: 'hanging', store, storeTimeout: 1 });
    for (let n = 0; n < 60; n++) await app.visit('POST');
    store.hangs = true;
    const begun = performance.now();
    const rows = await studio.call<SeenSession[]>('sessions');
    expect(rows.filter(({ state }) => state.is === 'unknown').length).toBeGreaterThanOrEqual(60);
    // Three batches, each with its own time, would take three seconds.
    expect(performance.now() - begun).toBeLessThan(2800);
  });
});

describe('a listed option', () => {
  const circle: Record<string, unknown> = {};
  circle.circle = circle;
  it.each<[string, () => unknown]>([
    ['a BigInt', () => ({ n: 10n })],
    ['a circle', () => circle],
    [
      'what throws as JSON',
      () => ({
        toJSON() {
          throw new Error('no JSON');
        },
      }),
    ],
    ['a promise', async () => ({ n: 1 })],
    ['a promise that fails', () => Promise.reject(new Error('nobody hears this'))],
    ['nothing', () => undefined],
  ])('that returns %s hides no session', async (what, listed) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const unheard = vi.fn();
    process.on('unhandledRejection', unheard);
    const app = await start({ name: `listed-${what.replaceAll(' ', '-')}`, listed });
    const { handle } = await visitor(studio, app);
    const rows = await studio.call<SeenSession[]>('sessions');
    expect(rows.find((row) => row.handle === handle)).toMatchObject({ state: { is: 'live', listed: {} } });
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('unhandledRejection', unheard);
    expect(unheard).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});

describe('an edit', () => {
  it('of several editors is saved for one of them', async () => {
    const { handle } = await visitor(studio, await start({ name: 'editors' }));
    const { content } = await detailOf(handle);
    const saves = [1, 2, 3].map((n) =>
      studio.call<{ is: string }>('session/save', { handle, version: content?.version, data: { n } }),
    );
    const results = (await Promise.all(saves)).map(({ is }) => is);
    expect(results.toSorted()).toEqual(['conflict', 'conflict', 'saved']);
  });

  it('loses no write of the app, and the app loses no edit', async () => {
    const app = await start({ name: 'looping' });
    const { handle, cookie } = await visitor(studio, app);
    let writes = 1;
    let isOver = false;
    const loop = (async () => {
      while (!isOver) if ((await app.visit('POST', cookie)).status === 200) writes += 1;
    })();
    let edits = 0;
    for (let tries = 0; tries < 30; tries++) {
      const { content } = await detailOf(handle);
      const data = { ...content?.data, edits: edits + 1 };
      const saved = await studio.call<{ is: string }>('session/save', {
        handle,
        version: content?.version,
        data,
      });
      if (saved.is === 'saved') edits += 1;
    }
    isOver = true;
    await loop;
    // An edit of a session that is not written at that moment.
    const { content } = await detailOf(handle);
    const data = { ...content?.data, edits: edits + 1 };
    await studio.call('session/save', { handle, version: content?.version, data });
    expect((await app.visit('GET', cookie)).body).toEqual({ n: writes, edits: edits + 1 });
  });

  it('that the app’s own function does not take says so, and not that the store has failed', async () => {
    const user = (data: { n?: number }) => {
      if (data.n === 13) throw new TypeError('not thirteen');
      return undefined;
    };
    const { handle } = await visitor(studio, await start({ name: 'choosy', user }));
    const { content } = await detailOf(handle);
    const save = studio.call('session/save', { handle, version: content?.version, data: { n: 13 } });
    await expect(save).rejects.toThrow(/function of the session's options .*TypeError/);
  });
});

it('finds the sessions of a user that were made under a former name', async () => {
  const store = new MemoryStore();
  const user = (data: { user?: string }) => data.user;
  const former = await start({ name: 'former', store, user });
  await former.visit('GET', '', '/sign-in');
  await start({ name: ['latter', 'former'], store, user }).then((app) => app.visit('POST'));
  const rows = await studio.call<SeenSession[]>('sessions', { user: 'ada' });
  expect(rows.filter(({ name }) => name === 'latter')).toMatchObject([
    { state: { is: 'live', users: ['ada'] } },
  ]);
});

it('finds the sessions of a user beside those of a store whose index fails, and says so where there are no others', async () => {
  const user = (data: { user?: string }) => data.user;
  const failing = new MemoryStore();
  const app = await start({ name: 'index-fails', store: failing, user });
  await app.visit('GET', '', '/sign-in');
  failing.users.list = () => Promise.reject(new Error('no index'));
  const other = await start({ name: 'index-works', user });
  await other.visit('GET', '', '/sign-in');
  const rows = await studio.call<SeenSession[]>('sessions', { user: 'ada' });
  expect(rows.map(({ name }) => name)).toContain('index-works');
  await expect(studio.call('sessions', { user: 'nobody' })).rejects.toMatchObject({
    code: 'ERR_SESSION_STORE',
  });
  Reflect.deleteProperty(failing.users, 'list');
});

it('does not follow new IDs in a circle, where genid gives them again', async () => {
  const ids = ['a'.repeat(32), 'b'.repeat(32)];
  let made = 0;
  const genid = () => ids[made++ % 2];
  const app = await start({ name: 'circle', genid, regenerateGrace: 0.2 });
  const { handle, cookie } = await visitor(studio, app);
  const second = await studio.call<string>('session/regenerate', { handle });
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(await studio.call('session/regenerate', { handle: second })).toBe(handle);
  expect((await app.visit('GET', cookie)).body).toEqual({ n: 1 });
});

it('shows the session of the first request of a session module', async () => {
  const store = new MemoryStore();
  const first = await start({ name: 'reloaded', store });
  const { cookie } = await first.visit('POST');
  // As that of a module that is loaded again, whose name nobody has told the studio.
  const app = await start({ name: 'reloaded-later', store: new MemoryStore() });
  await app.visit('GET', cookie.replace('reloaded', 'reloaded-later'));
  expect(await lastRequest(studio)).toMatchObject({ cookie: 'sent', sessions: [expect.any(String)] });
});

it('takes no cookie for sent that the app puts into the request itself, as Next does', async () => {
  const session = nextAppSession({ name: 'put-in', secret });
  const app = createServer(async (req, res) => {
    await session(req, res).set('n', 1);
    req.headers.cookie = String(res.getHeader('set-cookie')).split(';')[0];
    res.end();
  });
  await once(app.listen(0, '127.0.0.1'), 'listening');
  await fetch(`http://127.0.0.1:${(app.address() as AddressInfo).port}/`);
  app.close();
  expect(await lastRequest(studio)).toMatchObject({ cookie: 'none', setCookies: [{ name: 'put-in' }] });
});

it('shows what was written, whatever the store does to the record', async () => {
  class EmptyingStore extends PlainStore {
    override async set(id: string, record: Record<string, unknown>) {
      await super.set(id, record);
      for (const key of Object.keys(record)) delete record[key];
    }
  }
  const { handle } = await visitor(studio, await start({ name: 'emptying', store: new EmptyingStore() }));
  expect((await detailOf(handle)).writes).toMatchObject([{ data: { n: 1 } }]);
});
