import { describe, expect, it, vi } from 'vitest';
import { hashSessionId } from '../record/session-id.js';
import { callOptions } from '../store-contract/store.js';
import { NextScope } from '../test-kits/next-scope.js';
import { ADA, all, DAY, type Listed, MINUTE, setUp, startClock } from '../test-kits/user-sessions.js';

startClock();

describe('list', () => {
  it('returns the live sessions of the user, last seen first, and none of other users', async () => {
    const { ada, signIn } = setUp();
    await signIn('ada', 'laptop');
    vi.advanceTimersByTime(MINUTE);
    await signIn('bob', 'tablet');
    await signIn('ada', 'phone');
    expect(await ada.list()).toEqual([
      {
        handle: expect.stringMatching(/^[\w-]{16}$/),
        createdAt: Date.now(),
        lastSeenAt: Date.now(),
        expiresAt: Date.now() + DAY,
        regeneratedAt: Date.now(),
        current: false,
        data: { device: 'phone' },
      },
      {
        handle: expect.stringMatching(/^[\w-]{16}$/),
        createdAt: Date.now() - MINUTE,
        lastSeenAt: Date.now() - MINUTE,
        expiresAt: Date.now() - MINUTE + DAY,
        regeneratedAt: Date.now() - MINUTE,
        current: false,
        data: { device: 'laptop' },
      },
    ]);
  });

  it('has the sessions in the order of their last use, whichever signed in last', async () => {
    const { ada, signIn } = setUp();
    const first = await signIn('ada', 'first');
    for (const device of ['second', 'third']) {
      vi.advanceTimersByTime(MINUTE);
      await signIn('ada', device);
    }
    vi.advanceTimersByTime(MINUTE);
    await all(first);
    expect((await ada.list()).map(({ data }) => data.device)).toEqual(['first', 'third', 'second']);
  });

  it('is empty for a user without sessions', async () => {
    expect(await setUp().ada.list()).toEqual([]);
  });

  it('shows a record without dates as new, such as one of express-session that nobody has read here', async () => {
    const { ada, store } = setUp();
    const entry = { entry: 'an-old-entry', key: 'an-old-key', until: Date.now() + DAY };
    await store.memory.users.add(ADA, entry, callOptions());
    await store.memory.set('an-old-key', { userId: 'ada', device: 'old', cookie: {} });
    const now = Date.now();
    expect(await ada.list()).toEqual([
      {
        handle: 'an-old-entry',
        createdAt: now,
        lastSeenAt: now,
        expiresAt: now,
        regeneratedAt: null,
        current: false,
        data: { device: 'old' },
      },
    ]);
  });

  it('shows no data without the `listed` option', async () => {
    const { ada, signIn } = setUp({ listed: undefined });
    await signIn();
    expect(await ada.list()).toMatchObject([{ data: {} }]);
  });

  it('gives handles that are neither the ID nor the key, and that stay the same', async () => {
    const { ada, session, signIn } = setUp();
    const browser = await signIn();
    const id = (await browser.visit((own) => own().id())).result ?? '';
    const [first] = await ada.list();
    const text = JSON.stringify(first);
    expect(text).not.toContain(id);
    expect(text).not.toContain(hashSessionId(id));
    expect(hashSessionId(id)).not.toContain(first?.handle);
    expect((await session.user('ada').list())[0]?.handle).toBe(first?.handle);
  });

  it('gives the `listed` option a copy: changing it changes nothing in the store', async () => {
    const { ada, signIn } = setUp({
      listed: (data) => {
        data.device = 'changed';
        return { device: null };
      },
    });
    const browser = await signIn();
    await ada.list();
    expect(await all(browser)).toMatchObject({ device: 'laptop' });
  });

  it('shows a session on which the `listed` option throws, with empty data, and says so once without the data', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { ada, signIn } = setUp({
      listed: ({ device = null }) => {
        if (device === 'phone') throw new TypeError(device);
        return { device };
      },
    });
    await signIn('ada', 'phone');
    await signIn('ada', 'laptop');
    const shown = () => ada.list().then((sessions) => sessions.map(({ data }) => data));
    expect(await shown()).toEqual(expect.arrayContaining([{}, { device: 'laptop' }]));
    await shown();
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/listed option threw \(TypeError\)/)]]);
    expect(String(warn.mock.calls)).not.toContain('phone');
  });

  it('gives pages: the latest sign-ins first, each session once, with a cursor until the last page', async () => {
    const { ada, signIn } = setUp();
    for (let n = 0; n < 7; n++) {
      await signIn('ada', `device ${n}`);
      vi.advanceTimersByTime(MINUTE);
    }
    const pages: unknown[][] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await ada.list({ limit: 3, cursor });
      pages.push(page.map(({ data }) => data.device));
      cursor = page.cursor;
    }
    expect(pages).toEqual([
      ['device 6', 'device 5', 'device 4'],
      ['device 3', 'device 2', 'device 1'],
      ['device 0'],
    ]);
  });

  it('fills a page past entries whose sessions have ended, and removes those', async () => {
    const { ada, signIn, store } = setUp();
    await signIn('ada', 'live');
    const ids: string[] = [];
    for (let n = 0; n < 30; n++) {
      const browser = await signIn('ada', 'dead');
      ids.push((await browser.visit((own) => own().id())).result ?? '');
    }
    // Not before all have signed in: each sign-in sweeps some of the index of a MemoryStore.
    for (const id of ids) await store.memory.destroy(hashSessionId(id));
    vi.advanceTimersByTime(MINUTE);
    expect((await ada.list({ limit: 2 })).map(({ data }) => data.device)).toEqual(['live']);
    store.spy.reset();
    expect(await ada.list({ limit: 2 })).toHaveLength(1);
    expect(store.spy.calls).toEqual(['list']);
  });

  it('asks only for as many entries as are missing, and for 100 at a time at most', async () => {
    const { ada, signIn, store } = setUp();
    const asked: number[] = [];
    const { list } = store.users;
    vi.spyOn(store.users, 'list').mockImplementation((user, page, options) => {
      asked.push(page.limit);
      // One entry a page, and a page to come after the last one.
      return list(user, { ...page, limit: 1 }, options);
    });
    for (const device of ['a', 'b', 'c']) await signIn('ada', device);
    expect(await ada.list({ limit: 3 })).toHaveLength(3);
    expect(await ada.list({ limit: 1 })).toHaveLength(1);
    expect(asked.splice(0)).toEqual([3, 2, 1, 1]);
    expect(await ada.list({ limit: 1000 })).toHaveLength(3);
    expect(new Set(asked)).toEqual(new Set([100]));
  });

  it.each([0, -1, 1.5, 1001, Number.NaN, '10', null])('refuses a limit of %j', async (limit) => {
    const list = setUp().ada.list({ limit: limit as number });
    await expect(list).rejects.toMatchObject({ code: 'ERR_SESSION_OPTIONS' });
    await expect(list).rejects.toThrow('from 1 to 1000');
  });

  it.each(['', 'x', '1:', '-1:a', '1e400:a', '9'.repeat(400), '1:a b'])(
    'gives the first page for a cursor of %j',
    async (cursor) => {
      const { ada, signIn } = setUp();
      await signIn();
      expect(await ada.list({ cursor })).toHaveLength(1);
    },
  );

  it('throws for an option that does not exist', async () => {
    const { ada } = setUp();
    await expect(ada.list({ size: 10 } as never)).rejects.toMatchObject({ code: 'ERR_SESSION_OPTIONS' });
    await expect(ada.list({ limits: 10 } as never)).rejects.toThrow(/Did you mean limit/);
    await expect(ada.list(10 as never)).rejects.toThrow(/give an object/);
  });

  it.each([
    ['a promise', async () => ({ device: 'phone' })],
    ['a promise that fails', () => Promise.reject(new Error('No.'))],
    ['nothing', () => undefined],
    ['a string', () => 'phone'],
    ['an array', () => ['phone']],
  ])('shows empty data, with a warning, if listed returns %s', async (_, listed) => {
    vi.stubGlobal(Symbol.for('next-app-session.warnings') as never, undefined);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { ada, signIn } = setUp({ listed: listed as never });
    await signIn();
    expect(await ada.list()).toMatchObject([{ data: {} }]);
    expect(warn.mock.calls).toEqual([[expect.stringContaining('listed option returned no object')]]);
    warn.mockRestore();
    vi.unstubAllGlobals();
  });

  it('keeps no session alive', async () => {
    const { ada, signIn } = setUp();
    await signIn();
    vi.advanceTimersByTime(DAY - 1);
    expect(await ada.list()).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(await ada.list()).toEqual([]);
  });

  it('leaves out sessions that the absolute timeout ended', async () => {
    const { ada, signIn } = setUp({ absoluteTimeout: 3600 });
    await signIn();
    vi.advanceTimersByTime(60 * MINUTE);
    expect(await ada.list()).toEqual([]);
  });

  it('leaves out grace copies', async () => {
    const { devices, signIn } = setUp();
    const browser = await signIn();
    await browser.visit((own) => own().regenerate());
    expect(await devices()).toEqual(['laptop']);
  });

  it('treats a number and its text as the same user', async () => {
    const { session, signIn } = setUp();
    await signIn(7);
    expect(await session.user('7').list()).toHaveLength(1);
    expect(await session.user(7).list()).toHaveLength(1);
  });
});

