import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import nextAppSession from '../../src/index.js';
import type { NextAppSession } from '../../src/next-app-session.js';
import { hashSessionId } from '../../src/record/session-id.js';
import { attackTests } from '../../src/test-kits/local-attacks.js';
import type { SeenSession, SessionDetail } from '../seen/seen-session.js';
import { CountingApp, OpenedStudio } from '../test-kits/studio-app.js';
import { lastRequest, visitor as visitorOf } from '../test-kits/watched-app.js';

interface Data {
  n: number;
  user?: string;
}

const session = nextAppSession<Data>({
  name: 'watched',
  secret: 'a secret of these tests, which is long enough',
  user: (data) => data.user,
  // Sign-ins take turns, by a record in the store that is no session.
  maxSessions: 100,
}) as NextAppSession<Data>;

let studio: OpenedStudio;
let app: CountingApp;

beforeAll(async () => {
  studio = await OpenedStudio.open(session, 0);
  app = await CountingApp.start(session);
});
afterAll(() => app.stop());

const last = () => lastRequest(studio);
const visitor = () => visitorOf(studio, app);

it('prints one line, with its address and the token in the fragment', () => {
  expect(studio.printed).toEqual([
    expect.stringMatching(/^next-app-session: Session Studio: http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43}$/),
  ]);
});

attackTests(() => studio);

describe('access', () => {
  it('is given to its own page', async () => {
    const host = `127.0.0.1:${studio.port}`;
    const headers = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
    expect(await studio.send({ headers })).toMatchObject({ status: 200 });
    const ofAnotherPort = { ...headers, origin: 'http://127.0.0.1:3000' };
    expect(await studio.send({ headers: ofAnotherPort })).toMatchObject({ status: 403 });
  });

  it('is refused before it is said what there is', async () => {
    for (const path of ['/api/events', '/api/nothing', '/', '/api']) {
      expect(await studio.send({ path, headers: { authorization: '' } })).toMatchObject({ status: 401 });
    }
  });

  it('needs no token for the page, which lets nothing in', async () => {
    const page = { path: '/', method: 'GET', headers: { authorization: '' } };
    const answer = await studio.send(page);
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain(studio.secret);
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    const rebound = { ...page, headers: { host: 'evil.example' } };
    expect((await studio.send(rebound)).status).toBe(403);
    expect((await studio.send({ ...page, path: '/?a=1' })).status).toBe(200);
    expect((await studio.send({ ...page, path: '/api/state' })).status).toBe(404);
  });

  it.each([
    ['a handle that is no text', 'session', '{"handle":{}}'],
    ['an operation that is not there', 'faults/add', '{"operation":"constructor","effect":"fail","times":1}'],
    ['an effect that is not there', 'faults/add', '{"effect":"explode","times":1}'],
    ['times that are no number', 'faults/add', '{"effect":"fail","times":"1"}'],
    ['no time at all', 'faults/add', '{"effect":"fail","times":0}'],
    ['a part of a time', 'faults/add', '{"effect":"fail","times":1.5}'],
    ['a clock that goes back', 'clock', '{"aheadMs":-1}'],
  ])('says what is wrong with %s', async (_, path, body) => {
    const answer = await studio.send({ path: `/api/${path}`, body });
    expect(answer).toMatchObject({ status: 422, text: expect.stringContaining('Session Studio: ') });
  });

  it.each(['nothing', 'constructor', '__proto__', '../state', '', 'state/'])(
    'knows no call %j',
    async (path) => expect((await studio.send({ path: `/api/${path}` })).status).toBe(404),
  );

  it('takes nothing but a session', async () => {
    await expect(OpenedStudio.open(session() as never)).rejects.toMatchObject({ code: 'ERR_SESSION_STUDIO' });
  });
});

