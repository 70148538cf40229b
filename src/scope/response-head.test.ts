import { NextRequest, NextResponse } from 'next/server.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type NextAppSession, nextAppSession } from '../next-app-session.js';
import { HandlerServer, type Streamed } from '../test-kits/handler-server.js';
import { NextScope } from '../test-kits/next-scope.js';
import { REFUSAL, SpyStore } from '../test-kits/spy-store.js';

let server: HandlerServer;
let store: SpyStore;
let session: NextAppSession<{ n: number; m: number; user: string }>;

beforeAll(async () => {
  server = await HandlerServer.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  Reflect.deleteProperty(globalThis, Symbol.for('next-app-session.warnings'));
  store = new SpyStore();
  session = nextAppSession({ secret: 'a secret', store, cookie: { maxAge: 3600 }, user: ({ user }) => user });
});

const NO_RESPONSE = { code: 'ERR_SESSION_NO_RESPONSE' };

/** Returns the cookies that a browser has after these headers. */
function cookiesOf(headers: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    headers.map((header) => {
      const [name = '', value = ''] = (header.split(';')[0] ?? '').split(/=(.*)/);
      return [name, decodeURIComponent(value)];
    }),
  );
}

/** Returns what the session of these cookies holds. */
function dataOf(cookies: Record<string, string>): Promise<unknown> {
  return new NextScope(cookies).run('render', () => session().all());
}

/** Returns the cookies of a visitor with a session of `n: 1`. */
async function signedIn(): Promise<Record<string, string>> {
  const cookies = cookiesOf(await server.visit(async () => ({ first: () => session().set('n', 1) })));
  store.spy.reset();
  return cookies;
}

/** Returns the records that are left of all that were written. */
async function stored(): Promise<unknown[]> {
  const records = await Promise.all(store.spy.keys.map((key) => store.memory.get(key)));
  return records.filter((record) => record !== null);
}

/** A point in time that code can wait for. */
function moment() {
  let reach = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  return { reach, reached };
}

describe('once Next has collected the cookies, and before the head is sent', () => {
  it('a session is created, and its cookie sent with every attribute', async () => {
    const headers = await server.visit(async () => ({ first: () => session().set('n', 1) }));
    expect(headers).toEqual([
      expect.stringMatching(/^sid=s%3A\S+; Path=\/; Expires=[^;]+GMT; Max-Age=3600; HttpOnly; SameSite=lax$/),
    ]);
    expect(await dataOf(cookiesOf(headers))).toEqual({ n: 1 });
  });

  it('a cookie that Next has collected is replaced', async () => {
    const headers = await server.visit(async () => {
      await session().set('n', 1);
      return { first: () => session().regenerate() };
    });
    expect(headers).toHaveLength(1);
    expect(await dataOf(cookiesOf(headers))).toEqual({ n: 1 });
  });

  it('a sign-out takes the cookie away', async () => {
    const cookies = await signedIn();
    const headers = await server.visit(async () => ({ first: () => session().destroy() }), cookies);
    expect(headers).toEqual([expect.stringMatching(/^sid=; .*1970/)]);
  });
});

describe('once the head is sent', () => {
  /** Runs code in the body, after its first part. */
  const late = (code: () => Promise<unknown>, cookies?: Record<string, string>) =>
    server.visit(async () => ({ rest: code }), cookies);

  it('what needs a cookie throws before any store call', async () => {
    const cookies = await signedIn();
    const calls = [
      () => session().regenerate(),
      () => session().regenerate((data) => data, { maxAge: 60 }),
      () => session().touch({ maxAge: 60 }),
    ];
    for (const call of calls) await late(() => expect(call()).rejects.toMatchObject(NO_RESPONSE), cookies);
    await late(() => expect(session().set('n', 2)).rejects.toMatchObject(NO_RESPONSE));
    expect(store.spy.calls).toEqual([]);
    expect(await dataOf(cookies)).toEqual({ n: 1 });
  });

  it('other writes to a live session work, and do not say that a cookie was sent', async () => {
    const cookies = await signedIn();
    vi.useFakeTimers({ now: Date.now() + 1_000_000, toFake: ['Date'] });
    try {
      await late(async () => {
        await session().set('n', 2);
        await session().update((data) => ({ ...data, m: 3 }));
        await session().touch();
      }, cookies);
      expect(await dataOf(cookies)).toEqual({ n: 2, m: 3 });
      // So a later write sends it.
      const headers = await server.visit(async () => ({ first: () => session().set('n', 4) }), cookies);
      expect(cookiesOf(headers)).toEqual(cookies);
    } finally {
      vi.useRealTimers();
    }
  });

  it('a session is destroyed', async () => {
    const cookies = await signedIn();
    await late(() => session().destroy(), cookies);
    expect(await stored()).toEqual([]);
  });
});

