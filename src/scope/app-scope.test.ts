import { afterEach, describe, expect, it, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import { NextScope } from '../test-kits/next-scope.js';
import { SpyStore } from '../test-kits/spy-store.js';

async function signedIn() {
  const store = new SpyStore();
  const session = nextAppSession({ secret: 'a secret', store });
  const first = new NextScope();
  await first.run('action', () => session().set('n', 1));
  store.spy.reset();
  return { store, session, cookies: first.cookies(), next: new NextScope(first.cookies()) };
}

describe('a Route Handler or Server Action', () => {
  it('reads and writes', async () => {
    const { session, next, store } = await signedIn();
    await next.run('action', async () => {
      expect(await session().get('n')).toBe(1);
      await session().set('n', 2);
    });
    expect(store.spy.calls).toEqual(['get', 'set']);
    expect(next.setCookies()).toEqual([]);
  });

  it('sets the cookie of a new session', async () => {
    const { session } = await signedIn();
    const next = new NextScope();
    await next.run('action', () => session().set('n', 1));
    expect(next.setCookies()).toEqual([
      expect.stringMatching(/^sid=s%3A.*; Path=\/; HttpOnly; SameSite=lax$/),
    ]);
  });

  it('take() in a Server Component throws before any store call', async () => {
    const { session, next, store } = await signedIn();
    const taking = next.run('render', () => session().take('n'));
    await expect(taking).rejects.toMatchObject({ code: 'ERR_SESSION_READ_ONLY' });
    expect(store.spy.calls).toEqual([]);
    expect(await next.run('action', () => session().take('n'))).toBe(1);
  });

  it('expires the cookie on destroy()', async () => {
    const { session, next } = await signedIn();
    await next.run('action', () => session().destroy());
    expect(next.setCookies()).toEqual([
      'sid=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=lax',
    ]);
  });

  it('has no session if it is forced to be static, and a write throws before any store call', async () => {
    const { session, next, store } = await signedIn();
    await next.run(
      'action',
      async () => {
        expect(await session().get('n')).toBeNull();
        await expect(session().set('n', 2)).rejects.toMatchObject({ code: 'ERR_SESSION_READ_ONLY' });
      },
      { forceStatic: true },
    );
    expect(store.spy.calls).toEqual([]);
  });

  it('can pass its web Request to session()', async () => {
    const { session, next } = await signedIn();
    const request = new Request('http://localhost');
    expect(await next.run('action', () => session(request).get('n'))).toBe(1);
  });
});

describe('a Server Component', () => {
  it('reads the store once for all components', async () => {
    const { session, next, store } = await signedIn();
    await next.run('render', async () => {
      const values = await Promise.all(Array.from({ length: 7 }, () => session().get('n')));
      expect(values).toEqual([1, 1, 1, 1, 1, 1, 1]);
    });
    expect(store.spy.calls).toEqual(['get']);
  });

  it('cannot write: that throws before any store call, and says where to write', async () => {
    const { session, next, store } = await signedIn();
    const writes = [
      () => session().set('n', 2),
      () => session().setAll({ n: 2 }),
      () => session().update(() => ({ n: 2 })),
      () => session().destroy(),
      () => session().destroy('n'),
      () => session().regenerate(),
      () => session().touch({ maxAge: 60 }),
    ];
    for (const write of writes) {
      const failing = next.run('render', write);
      await expect(failing).rejects.toMatchObject({ code: 'ERR_SESSION_READ_ONLY' });
      await expect(failing).rejects.toThrow(/Server Action, a Route Handler or proxy/);
    }
    expect(store.spy.calls).toEqual([]);
  });

  it('can call touch(), which needs no cookie', async () => {
    const { session, next, store } = await signedIn();
    await next.run('render', () => session().touch());
    expect(store.spy.calls).toEqual(['get', 'set']);
  });

  it('sees what the action before it wrote, without another read', async () => {
    const { session, next, store } = await signedIn();
    await next.run('action', () => session().set('n', 2));
    expect(await next.run('render', () => session().get('n'))).toBe(2);
    expect(store.spy.calls).toEqual(['get', 'set']);
  });
});

describe('after()', () => {
  it('writes a live session', async () => {
    const { session, next, cookies } = await signedIn();
    await next.run('after', () => session().set('n', 2));
    expect(await new NextScope(cookies).run('render', () => session().get('n'))).toBe(2);
  });

  it('knows the session that its handler created or regenerated', async () => {
    const { session } = await signedIn();
    const next = new NextScope();
    await next.run('action', () => session().set('n', 1));
    await next.run('action', () => session().regenerate());
    await next.run('after', () => session().set('late', true));
    const read = new NextScope(next.cookies()).run('render', () => session().all());
    expect(await read).toEqual({ n: 1, late: true });
  });

  it('cannot create a session, because its cookie could not be set', async () => {
    const { session, store } = await signedIn();
    const next = new NextScope();
    await next.run('after', async () => {
      await expect(session().set('n', 1)).rejects.toMatchObject({ code: 'ERR_SESSION_NO_RESPONSE' });
      await expect(session().regenerate()).rejects.toMatchObject({ code: 'ERR_SESSION_NO_RESPONSE' });
    });
    expect(store.spy.calls).toEqual([]);
  });

  it('destroys a live session', async () => {
    const { session, next, cookies } = await signedIn();
    await next.run('after', () => session().destroy());
    expect(await new NextScope(cookies).run('render', () => session().all())).toEqual({});
  });
});

describe('what an action left running when it returned', () => {
  it('writes a live session', async () => {
    const { session, next, cookies } = await signedIn();
    await next.run('left-over', () => session().set('n', 2));
    expect(await new NextScope(cookies).run('render', () => session().get('n'))).toBe(2);
  });

  it('creates none', async () => {
    const { session, store } = await signedIn();
    const creating = new NextScope().run('left-over', () => session().set('n', 1));
    await expect(creating).rejects.toMatchObject({ code: 'ERR_SESSION_NO_RESPONSE' });
    expect(store.spy.calls).toEqual([]);
  });
});

describe('proxy without the response', () => {
  it('reads, and cannot write, because the cookie would be lost', async () => {
    const { session, next } = await signedIn();
    await next.run('proxy', async () => {
      expect(await session().get('n')).toBe(1);
      const failing = session().set('n', 2);
      await expect(failing).rejects.toMatchObject({ code: 'ERR_SESSION_NO_RESPONSE' });
      await expect(failing).rejects.toThrow(/session\(request, response\)/);
      await expect(session().destroy()).rejects.toMatchObject({ code: 'ERR_SESSION_NO_RESPONSE' });
    });
  });
});

it('outside a request, the error names the tester, and Next’s own is its cause', async () => {
  const { session } = await signedIn();
  await expect(session().get('n')).rejects.toMatchObject({
    code: 'ERR_SESSION_NO_REQUEST',
    message: expect.stringMatching(/session\(req, res\).*createSessionTester/),
    cause: { message: expect.stringMatching(/outside a request scope/) },
  });
});

describe('at the top level of a module, in development', () => {
  /** Calls code as bundlers call that of a module. Turbopack's function has a space in its name. */
  const evaluations = ['module evaluation', '__TURBOPACK__module__evaluation__', '__webpack_require__'].map(
    (name) =>
      [name, Object.defineProperty((code: () => unknown) => code(), 'name', { value: name })] as const,
  );

  afterEach(() => vi.unstubAllEnvs());

  it.each(evaluations)(
    '%s: a call is refused, since the first visitor’s value would be everybody’s',
    async (_, run) => {
      vi.stubEnv('NODE_ENV', 'development');
      const { session, next } = await signedIn();
      await next.run('render', async () => {
        await expect(run(() => session().get('n'))).rejects.toMatchObject({
          code: 'ERR_SESSION_NO_REQUEST',
          message: expect.stringContaining('at the top level of a module'),
        });
        expect(await session().get('n')).toBe(1);
      });
    },
  );

  it('the sessions of a user can be listed: that needs no request', async () => {
    vi.stubEnv('NODE_ENV', 'development');
    const session = nextAppSession<{ n: number }>({ secret: 'a secret', user: () => 'ada' });
    const [[, run] = []] = evaluations;
    await new NextScope().run('render', async () => {
      expect(await run?.(() => session.user('ada').list())).toEqual([]);
    });
  });
});

describe('a route that is forced to be static', () => {
  it.each(['render', 'action'] as const)('%s: a write says so', async (phase) => {
    const { session, next } = await signedIn();
    const write = () => session().set('n', 2);
    await expect(next.run(phase, write, { forceStatic: true })).rejects.toMatchObject({
      code: 'ERR_SESSION_READ_ONLY',
      message: expect.stringContaining("dynamic = 'force-static'"),
    });
  });

  it('a read warns in development, with the name of the route', async () => {
    vi.stubEnv('NODE_ENV', 'development');
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { session, next } = await signedIn();
    const read = () => session().all();
    await next.run('render', async () => expect(await read()).toEqual({ n: 1 }));
    expect(warn).not.toHaveBeenCalledWith(expect.stringContaining('force-static'));
    expect(await new NextScope().run('render', read, { forceStatic: true })).toEqual({});
    expect(warn).toHaveBeenCalledWith(
      expect.stringMatching(/the session is empty in \/account\/page, .*force-static/),
    );
    vi.unstubAllEnvs();
    warn.mockRestore();
  });
});