describe('requests', () => {
  it('are shown with their calls, and the session, and the cookie that was sent', async () => {
    const { cookie } = await app.visit('POST', '', '/counter?secret=query');
    expect(await last()).toMatchObject({
      method: 'POST',
      path: '/counter',
      state: { is: 'answered', status: 200, durationMs: expect.any(Number) },
      cookie: 'none',
      setCookies: [{ name: 'watched', is: 'set', attributes: expect.stringContaining('HttpOnly') }],
      sessions: [expect.stringMatching(/^[\w-]{16}$/)],
      calls: [
        {
          operation: 'set',
          store: 'memory',
          session: expect.any(String),
          end: { outcome: 'ok', size: expect.any(Number), ttl: 86_400 },
        },
      ],
      events: [{ type: 'created', atMs: expect.any(Number) }],
    });
    await app.visit('GET', cookie);
    const { calls, cookie: sent } = await last();
    expect(sent).toBe('sent');
    expect(calls).toMatchObject([{ operation: 'get', end: { outcome: 'hit' } }]);
  });

  it('show that a forged cookie was refused', async () => {
    await app.visit('GET', 'watched=s:forged-forged-forged-1.AAAA');
    expect(await last()).toMatchObject({ cookie: 'refused', events: [{ type: 'cookie_rejected' }] });
  });

  it('show no session ID, no key and no value of a cookie', async () => {
    const { cookie } = await app.visit('POST');
    const [, id = 'none'] = /s%3A([^.]+)\./.exec(cookie) ?? [];
    expect(id).toHaveLength(22);
    const { handle } = await visitor();
    const seen = JSON.stringify([
      await studio.requests(),
      await studio.call('sessions'),
      await studio.call('session', { handle }),
    ]);
    expect(seen).not.toContain(id);
    expect(seen).not.toContain(hashSessionId(id));
    expect(seen).not.toContain(cookie.split('=')[1]);
  });

  it('show a warning where it came', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    vi.stubEnv('NODE_ENV', 'development');
    const insecure = nextAppSession<Data>({
      name: 'lost',
      secret: 'x'.repeat(32),
      cookie: { path: '/account' },
    });
    const other = await CountingApp.start(insecure as NextAppSession<Data>);
    await Promise.all([other.visit('POST', '', '/outside'), other.visit('GET', '', '/account/inside')]);
    const requests = (await studio.requests()).slice(-2);
    const warnings = Object.fromEntries(requests.map((request) => [request.path, request.warnings]));
    expect(warnings).toEqual({
      '/outside': [
        {
          text: expect.stringContaining('a request outside of /account set the session cookie'),
          guide: 'reference.md#the-cookie',
        },
      ],
      '/account/inside': [],
    });
    vi.unstubAllEnvs();
    warn.mockRestore();
    other.stop();
  });

  it('come as they happen', async () => {
    const stream = studio.stream();
    await stream.next();
    await app.visit('GET', '', '/live');
    const { value } = await stream.next();
    expect(value).toMatchObject([{ path: '/live' }]);
    await stream.return(undefined);
  });

  it.each(['/_next/static/chunk.js', '/base/_next/static/chunk.js', '/base/__nextjs_font/geist.woff2'])(
    'of a page that asks Next for its own files are left out: %s',
    async (path) => {
      await app.visit('GET', '', path);
      expect((await studio.requests()).map((request) => request.path)).not.toContain(path);
    },
  );
});

