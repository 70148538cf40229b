import { revalidatePath, revalidateTag } from 'next/cache.js';
import { cookies, headers } from 'next/headers.js';
import { notFound, permanentRedirect, redirect } from 'next/navigation.js';
import { type NextRequest, NextResponse, after as whenSent } from 'next/server.js';
import { describe, expect, it } from 'vitest';
import nextAppSession, { type SessionError } from '../../src/index.js';
import { createSessionTester } from '../index.js';

interface Data {
  user: string;
  n: number;
}

// An app's session, and some code that uses it.
const session = nextAppSession<Data>({
  secret: 'a secret of these tests',
  cookie: { maxAge: 3600, secure: true },
  absoluteTimeout: 4 * 3600,
});

async function increment() {
  await session().update((data) => ({ ...data, n: (data.n ?? 0) + 1 }));
  return Response.json({ n: await session().get('n') });
}

describe('a Route Handler', () => {
  it('reads and writes the session that the test gives it', async () => {
    const t = createSessionTester(session, { data: { user: 'ada', n: 1 } });
    const { response, cookies } = await t.route(increment, { method: 'POST' });
    expect(await response.json()).toEqual({ n: 2 });
    expect(await t.read()).toEqual({ user: 'ada', n: 2 });
    expect(t.store.calls).toMatchObject([
      { operation: 'get', outcome: 'hit', ttl: 3600 },
      { operation: 'set', outcome: 'ok', ttl: 3600 },
    ]);
    expect(cookies).toEqual([]);
  });

  it('sets a cookie for a new visitor, with all its attributes', async () => {
    const now = new Date('2026-01-01T12:00:00Z');
    const t = createSessionTester(session, { now });
    const { cookies, response } = await t.route(increment);
    expect(cookies).toEqual([
      {
        name: 'sid',
        value: expect.stringMatching(/^s:.{22}\..{43}$/),
        httpOnly: true,
        secure: true,
        sameSite: 'lax',
        path: '/',
        domain: undefined,
        maxAge: 3600,
        expires: new Date('2026-01-01T13:00:00Z'),
      },
    ]);
    expect(response.headers.getSetCookie()).toHaveLength(1);
    expect(t.cookie).toBe(`sid=${encodeURIComponent(cookies[0]?.value ?? '')}`);
  });

  it('gets the request: method, URL, headers, body, params', async () => {
    const t = createSessionTester(session, {
      headers: { 'accept-language': 'de' },
      cookies: { theme: 'dark' },
    });
    const echo = async (request: NextRequest, { params }: { params: Promise<{ id: string }> }) =>
      Response.json({
        method: request.method,
        path: request.nextUrl.pathname,
        q: request.nextUrl.searchParams.get('q'),
        language: (await headers()).get('accept-language'),
        theme: (await cookies()).get('theme')?.value,
        type: request.headers.get('content-type'),
        body: await request.json(),
        id: (await params).id,
      });
    const { response } = await t.route(echo, {
      url: '/api/things/7?q=x',
      body: { a: [1] },
      params: { id: '7' },
    });
    expect(await response.json()).toEqual({
      method: 'POST',
      path: '/api/things/7',
      q: 'x',
      language: 'de',
      theme: 'dark',
      type: 'application/json',
      body: { a: [1] },
      id: '7',
    });
  });

  it('takes a form', async () => {
    const t = createSessionTester(session);
    const form = new FormData();
    form.set('name', 'ada');
    const read = async (request: Request) => new Response(String((await request.formData()).get('name')));
    expect(await (await t.route(read, { body: form })).response.text()).toBe('ada');
    const search = new URLSearchParams({ name: 'bob' });
    expect(await (await t.route(read, { body: search })).response.text()).toBe('bob');
  });

  it('keeps its cookie on redirect(), as a 307 or 308', async () => {
    const t = createSessionTester(session);
    const signIn = async () => {
      await session().set('user', 'ada');
      redirect('/home?a=1;2');
    };
    const { response, cookies } = await t.route(signIn);
    expect([response.status, response.headers.get('location')]).toEqual([307, '/home?a=1;2']);
    expect(cookies.map(({ name }) => name)).toEqual(['sid']);
    expect(await t.read()).toEqual({ user: 'ada' });
    const { response: moved } = await t.route(async () => permanentRedirect('/new'));
    expect(moved.status).toBe(308);
  });

  it('loses its cookie on notFound(), as in Next', async () => {
    const t = createSessionTester(session);
    const { response, cookies } = await t.route(async () => {
      await session().set('user', 'ada');
      notFound();
    });
    expect(response.status).toBe(404);
    expect(cookies).toEqual([]);
    expect(await t.read()).toBeNull();
  });

  it('passes on its errors, and has to return a Response', async () => {
    const t = createSessionTester(session);
    const boom = async () => {
      throw new TypeError('boom');
    };
    await expect(t.route(boom)).rejects.toThrow(new TypeError('boom'));
    await expect(t.route(async () => ({}))).rejects.toMatchObject({ code: 'ERR_SESSION_TESTING' });
  });

  it('sets the cookies of its response, even if cookies() has set the same', async () => {
    const t = createSessionTester(session);
    const { cookies: set } = await t.route(async () => {
      (await cookies()).set('a', 'by cookies()');
      (await cookies()).set('b', 'by cookies()');
      return new Response(null, { headers: { 'set-cookie': 'a=by-the-response' } });
    });
    expect(Object.fromEntries(set.map(({ name, value }) => [name, value]))).toEqual({
      a: 'by-the-response',
      b: 'by cookies()',
    });
  });

  it('runs after() when it has answered, and a live session can be written there', async () => {
    const t = createSessionTester(session, { data: { user: 'ada', n: 1 } });
    const order: string[] = [];
    await t.route(async () => {
      whenSent(async () => {
        order.push('after');
        await session().set('n', 9);
        await expect(cookies().then((jar) => jar.set('a', 'b'))).rejects.toThrow(
          'Cookies can only be modified',
        );
        whenSent(() => order.push('nested'));
      });
      order.push('answered');
      return new Response();
    });
    expect(order).toEqual(['answered', 'after', 'nested']);
    expect(await t.read()).toEqual({ user: 'ada', n: 9 });
    await expect(
      t.route(async () => {
        whenSent(() => {
          throw new Error('in after()');
        });
        return new Response();
      }),
    ).rejects.toThrow('in after()');
  });

  it('reports what it revalidated', async () => {
    const t = createSessionTester(session);
    const { revalidated } = await t.route(async () => {
      revalidatePath('/');
      revalidatePath('/blog/[slug]', 'page');
      revalidateTag('user', 'max');
      return new Response();
    });
    expect(revalidated).toEqual(['/', '/blog/[slug]/page', 'user']);
  });
});