describe('a head that is sent while a write is under way that nobody awaits', () => {
  /**
   * Runs a write that nobody awaits. The head is sent when the write has come to its store call number `call`. Returns how
   * the write ended.
   */
  async function race(call: number, write: () => Promise<void>, cookies?: Record<string, string>) {
    const arrived = moment();
    const sent = moment();
    const ended = moment();
    let left = call;
    const wait = async () => {
      if (--left > 0) return;
      arrived.reach();
      await sent.reached;
    };
    for (const operation of ['get', 'set', 'index', 'list', 'destroy'] as const) {
      for (let times = 0; times < call; times++) store.spy.before(operation, wait);
    }
    let error: unknown = null;
    const headers = await server.visit(async (): Promise<Streamed> => {
      write().then(ended.reach, (thrown) => {
        error = thrown;
        ended.reach();
        arrived.reach();
      });
      ended.reached.then(arrived.reach);
      return {
        first: () => arrived.reached,
        rest: () => {
          sent.reach();
          return ended.reached;
        },
      };
    }, cookies);
    store.spy.calm();
    return { error, cookies: cookiesOf(headers) };
  }

  it.each([1, 2, 3, 4])(
    'at store call %i: a new visitor has a cookie, or the store has no record',
    async (call) => {
      const { error, cookies } = await race(call, () => session().set('user', 'ada'));
      if (error === null) expect(await dataOf(cookies)).toEqual({ user: 'ada' });
      else {
        expect(error).toMatchObject(NO_RESPONSE);
        expect(cookies).toEqual({});
        expect(await stored()).toEqual([]);
        expect(await session.user('ada').list()).toEqual([]);
      }
    },
  );

  it.each([1, 2, 3, 4, 5, 6])(
    'at store call %i: regenerate() does not sign the visitor out',
    async (call) => {
      const before = await signedIn();
      const sign = () => session().regenerate((data) => ({ ...data, user: 'ada' }));
      const { error, cookies } = await race(call, sign, before);
      if (error === null) expect(await dataOf(cookies)).toEqual({ n: 1, user: 'ada' });
      else {
        expect(error).toMatchObject(NO_RESPONSE);
        expect(cookies).toEqual({});
        expect(await dataOf(before)).toEqual({ n: 1 });
        expect(await session.user('ada').list()).toEqual([]);
      }
    },
  );

  it.each([
    ['touch({ maxAge })', 1, () => session().touch({ maxAge: 7200 })],
    ['touch({ maxAge })', 2, () => session().touch({ maxAge: 7200 })],
    ['a cookie that was due', 1, () => session().set('m', 1)],
    ['a cookie that was due', 2, () => session().set('m', 1)],
  ])(
    '%s at store call %i: the browser gets the cookie, now or with the next write',
    async (_, call, write) => {
      const before = await signedIn();
      vi.useFakeTimers({ now: Date.now() + 1_000_000, toFake: ['Date'] });
      try {
        const { error, cookies } = await race(call, write, before);
        expect(error).toBeNull();
        const next = await server.visit(async () => ({ first: () => session().set('n', 2) }), before);
        expect(Object.keys(cookies).length + next.length).toBe(1);
      } finally {
        vi.useRealTimers();
      }
    },
  );
});

it('a move that fails leaves no cookie of the new ID in the head', async () => {
  const cookies = await signedIn();
  store.spy.before('set', async () => {});
  store.spy.fail('set', REFUSAL);
  const headers = await server.visit(async () => {
    await expect(session().regenerate()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
    return {};
  }, cookies);
  expect(headers).toEqual([]);
  expect(await dataOf(cookies)).toEqual({ n: 1 });
});

it('a handler that ends in notFound() loses its cookie, as Next has it', async () => {
  const headers = await server.visit(async () => {
    await session().set('n', 1);
    return { status: 404 };
  });
  expect(headers).toEqual([]);
});

it('a body of a response with an error status has its cookie', async () => {
  const headers = await server.visit(async () => ({ status: 401, first: () => session().set('n', 1) }));
  expect(await dataOf(cookiesOf(headers))).toEqual({ n: 1 });
});

it('a request that began before the module was loaded: as Next has it, with a warning in development', async () => {
  vi.stubEnv('NODE_ENV', 'development');
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  try {
    await new NextScope().run('action', () => session().set('n', 1));
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('instrumentation.ts'));
    await server.visit(async () => ({ first: () => session().set('n', 1) }));
    expect(warn).toHaveBeenCalledOnce();
  } finally {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  }
});

it('proxy that returns another response: the cookie is lost, with a warning in development', async () => {
  vi.stubEnv('NODE_ENV', 'development');
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  try {
    const proxy = () => session(new NextRequest('http://localhost'), NextResponse.next()).set('n', 1);
    const cookies = await signedIn();
    // The head has a cookie of that name.
    await server.visit(async () => {
      await proxy();
      return { first: () => session().regenerate() };
    }, cookies);
    expect(warn).not.toHaveBeenCalled();
    await server.visit(async () => ({ first: proxy }));
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('Return the response'));
  } finally {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  }
});

it('requests of one connection do not share a head', async () => {
  const late = moment();
  const ended = moment();
  let error: unknown;
  await server.visit(async () => {
    late.reached
      .then(() => session().set('n', 1))
      .catch((thrown) => {
        error = thrown;
      })
      .then(ended.reach);
    return {};
  });
  const headers = await server.visit(async () => ({
    first: () => {
      late.reach();
      return ended.reached;
    },
  }));
  expect(error).toMatchObject(NO_RESPONSE);
  expect(headers).toEqual([]);
});