describe('sessions', () => {
  it('are listed, with what the options show of them', async () => {
    const { handle, cookie } = await visitor();
    await app.visit('GET', cookie, '/sign-in');
    const sessions = await studio.call<SeenSession[]>('sessions');
    expect(sessions.find((one) => one.handle === handle)).toMatchObject({ state: { is: 'moved' } });
    expect(sessions.filter(({ state }) => state.is === 'rejected')).toEqual([]);
    expect((await last()).sessions).toHaveLength(2);
    const signedIn = sessions.find(({ state }) => state.is === 'live' && state.users.length > 0);
    expect(signedIn).toMatchObject({
      name: 'watched',
      canOpen: true,
      state: { is: 'live', users: ['ada'] },
    });
    expect(await studio.call('sessions', { user: 'ada' })).toEqual([signedIn]);
  });

  it('can be edited, and an edit on top of an older state is refused with what is there now', async () => {
    const { handle, cookie } = await visitor();
    const { content } = await studio.call<SessionDetail>('session', { handle });
    const edit = { handle, version: content?.version, data: { n: 40 } };
    expect(await studio.call('session/save', edit)).toMatchObject({
      is: 'saved',
      content: { data: { n: 40 } },
    });
    expect((await app.visit('POST', cookie)).body).toEqual({ n: 41 });
    expect(await studio.call('session/save', edit)).toMatchObject({
      is: 'conflict',
      content: { data: { n: 41 } },
    });
    expect((await app.visit('GET', cookie)).body).toEqual({ n: 41 });
    await expect(studio.call('session/save', { ...edit, data: [] })).rejects.toMatchObject({
      code: 'ERR_SESSION_DATA',
    });
  });

  it('have the last writes of this process', async () => {
    const { handle, cookie } = await visitor();
    await app.visit('POST', cookie);
    const request = await last();
    const { writes } = await studio.call<SessionDetail>('session', { handle });
    expect(writes.map(({ data }) => data)).toEqual([{ n: 1 }, { n: 2 }]);
    expect(writes[1]?.request).toBe(request.id);
  });

  it.each(['end', 'expire'])('can be brought to an %s', async (how) => {
    const { handle, cookie } = await visitor();
    expect(await studio.call(`session/${how}`, { handle })).toBe(true);
    expect((await app.visit('GET', cookie)).body).toEqual({});
    expect(await studio.call(`session/${how}`, { handle })).toBe(false);
  });

  it('get a new ID, which the next response gives to the browser', async () => {
    const { handle, cookie } = await visitor();
    const moved = await studio.call<string>('session/regenerate', { handle });
    expect(moved).not.toBe(handle);
    expect(await studio.call('session', { handle: moved })).toMatchObject({
      canOpen: true,
      content: { data: { n: 1 } },
      state: { regeneratedAt: expect.any(Number) },
    });
    const next = await app.visit('POST', `${cookie}; other=1`);
    expect(next.body).toEqual({ n: 2 });
    expect(next.cookie).not.toBe(cookie);
    expect((await last()).sessions).toEqual([moved]);
    expect((await app.visit('GET', next.cookie)).body).toEqual({ n: 2 });
  });

  it('may get several new IDs before the browser comes back', async () => {
    const { handle, cookie } = await visitor();
    const moved = await studio.call<string>('session/regenerate', { handle });
    const again = await studio.call<string>('session/regenerate', { handle: moved });
    const next = await app.visit('GET', cookie);
    expect((await last()).sessions).toEqual([again]);
    expect((await app.visit('GET', next.cookie)).body).toEqual({ n: 1 });
  });

  it('get no new ID if theirs is not known, or they have ended', async () => {
    const { handle, cookie } = await visitor();
    await app.visit('DELETE', cookie);
    for (const none of [handle, 'x'.repeat(16)]) {
      expect(await studio.call('session/regenerate', { handle: none })).toBeNull();
    }
  });

  it('of a user end too', async () => {
    const { cookie } = await app.visit('GET', '', '/sign-in');
    const { sessions } = await last();
    expect(await studio.call('session/end', { handle: sessions.at(-1) })).toBe(true);
    expect((await app.visit('GET', cookie)).body).toEqual({});
  });

  it('are not found by an unknown handle', async () => {
    for (const handle of ['x'.repeat(16), '__proto__', '']) {
      expect(await studio.call('session', { handle })).toBeNull();
      expect(await studio.call('session/end', { handle })).toBe(false);
    }
  });
});

describe('the link that opens the app as a session', () => {
  it('leads to the app where it was last opened, and sets the cookie of that session once', async () => {
    const { handle, cookie } = await visitor();
    const { url } = await studio.call<{ url: string }>('session/open', { handle });
    expect(url).toMatch(
      new RegExp(`^http://${app.host.replaceAll('.', '\\.')}/\\?session-studio=[\\w-]{43}$`),
    );
    const opened = await fetch(url, { redirect: 'manual' });
    expect(opened).toMatchObject({ status: 303 });
    expect(opened.headers.get('location')).toBe(`http://${app.host}/`);
    const [set = ''] = opened.headers.getSetCookie();
    expect(set.split(';')[0]).toBe(cookie);
    expect(await last()).toMatchObject({
      path: '/',
      cookie: 'sent',
      state: { status: 303 },
      sessions: [handle],
      setCookies: [{ name: 'watched', is: 'set', attributes: expect.stringContaining('HttpOnly') }],
    });
    const again = await fetch(url, { redirect: 'manual' });
    expect([again.status, again.headers.getSetCookie()]).toEqual([200, []]);
  });

  it.each([
    ['a session whose cookie nobody has shown', async () => 'x'.repeat(16), 'has not seen the cookie'],
    [
      'a session that has ended',
      async () => {
        const { handle, cookie } = await visitor();
        await app.visit('DELETE', cookie);
        return handle;
      },
      'that session has ended',
    ],
  ])('is refused for %s', async (_, handle, why) => {
    await expect(studio.call('session/open', { handle: await handle() })).rejects.toThrow(why);
  });
});

