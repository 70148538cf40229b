import { mockCookies } from 'next-app-session/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isFullRun } from '../../scripts/full-run.mjs';
import { describeWritesAfterTheResponse, describeWritesInDevelopment } from './begun.kit.js';
import { OLD_SECRET, SECRET, signed, testCookies } from './cookies.kit.js';
import { describeCustomServers } from './custom-server.kit.js';
import { packTarball } from './installed.js';
import { COOKIE, useJar } from './jar/lib/jar-script.js';
import { NextApp } from './next-app.js';
import { pagesRouterTests } from './pages-router.kit.js';
import { type Variant, variants } from './variants.js';
import { type Step, Visitor } from './visitor.js';
import { describeWithoutSecret } from './without-secret.kit.js';

const tarball = packTarball();

async function running(variant: Variant): Promise<NextApp> {
  const app = new NextApp(variant);
  await app.build(tarball);
  await app.start();
  return app;
}

describe.each(variants)('$name', (variant) => {
  let app: NextApp;
  beforeAll(async () => {
    app = await running(variant);
  });
  afterAll(() => app?.stop());

  it('the session tester works here, under node:test', async () => {
    expect(await app.runTests('tester/tester.test.mjs')).toMatch(/(#|ℹ) pass 11\n/);
  });

  /** Somebody with a session of `n: 1`, and a store that has forgotten its calls. */
  async function signedIn(): Promise<Visitor> {
    const visitor = new Visitor(app);
    await visitor.run([['set', 'n', 1]]);
    await visitor.calls();
    return visitor;
  }

  describe('Server Components', () => {
    it('read the session; reading creates none', async () => {
      const visitor = new Visitor(app);
      await visitor.calls();
      const page = await visitor.open('/');
      expect(page.text).toContain('<pre>{}</pre>');
      expect(page.cookies).toEqual([]);
      expect(await visitor.calls()).toEqual([]);
    });

    it('layout, metadata and five components make one store read', async () => {
      const visitor = await signedIn();
      const { text } = await visitor.open('/components');
      expect(text).toContain('layout: 1');
      expect(text).toContain('<title>metadata: 1</title>');
      for (const part of [1, 2, 3, 4, 5]) expect(text).toContain(`part ${part}: 1`);
      expect(await visitor.calls()).toEqual(['get']);
    });

    it('cannot write: it throws before any store call', async () => {
      const visitor = await signedIn();
      const { text } = await visitor.open('/write-in-render');
      const code = 'ERR_SESSION_READ_ONLY';
      expect(text).toContain(JSON.stringify([code, code, code, 1]));
      expect(await visitor.calls()).toEqual(['get']);
    });

    it('renew a value that is not fresh, once, as handlers do', async () => {
      const visitor = await signedIn();
      expect((await visitor.open('/refresh')).text).toContain('<pre>[11,11,11]</pre>');
      expect((await visitor.run([['toTen']])).results).toEqual([11]);
      await visitor.run([['set', 'n', 2]]);
      expect((await visitor.run([['toTen'], ['toTen']])).results).toEqual([12, 12]);
    });

    it('a page made static at build reads an empty session', async () => {
      const visitor = await signedIn();
      expect((await visitor.open('/static')).text).toContain('<pre>{}</pre>');
      expect(await visitor.calls()).toEqual([]);
    });
  });

  describe('Route Handlers', () => {
    it('run every method', async () => {
      const visitor = new Visitor(app);
      const { results, cookies } = await visitor.run([
        ['get', 'n'],
        ['info'],
        ['id'],
        ['set', 'n', 0],
        ['has', 'n'],
        ['increment'],
        ['set', 'user', 'ada'],
        ['destroy', 'user'],
        ['all'],
        ['setAll', { theme: 'dark' }],
        ['all'],
        ['touch'],
        ['reload'],
        ['get', 'theme'],
      ]);
      expect(results).toEqual([
        null,
        null,
        null,
        null,
        true,
        null,
        null,
        null,
        { n: 1 },
        null,
        { theme: 'dark' },
        null,
        null,
        'dark',
      ]);
      expect(cookies.map(({ name }) => name)).toEqual(['sid']);
      expect(await visitor.data()).toEqual({ theme: 'dark' });
    });

    it('set the cookie with every attribute', async () => {
      const { cookies } = await new Visitor(app).run([['set', 'n', 1]]);
      expect(cookies).toHaveLength(1);
      expect(decodeURIComponent(cookies[0]?.value ?? '')).toMatch(/^s:[\w-]{22}\.[\w+/]{43}$/);
      expect(cookies[0]?.attributes).toEqual([
        'path=/',
        expect.stringMatching(/^expires=/),
        'max-age=3600',
        'secure',
        'httponly',
        'samesite=lax',
      ]);
    });

    it('lose none of the writes made at once', async () => {
      const visitor = new Visitor(app);
      await visitor.run([['set', 'a', 1], ['set', 'b', 2], ['increment']], { atOnce: true });
      expect(await visitor.data()).toEqual({ a: 1, b: 2, n: 1 });
    });

    it('lose none of the updates of 20 requests at once', async () => {
      const visitor = await signedIn();
      await Promise.all(Array.from({ length: 20 }, () => visitor.run([['increment']])));
      expect(await visitor.data()).toEqual({ n: 21 });
    });

    it('regenerate: a new cookie; the old one shows what was, for a moment, and leads nowhere', async () => {
      const visitor = await signedIn();
      const before = new Visitor(app, visitor.cookies);
      await visitor.run([['signIn', 'ada']]);
      expect(visitor.cookies.get('sid')).not.toBe(before.cookies.get('sid'));
      expect(await visitor.data()).toEqual({ n: 1, user: 'ada' });
      const late = await before.run([['get', 'user'], ['get', 'n'], ['increment']]);
      expect(late.results).toEqual([null, 1, expect.objectContaining({ code: 'ERR_SESSION_GONE' })]);
      expect(late.cookies).toEqual([]);
      await visitor.run([['destroy']]);
      expect(await before.data()).toEqual({});
    });

    it('destroy: the record and the cookie are gone', async () => {
      const visitor = await signedIn();
      const before = new Visitor(app, visitor.cookies);
      await visitor.run([['destroy']]);
      expect(visitor.cookies.size).toBe(0);
      expect(await before.data()).toEqual({});
    });

    it('keep the cookie on redirect()', async () => {
      const visitor = new Visitor(app);
      const page = await visitor.post('/api/redirect', {});
      expect([303, 307]).toContain(page.status);
      expect(await visitor.data()).toEqual({ redirected: true });
    });

    it('write on notFound(), though Next drops a new cookie', async () => {
      const visitor = await signedIn();
      expect((await visitor.post('/api/not-found', {})).status).toBe(404);
      expect(await visitor.data()).toEqual({ n: 404 });
      const stranger = await new Visitor(app).post('/api/not-found', {});
      expect(stranger.status).toBe(404);
      expect(stranger.cookies).toEqual([]);
    });

    if (variant.sources.includes('interrupts')) {
      it.each([
        ['unauthorized', 401],
        ['forbidden', 403],
      ])('lose a new cookie on %s() too', async (by, status) => {
        const page = await new Visitor(app).post('/api/interrupt', { by });
        expect([page.status, page.cookies]).toEqual([status, []]);
      });
    }
  });

  describe('Server Actions', () => {
    it('write, and the render after sees it', async () => {
      const visitor = await signedIn();
      const page = await visitor.submit('/form', { name: 'Ada' });
      expect(page.text).toContain('<pre>{"n":1,"name":"Ada"}</pre>');
      expect(await visitor.data()).toEqual({ n: 1, name: 'Ada' });
    });

    it('create a session that the render after sees', async () => {
      const visitor = new Visitor(app);
      const page = await visitor.submit('/form', { name: 'Ada' });
      expect(page.text).toContain('<pre>{"name":"Ada"}</pre>');
      expect(page.cookies.map(({ name }) => name)).toEqual(['sid']);
    });

    it.each([
      ['redirect', 303],
      ['notFound', 404],
      ['throw', 500],
    ])('keep the cookie on %s', async (next, status) => {
      const visitor = new Visitor(app);
      const page = await visitor.submit('/form', { name: 'Ada', next });
      expect(page.status).toBe(status);
      expect(await visitor.data()).toEqual({ name: 'Ada' });
    });
  });

  if (variant.sources.includes('jar')) {
    describe('mockCookies does what cookies() does', () => {
      const headers = { cookie: COOKIE };
      const undated = (header: string) => header.replace(/Expires=[^;]+; (?=Max-Age=60)/, '');

      it('in a Route Handler', async () => {
        const { text, headers: answered } = await new Visitor(app).open('/api/jar', { headers });
        const jar = mockCookies(COOKIE);
        expect(useJar(jar)).toEqual(JSON.parse(text));
        expect(jar.setCookies().map(undated)).toEqual(answered.getSetCookie().map(undated));
      });

      it('in a Server Component', async () => {
        const { text } = await new Visitor(app).open('/jar', { headers });
        const json = /<pre>(.*?)<\/pre>/.exec(text)?.[1]?.replaceAll('&#x27;', "'") ?? '';
        expect(useJar(mockCookies(COOKIE, { phase: 'render' }))).toEqual(JSON.parse(json));
      });
    });
  }

  describe('the sessions of a user', () => {
    /** Two visitors who are one user, of whom nobody else has heard. */
    async function onTwoDevices() {
      const user = `user ${crypto.randomUUID()}`;
      const [phone, laptop] = [new Visitor(app), new Visitor(app)];
      for (const [device, visitor] of Object.entries({ phone, laptop })) {
        await visitor.run([
          ['set', 'device', device],
          ['signIn', user],
        ]);
      }
      return { user, phone, laptop };
    }
    const onPhone = expect.objectContaining({ current: false, data: { device: 'phone' } });
    const onLaptop = expect.objectContaining({ current: true, data: { device: 'laptop' } });

    it('are listed and ended in a Route Handler', async () => {
      const { user, phone, laptop } = await onTwoDevices();
      const listed = await laptop.run([['user', user, 'list']]);
      expect(listed.results).toEqual([expect.toSatisfy((all) => all.length === 2)]);
      expect(listed.results[0]).toEqual(expect.arrayContaining([onPhone, onLaptop]));
      expect((await laptop.run([['user', user, 'revokeOthers']])).results).toEqual([1]);
      expect(await phone.data()).toEqual({});
      expect(await laptop.data()).toEqual({ device: 'laptop', user });
    });

    it('are listed in a Server Component, which ends none', async () => {
      const { user, phone, laptop } = await onTwoDevices();
      const { text } = await laptop.open('/devices?end');
      const [sessions, codes] = JSON.parse(/<pre>(.*?)<\/pre>/.exec(text)?.[1] ?? '');
      expect(sessions).toHaveLength(2);
      expect(sessions).toEqual(expect.arrayContaining([onPhone, onLaptop]));
      expect(codes).toEqual(Array(3).fill('ERR_SESSION_READ_ONLY'));
      expect(await phone.data()).toEqual({ device: 'phone', user });
    });

    it('are ended in a Server Action, one by its handle or all, the own cookie with it', async () => {
      const { user, phone, laptop } = await onTwoDevices();
      await laptop.submit('/devices', { end: 'phone' });
      expect(await phone.data()).toEqual({});
      expect(await laptop.data()).toEqual({ device: 'laptop', user });
      await laptop.submit('/devices', { end: 'all' });
      expect(laptop.cookies.size).toBe(0);
    });

    it('are listed and ended in an API route of the Pages Router', async () => {
      const { user, phone, laptop } = await onTwoDevices();
      const path = '/api/legacy';
      expect((await laptop.run([['user', user, 'revokeOthers']], { path })).results).toEqual([1]);
      expect(await phone.data()).toEqual({});
      const { results } = await laptop.run([['user', user, 'list']], { path });
      expect(results).toEqual([[onLaptop]]);
    });
  });

  describe('the Pages Router', () => {
    it('an API route reads and writes, and keeps the other cookies of the response', async () => {
      const visitor = await signedIn();
      const path = '/api/legacy';
      await visitor.run([['increment'], ['get', 'n']], { path });
      expect(await visitor.data()).toEqual({ n: 2 });
      const { cookies } = await visitor.run([['signIn', 'ada']], { path });
      expect(cookies.map(({ name }) => name)).toEqual(['other', 'sid']);
      expect(await visitor.data()).toEqual({ n: 2, user: 'ada' });
      await visitor.run([['destroy']], { path });
      expect([...visitor.cookies.keys()]).toEqual(['other']);
    });

    it('session(req) alone reads, writes a live session and creates none', async () => {
      const path = '/api/legacy?alone=1';
      const visitor = await signedIn();
      const { results } = await visitor.run([['get', 'n'], ['increment']], { path });
      expect(results).toEqual([1, null]);
      expect(await visitor.data()).toEqual({ n: 2 });
      const stranger = await new Visitor(app).run([['set', 'n', 1]], { path });
      expect(stranger.results).toMatchObject([{ code: 'ERR_SESSION_NO_RESPONSE' }]);
    });

    it('getServerSideProps reads and writes', async () => {
      const visitor = new Visitor(app);
      expect((await visitor.open('/legacy')).text).toContain('{"visits":1}');
      expect((await visitor.open('/legacy')).text).toContain('{"visits":2}');
      expect(await visitor.data()).toEqual({ visits: 2 });
    });

    pagesRouterTests(() => app);
  });

  describe('cookies that prove nothing', () => {
    it.each([
      ['forged', `s%3A${'a'.repeat(22)}.${'b'.repeat(43)}`],
      ['signed by another secret', signed('a'.repeat(22), 'another')],
      ['without the prefix', signed('a'.repeat(22)).slice(4)],
      ['of another prefix', signed('a'.repeat(22)).replace('s%3A', 'zz')],
      ['malformed', '%E0%A4%A'],
      ['empty', ''],
    ])('%s: no store call, and not adopted', async (_, value) => {
      const visitor = new Visitor(app, [['sid', value]]);
      await visitor.calls();
      expect(await visitor.data()).toEqual({});
      expect(await visitor.calls()).toEqual([]);
      await visitor.run([['set', 'n', 1]]);
      expect(await visitor.calls()).toEqual(['set']);
      expect(visitor.cookies.get('sid')).not.toBe(value);
    });

    it('a good signature over an unknown ID: one read, and not adopted', async () => {
      const planted = signed('planted-by-somebody-else');
      const visitor = new Visitor(app, [['sid', planted]]);
      await visitor.calls();
      await visitor.run([['set', 'n', 1]]);
      expect(await visitor.calls()).toEqual(['get', 'set']);
      expect(visitor.cookies.get('sid')).not.toContain('planted');
    });
  });

  describe('Client Components', () => {
    it('show what a Server Component read, and write by an action that they import', async () => {
      const visitor = await signedIn();
      expect((await visitor.open('/client')).text).toContain('client: null');
      expect((await visitor.submit('/client', { name: 'Ada' })).text).toContain('client: Ada');
      expect(await visitor.data()).toEqual({ n: 1, name: 'Ada' });
    });

    it('bring neither the session module nor its secret to browsers', () => {
      expect(app.browserCode()).toContain('client: ');
      for (const secret of [SECRET, OLD_SECRET]) expect(app.browserCode()).not.toContain(secret);
      expect(app.browserCode()).not.toContain('ERR_SESSION');
    });
  });

  testCookies(variant, () => app);

  describe('the Edge runtime', () => {
    it('a route says what to do, and may make a RedisStore', async () => {
      const { text } = await new Visitor(app).open('/api/edge');
      expect(JSON.parse(text)).toEqual({
        is: true,
        code: 'ERR_SESSION_EDGE_RUNTIME',
        message: expect.stringContaining('Node.js runtime'),
      });
    });

    if (!variant.hasNodeProxy) {
      it('middleware says what to do', async () => {
        const { headers } = await new Visitor(app).open('/guarded');
        expect(headers.get('x-session')).toBe('ERR_SESSION_EDGE_RUNTIME');
      });
    }
  });

  if (variant.hasNodeProxy) {
    describe('proxy, and middleware on the Node runtime', () => {
      const guarded = (visitor: Visitor, proxy: object) =>
        visitor.open('/guarded', { headers: { 'x-steps': JSON.stringify(proxy) } });

      it('reads and writes with the response; the page sees a new session', async () => {
        const visitor = new Visitor(app);
        const page = await guarded(visitor, {
          steps: [
            ['set', 'n', 7],
            ['get', 'n'],
          ],
        });
        expect(page.headers.get('x-results')).toBe('[null,7]');
        expect(page.cookies.map(({ name }) => name)).toEqual(['sid']);
        expect(page.text).toContain('<pre>{"n":7}</pre>');
        expect(await visitor.data()).toEqual({ n: 7 });
      });

      it.each(['nothing', 'request'])('with %s it reads, and a write throws', async (as) => {
        const visitor = await signedIn();
        const page = await guarded(visitor, { as, steps: [['get', 'n'], ['set', 'n', 2], ['destroy']] });
        expect(page.headers.get('x-results')).toBe('[1,"ERR_SESSION_NO_RESPONSE","ERR_SESSION_NO_RESPONSE"]');
        expect(await visitor.data()).toEqual({ n: 1 });
      });
    });
  }

  if (variant.hasAfter) {
    describe('after()', () => {
      /** Runs steps in a Route Handler and others in its after(); how the latter ended. */
      async function runLater(visitor: Visitor, before: readonly Step[], later: readonly Step[]) {
        await visitor.post('/api/after', { before, later });
        const results = async () => JSON.parse((await visitor.open('/api/after')).text);
        let ended: unknown = null;
        await expect
          .poll(async () => {
            ended = await results();
            return ended;
          })
          .not.toBeNull();
        return ended;
      }
      const signIn: Step[] = [
        ['set', 'n', 1],
        ['signIn', 'ada'],
      ];
      const writeLate: Step[] = [['set', 'late', true]];

      it('writes a live session', async () => {
        const visitor = await signedIn();
        expect(await runLater(visitor, [], writeLate)).toEqual([null]);
        expect(await visitor.data()).toEqual({ n: 1, late: true });
      });

      it('writes the session that its handler created and moved', async () => {
        const visitor = new Visitor(app);
        expect(await runLater(visitor, signIn, writeLate)).toEqual([null]);
        expect(await visitor.data()).toEqual({ n: 1, user: 'ada', late: true });
      });

      it('creates none', async () => {
        const visitor = new Visitor(app);
        expect(await runLater(visitor, [], writeLate)).toMatchObject([{ code: 'ERR_SESSION_NO_RESPONSE' }]);
        expect(visitor.cookies.size).toBe(0);
      });
    });
  }

  it('the log says once that a Secure cookie went over plain http', () => {
    expect(app.log.split('a Secure session cookie was set over plain http')).toHaveLength(2);
    expect(app.log).not.toContain('set the session cookie, but the browser');
  });

  describeWritesAfterTheResponse(variant, () => app);

  it('nothing secret, and no crash, is in the server’s log', () => {
    expect(app.log).not.toContain(SECRET);
    expect(app.log).not.toMatch(/s%3A|s:[\w-]{22}\./);
    expect(app.log).not.toMatch(/unhandled/i);
  });

  if (variant.buildOptions.length === 0) describeCustomServers(variant);
  if (isFullRun) describeWithoutSecret(new NextApp(variant), '/api/redirect');
  if (variant.isTestedInDevelopment) describeWritesInDevelopment(variant);
});