describe('a Server Action', () => {
  it('returns, redirects, revalidates and sets cookies', async () => {
    const t = createSessionTester(session);
    const save = async (name: string) => {
      await session().set('user', name);
      revalidatePath('/account');
      return `saved ${name}`;
    };
    expect(await t.action(() => save('ada'))).toMatchObject({
      result: 'saved ada',
      redirect: undefined,
      notFound: false,
      revalidated: ['/account'],
      cookies: [{ name: 'sid' }],
    });
    const go = async () => {
      await session().set('n', 1);
      redirect('/account');
    };
    expect(await t.action(go)).toMatchObject({
      result: undefined,
      redirect: { url: '/account', type: 'push' },
    });
    expect(await t.read()).toEqual({ user: 'ada', n: 1 });
    expect(await t.action(() => notFound())).toMatchObject({ notFound: true });
  });
});

describe('a Server Action that ends early', () => {
  it.each([
    ['notFound()', () => notFound()],
    [
      'an error',
      () => {
        throw new Error('boom');
      },
    ],
  ])('keeps its cookie on %s, as in Next', async (_, end) => {
    const t = createSessionTester(session);
    const save = async () => {
      await session().set('n', 1);
      end();
    };
    await t.action(save).catch((error) => expect(error.message).toBe('boom'));
    expect(await t.read()).toEqual({ n: 1 });
  });
});

describe('a Server Component', () => {
  it('reads, and cannot write', async () => {
    const t = createSessionTester(session, { data: { user: 'ada', n: 1 } });
    const { result } = await t.component(async () => `Hello ${await session().get('user')}`);
    expect(result).toBe('Hello ada');
    const write = t.component(() => session().set('n', 2));
    await expect(write).rejects.toMatchObject({ code: 'ERR_SESSION_READ_ONLY' });
    const setCookie = t.component(async () => (await cookies()).set('a', 'b'));
    await expect(setCookie).rejects.toThrow('Cookies can only be modified');
    expect(t.store.calls.map(({ operation }) => operation)).toEqual(['get']);
    const guard = async () => {
      if (!(await session().get('user'))) redirect('/sign-in');
      return 'in';
    };
    expect((await createSessionTester(session).component(guard)).redirect).toEqual({
      url: '/sign-in',
      type: 'replace',
    });
  });
});