describe('faults', () => {
  it('make the next calls of one session fail', async () => {
    const [one, other] = [await visitor(), await visitor()];
    await studio.call('faults/add', { operation: 'get', session: one.handle, effect: 'fail', times: 1 });
    expect(await app.visit('GET', other.cookie)).toMatchObject({ status: 200 });
    expect(await last()).toMatchObject({ calls: [{ isFaulted: false }] });
    expect(await app.visit('GET', one.cookie)).toMatchObject({
      status: 500,
      body: { code: 'ERR_SESSION_STORE' },
    });
    expect(await last()).toMatchObject({
      calls: [{ isFaulted: true, end: { outcome: 'error', errorType: expect.any(String) } }],
    });
    expect(await app.visit('GET', one.cookie)).toMatchObject({ status: 200 });
  });

  it('delay calls of all sessions, until they are removed', async () => {
    const { cookie } = await visitor();
    const { faults } = await studio.call<{ faults: { id: number }[] }>('faults/add', {
      effect: 'delay',
      ms: 60,
      times: 100,
    });
    await app.visit('GET', cookie);
    expect((await last()).calls[0]?.end?.durationMs).toBeGreaterThanOrEqual(59);
    expect(await studio.call('faults/remove', { id: faults[0]?.id })).toMatchObject({ faults: [] });
  });

  it('hold all calls while the store is frozen', async () => {
    const { cookie } = await visitor();
    expect(await studio.call('freeze', { frozen: true })).toMatchObject({ isFrozen: true });
    const visit = app.visit('GET', cookie);
    await expect.poll(async () => (await last()).calls).toMatchObject([{ operation: 'get', end: null }]);
    await studio.call('freeze', { frozen: false });
    expect(await visit).toMatchObject({ status: 200, body: { n: 1 } });
  });

  it('open the circuit of a frozen store for all requests, as that of a store that hangs', async () => {
    const hanging = nextAppSession<Data>({ name: 'hanging', secret: 'x'.repeat(32), storeTimeout: 0.1 });
    const other = await CountingApp.start(hanging as NextAppSession<Data>);
    const { cookie } = await other.visit('POST');
    await studio.call('freeze', { frozen: true });
    expect(await other.visit('GET', cookie)).toMatchObject({ body: { code: 'ERR_SESSION_STORE_TIMEOUT' } });
    // The first one has waited for the store. Later ones are not sent.
    const message = expect.stringContaining('has stopped answering');
    await expect.poll(() => other.visit('GET', cookie)).toMatchObject({ body: { message } });
    await studio.call('freeze', { frozen: false });
    await expect.poll(() => other.visit('GET', cookie)).toMatchObject({ status: 200, body: { n: 1 } });
    other.stop();
  });

  it('end nothing by a look while the clock is put forward, and show what is too old', async () => {
    const { cookie, handle } = await visitor();
    await studio.call('clock', { aheadMs: 86_400_001 });
    const row = (await studio.call<SeenSession[]>('sessions')).find((one) => one.handle === handle);
    expect(row).toMatchObject({ canOpen: false, state: { is: 'expired' } });
    expect(await studio.call('session', { handle })).toMatchObject({ content: null });
    await studio.call('clock', { aheadMs: 0 });
    expect((await app.visit('GET', cookie)).body).toEqual({ n: 1 });
  });

  it('let sessions expire when the clock is put forward', async () => {
    const { cookie } = await visitor();
    await studio.call('clock', { aheadMs: 86_400_001 });
    expect((await app.visit('GET', cookie)).body).toEqual({});
    expect(await last()).toMatchObject({
      aheadMs: 86_400_001,
      calls: [{ operation: 'get', isFaulted: false, end: { outcome: 'miss' } }],
    });
    expect(await studio.call('clock', { aheadMs: 0 })).toMatchObject({ aheadMs: 0 });
  });
});

it('shows how long calls took', async () => {
  await studio.call('latency/clear');
  const { cookie } = await visitor();
  for (let n = 0; n < 3; n++) await app.visit('GET', cookie);
  const latency = await studio.call<{ operation: string }[]>('latency');
  expect(latency.find(({ operation }) => operation === 'get')).toMatchObject({ outcome: 'hit', count: 3 });
});