describe('the current session', () => {
  it('is marked in each kind of request, and not outside a request', async () => {
    const { session, signIn } = setUp();
    const browser = await signIn('ada', 'here');
    await signIn('ada', 'there');
    const current = (rows: { current: boolean; data: Listed }[]) =>
      rows.filter((row) => row.current).map(({ data }) => data.device);
    const next = new NextScope(Object.fromEntries(browser.cookies));
    for (const phase of ['action', 'render'] as const) {
      expect(current(await next.run(phase, () => session.user('ada').list()))).toEqual(['here']);
    }
    const { result } = await browser.visit((_, { request, response }) =>
      session.user('ada', request, response).list(),
    );
    expect(current(result)).toEqual(['here']);
    expect(current(await session.user('ada').list())).toEqual([]);
  });

  it('is found after the session of the request moved to a new ID', async () => {
    const { session, signIn } = setUp();
    const browser = await signIn('ada', 'here');
    const old = new NextScope(Object.fromEntries(browser.cookies));
    await browser.visit((own) => own().regenerate());
    const rows = await old.run('render', () => session.user('ada').list());
    expect(rows).toMatchObject([{ current: true, data: { device: 'here' } }]);
  });

  it('does not exist for a visitor without a session', async () => {
    const { session, signIn } = setUp();
    await signIn();
    const rows = await new NextScope().run('render', () => session.user('ada').list());
    expect(rows).toMatchObject([{ current: false }]);
  });

  it.each<[string, <T>(code: () => Promise<T>) => Promise<T>]>([
    [
      'a page that has to be static',
      (code) => new NextScope().run('render', code, { dynamicShouldError: true }),
    ],
    ['a cached function', (code) => new NextScope().runCached(code)],
  ])('cannot be known in %s: Next’s own error passes through, and nothing is revoked', async (_, run) => {
    const { session, signIn, devices } = setUp();
    await signIn();
    const refusal = await run(() => session().get('n')).catch((error: Error) => error.message);
    for (const work of [() => session.user('ada').list(), () => session.user('ada').revokeAll()]) {
      await expect(run<unknown>(work)).rejects.toThrow(String(refusal));
    }
    expect(await devices()).toEqual(['laptop']);
  });
});