describe('proxy', () => {
  const guard = async (request: NextRequest) => {
    const response = NextResponse.next();
    if (await session(request, response).has('user')) return response;
    return NextResponse.redirect(new URL('/sign-in', request.url));
  };

  it('lets signed-in visitors through', async () => {
    const t = createSessionTester(session);
    const { response } = await t.proxy(guard, { url: '/account' });
    expect(response.headers.get('location')).toBe('http://localhost/sign-in');
    await t.seed({ user: 'ada', n: 0 });
    expect((await t.proxy(guard, { url: '/account' })).response.headers.get('x-middleware-next')).toBe('1');
  });

  it('sets the cookies of its response, unless cookies() sets any, as in Next', async () => {
    const t = createSessionTester(session);
    const { cookies: set } = await t.proxy(async (request: NextRequest) => {
      const response = NextResponse.next();
      await session(request, response).set('n', 1);
      return response;
    });
    expect(set.map(({ name }) => name)).toEqual(['sid']);
    const { cookies: only } = await createSessionTester(session).proxy(async (request: NextRequest) => {
      const response = NextResponse.next();
      await session(request, response).set('n', 1);
      (await cookies()).set('other', '1');
      return response;
    });
    expect(only.map(({ name }) => name)).toEqual(['other']);
  });

  it('waits for the tasks that it gives to waitUntil', async () => {
    const t = createSessionTester(session);
    const done: string[] = [];
    const later = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      done.push('later');
    };
    await t.proxy((_: NextRequest, event: { waitUntil(task: Promise<void>): void }) =>
      event.waitUntil(later()),
    );
    expect(done).toEqual(['later']);
  });

  it('without a response cannot write', async () => {
    const t = createSessionTester(session);
    await expect(t.proxy(async () => session().set('n', 1))).rejects.toMatchObject({
      code: 'ERR_SESSION_NO_RESPONSE',
    });
  });
});

describe('an API route of the Pages Router', () => {
  it('gets query and body, answers, sets cookies', async () => {
    const t = createSessionTester(session);
    const { response, cookies } = await t.pages(
      async (req, res) => {
        await session(req, res).set('user', req.body.name);
        res.status(201).json({ query: req.query, cookies: Object.keys(req.cookies) });
      },
      { url: '/api/legacy?a=1', query: { id: '7' }, body: { name: 'ada' } },
    );
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ query: { a: '1', id: '7' }, cookies: [] });
    expect(cookies).toMatchObject([{ name: 'sid', httpOnly: true }]);
    expect(await t.read()).toEqual({ user: 'ada' });
    const { response: empty } = await t.pages(async (_req, res) => void res.status(204).end());
    expect(empty.status).toBe(204);
    await expect(
      t.pages(async () => {
        throw new TypeError('boom');
      }),
    ).rejects.toThrow('boom');
  });
});

describe('the browser', () => {
  it('keeps cookies from call to call, and drops them when they are deleted', async () => {
    const t = createSessionTester(session);
    await t.route(increment);
    await t.route(increment);
    expect(await t.read()).toEqual({ n: 2 });
    const { cookies } = await t.action(() => session().destroy());
    expect(cookies).toMatchObject([{ name: 'sid', value: '', expires: new Date(0) }]);
    expect(t.cookie).toBe('');
    expect(await t.id()).toBeNull();
  });

  it('has the seeded session at once', async () => {
    const t = createSessionTester(session, { data: { user: 'ada', n: 1 } });
    expect(t.cookie).toMatch(/^sid=s%3A/);
    const id = await t.id();
    expect(decodeURIComponent(t.cookie)).toContain(`s:${id}.`);
    await t.seed({ user: 'bob', n: 2 });
    expect(await t.id()).toBe(id);
    expect(await t.read()).toEqual({ user: 'bob', n: 2 });
    await expect(t.seed({ cookie: 1 } as never)).rejects.toMatchObject({ code: 'ERR_SESSION_KEY' });
  });
});

describe('time', () => {
  it('stands still, and ends the session when it is moved past the idle timeout', async () => {
    const untilClosed = nextAppSession<Data>({ name: 'until-closed', idleTimeout: 3600 });
    const t = createSessionTester(untilClosed, { data: { user: 'ada', n: 1 } });
    const user = () => t.component(() => untilClosed().get('user')).then(({ result }) => result);
    t.advance({ minutes: 59 });
    expect(await user()).toBe('ada');
    t.advance({ minutes: 59 });
    expect(await user()).toBe('ada');
    t.advance({ hours: 1 });
    expect(await user()).toBeNull();
    expect(await t.read()).toBeNull();
  });

  it('ends the session at the absolute timeout, even if it is used all the time', async () => {
    const t = createSessionTester(session, { data: { user: 'ada', n: 1 } });
    for (let hour = 0; hour < 7; hour++) {
      t.advance({ minutes: 30 });
      await t.action(() => session().touch());
    }
    expect(await t.read()).not.toBeNull();
    t.advance({ minutes: 31 });
    expect(await t.read()).toBeNull();
    expect((await t.component(() => session().get('user'))).result).toBeNull();
  });

  it('ends the browser’s cookie too', async () => {
    const t = createSessionTester(session, { data: { user: 'ada', n: 1 } });
    t.advance({ minutes: 61 });
    expect(t.cookie).toBe('');
  });

  it('expire and destroy end the session on the server; the browser keeps its cookie', async () => {
    for (const end of ['expire', 'destroy'] as const) {
      const t = createSessionTester(session, { data: { user: 'ada', n: 1 } });
      await t[end]();
      expect(t.cookie).not.toBe('');
      expect(await t.read()).toBeNull();
      expect((await t.component(() => session().get('user'))).result).toBeNull();
      expect(t.store.calls).toMatchObject([{ operation: 'get', outcome: 'miss' }]);
    }
  });
});

describe('several', () => {
  it('users in parallel on the same session module never mix', async () => {
    const users = Array.from({ length: 50 }, (_, n) =>
      createSessionTester(session, { data: { user: `user ${n}`, n } }),
    );
    await Promise.all(
      users.map(async (t, n) => {
        await Promise.all([t.route(increment), t.route(increment)]);
        await new Promise((resolve) => setTimeout(resolve, n % 7));
        const { result } = await t.component(() => session().all());
        expect(result).toEqual({ user: `user ${n}`, n: n + 2 });
      }),
    );
    for (const [n, t] of users.entries()) expect(await t.read()).toEqual({ user: `user ${n}`, n: n + 2 });
  });

  it('users of one server share its store and its time', async () => {
    const ada = createSessionTester(session, { data: { user: 'ada', n: 1 } });
    const bob = createSessionTester(session, { data: { user: 'bob', n: 1 }, store: ada.store });
    await bob.read();
    expect((await ada.store.sessions()).map(({ data }) => data.user)).toEqual(['ada', 'bob']);
    ada.advance({ hours: 2 });
    expect(await bob.read()).toBeNull();
  });

  it('sessions of an app: each tester swaps only the store of its session', async () => {
    const admin = nextAppSession<{ role: string }>({ name: 'admin', secret: 'another secret' });
    const t = createSessionTester(session, { data: { user: 'ada', n: 1 } });
    const { result } = await t.action(async () => {
      await admin().set('role', 'root');
      return [await session().get('user'), await admin().get('role')];
    });
    expect(result).toEqual(['ada', 'root']);
    expect(t.store.calls.filter(({ operation }) => operation === 'set')).toEqual([]);
  });

  it('testers leave the app’s own store alone', async () => {
    const t = createSessionTester(session, { data: { user: 'ada', n: 1 } });
    const outside = createSessionTester(session);
    await t.route(increment);
    expect(await outside.store.sessions()).toEqual([]);
  });
});

it('refuses data that no session can hold, at once', () => {
  const make = (data: object) => () => createSessionTester(session, { data });
  expect(make({ cookie: 1 })).toThrow(expect.objectContaining({ code: 'ERR_SESSION_KEY' }));
  expect(make({ n: 1n })).toThrow(expect.objectContaining({ code: 'ERR_SESSION_DATA' }));
});

it('reports a store that cannot be seeded, when the session is used', async () => {
  const store = { get: () => null, set: () => Promise.reject(new Error('read only')), destroy() {} };
  const t = createSessionTester(session, { data: { n: 1 }, store });
  await expect(t.read()).rejects.toThrow('read only');
  await expect(t.route(increment)).rejects.toThrow('read only');
});

it('takes the session function, not the result of calling it', () => {
  const wrong = () => createSessionTester(session() as never);
  expect(wrong).toThrow(
    expect.objectContaining({ code: 'ERR_SESSION_TESTING' } satisfies Partial<SessionError>),
  );
});
