import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import nextAppSession from '../../src/index.js';
import { attackTests, send } from '../../src/test-kits/local-attacks.js';
import type { BackendCookie, BackendRun } from '../backend/session-backend.js';
import { controlBackend } from './control-backend.js';
import { openControlServer } from './control-server.js';

interface Data {
  n: number;
}

const session = nextAppSession<Data>({
  name: 'control',
  secret: 'a secret of these tests',
  encryptionKey: 'the encryption key of these tests',
});
const backend = controlBackend();
const port = Number(backend.env.NEXT_APP_SESSION_TEST_PORT);
const secret = backend.env.NEXT_APP_SESSION_TEST_SECRET ?? '';

/** An app: a Node server, like that of Next. */
let app: Server;
let appUrl: string;

/** What was logged when the server opened. */
const logged: string[] = [];

beforeAll(async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation((text) => logged.push(text));
  await openControlServer(session, backend.env);
  // An app may have several sessions, and Next may run its instrumentation again.
  await openControlServer(session, backend.env);
  warn.mockRestore();
  app = createServer(async (req, res) => {
    const done = (status: number, body: object) => void res.writeHead(status).end(JSON.stringify(body));
    try {
      if (req.url === '/static') return done(200, {});
      if (req.method === 'POST') await session(req, res).update((data) => ({ n: (data.n ?? 0) + 1 }));
      done(200, await session(req, res).all());
    } catch (error) {
      done(500, { code: Reflect.get(error as object, 'code') });
    }
  });
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  appUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
});

afterAll(() => {
  app.close();
});

async function startRun(name?: string): Promise<BackendRun> {
  return (await backend.connect(name === undefined ? {} : { name })).startRun();
}

/** Starts a run with a user who has a session. */
async function withUser(data: Data) {
  const run = await startRun();
  const cookie = (await run.write(null, data, null)) as BackendCookie;
  const visit = async (method: string, headers = run.headers) => {
    const response = await fetch(appUrl, {
      method,
      headers: { ...headers, cookie: `control=${cookie.value}` },
    });
    return { status: response.status, body: await response.json() };
  };
  return { run, value: decodeURIComponent(cookie.value), cookie, visit };
}

it('says in one line that it is open, and where, and not how to get in', () => {
  expect(logged).toEqual([expect.stringContaining(`the session test server listens on 127.0.0.1:${port},`)]);
  expect(logged[0]).toContain('must not run in production');
  expect(logged[0]).not.toContain(secret);
  expect(logged[0]).not.toContain('\n');
});

describe('a run', () => {
  it('puts sessions where the app finds them, and finds what the app wrote', async () => {
    const { run, value, visit, cookie } = await withUser({ n: 1 });
    expect(cookie).toMatchObject({
      name: 'control',
      path: '/',
      httpOnly: true,
      sameSite: 'Lax',
      expires: -1,
    });
    expect((await visit('POST')).body).toEqual({ n: 2 });
    expect(await run.read(value)).toEqual({ n: 2 });
    expect(await run.write(value, { n: 10 }, null)).toBeNull();
    expect((await visit('GET')).body).toEqual({ n: 10 });
    expect(value).toContain(await run.id(value));
  });

  it('ends sessions by expire and by revoke', async () => {
    for (const end of ['expire', 'revoke'] as const) {
      const { run, value, visit } = await withUser({ n: 1 });
      await run[end](value);
      expect((await visit('GET')).body).toEqual({});
      expect(await run.read(value)).toBeNull();
      expect(await run.id(value)).toBeNull();
    }
  });

  it('finds no session for a forged cookie, and gives its browser a new one', async () => {
    const run = await startRun();
    const forged = 's:forged-forged-forged-1.AAAA';
    expect(await run.read(forged)).toBeNull();
    const cookie = await run.write(forged, { n: 1 }, null);
    expect(cookie?.value).not.toContain('forged');
  });

  it('makes the store fail and wait, only for its own requests', async () => {
    const [one, other] = [await withUser({ n: 1 }), await withUser({ n: 1 })];
    await one.run.fail?.('get', { times: 1 });
    await one.run.delay?.('set', 60);
    expect(await other.visit('POST')).toMatchObject({ status: 200 });
    expect(await one.visit('GET', {})).toMatchObject({ status: 200 });
    expect(await one.visit('GET')).toEqual({ status: 500, body: { code: 'ERR_SESSION_STORE' } });
    expect(await one.visit('POST')).toMatchObject({ status: 200 });
    const [slow] = (await one.run.spans?.())?.filter(({ name }) => name.endsWith('.set')) ?? [];
    expect(slow?.durationMs).toBeGreaterThanOrEqual(59);
  });

  it('sees only the spans of its own requests, on a connection that others use too', async () => {
    const [one, other] = [await withUser({ n: 1 }), await withUser({ n: 1 })];
    for (const { visit } of [one, other, one, other]) await visit('GET');
    await one.visit('POST', {});
    expect((await one.run.spans?.())?.map(({ name }) => name)).toEqual([
      'next_app_session.store.get',
      'next_app_session.store.get',
    ]);
  });

  it('deletes its sessions at the end, and those that the app made for it, but not kept ones', async () => {
    const { run, value, visit } = await withUser({ n: 1 });
    const kept = decodeURIComponent((await run.write(null, { n: 5 }, null))?.value ?? '');
    await run.keep(kept);
    const response = await fetch(appUrl, { method: 'POST', headers: run.headers });
    const made = decodeURIComponent(
      /control=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1] ?? '',
    );
    expect(await run.read(made)).toEqual({ n: 1 });
    await run.end([]);
    const later = await startRun();
    expect(await later.read(value)).toBeNull();
    expect(await later.read(made)).toBeNull();
    expect(await later.read(kept)).toEqual({ n: 5 });
    // When a test is over, late requests of its browsers are like those of any visitor.
    expect((await visit('GET')).body).toEqual({});
    await later.end([kept]);
    await later.end([kept]);
    expect(await later.read(kept).catch((error) => error.message)).toContain(
      'the app was restarted after this test began',
    );
    expect(await (await startRun()).read(kept)).toBeNull();
  });

  it('knows why the app did not accept a session', async () => {
    const why = async (ask: (user: Awaited<ReturnType<typeof withUser>>) => Promise<unknown>) => {
      const user = await withUser({ n: 1 });
      await ask(user);
      const { value } = user;
      return user.run.explain?.({ given: value, now: value, cookies: { control: value }, requests: 1 });
    };
    expect(await why(async () => {})).toContain('no request of the test reached');
    expect(await why(({ run }) => fetch(`${appUrl}/static`, { headers: run.headers }))).toContain(
      'did not read the session "control"',
    );
    const forged = { cookie: 'control=s:forged-forged-forged-1.AAAA' };
    expect(await why(({ run }) => fetch(appUrl, { headers: { ...run.headers, ...forged } }))).toContain(
      'another secret than the test',
    );
    expect(await why(({ visit }) => visit('GET'))).toBeNull();
    expect(await why(({ run, value }) => run.revoke(value))).toBeNull();
  });

  it('fails for a session that the app does not have, and names those that it has', async () => {
    await expect(startRun('other')).rejects.toThrow('the app has sessions named control.');
  });

  it('says why data cannot be stored', async () => {
    const run = await startRun();
    await expect(run.write(null, { cookie: 1 }, null)).rejects.toMatchObject({ code: 'ERR_SESSION_KEY' });
  });
});

describe('the server', () => {
  const attacked = {
    port,
    secret,
    code: 'ERR_SESSION_TESTING',
    path: '/',
    body: JSON.stringify({ method: 'start', run: 'run', args: [] }),
  };

  attackTests(() => attacked);

  it('answers a call with the secret', async () => {
    expect(await send(attacked, {})).toMatchObject({
      status: 200,
      text: '{"result":{"cookieNames":["control"]}}',
    });
  });

  it.each(['http://127.0.0.1', 'http://localhost'])('has no page that may call it: %s', async (host) => {
    for (const headers of [{ origin: `${host}:${port}` }, { 'sec-fetch-site': 'same-origin' }]) {
      expect(
        (await send(attacked, { headers: { host: `${new URL(host).host}:${port}`, ...headers } })).status,
      ).toBe(403);
    }
    expect((await send(attacked, { method: 'GET' })).status).toBe(405);
  });

  it.each([
    ['no method', '{"run":"run","args":[]}'],
    ['a method of every object', '{"method":"constructor","run":"run","args":[]}'],
    ['a method that is not for tests', '{"method":"overrides","run":"run","args":[]}'],
    ['arguments that are not a list', '{"method":"read","run":"run","args":{}}'],
    ['an unknown run', '{"method":"read","run":"__proto__","args":["x"]}'],
  ])('says what is wrong with %s, and keeps running', async (_, body) => {
    const reply = await send(attacked, { body });
    expect(reply).toMatchObject({ status: 422, text: expect.stringContaining('Session test server: ') });
    expect(await send(attacked, {})).toMatchObject({ status: 200 });
  });

  it('takes another session of the app, and the same one again from a copy of the module', async () => {
    const other = nextAppSession({ name: 'another', secret: 'another secret' });
    await openControlServer(other, backend.env);
    await openControlServer(session, backend.env);
    expect((await startRun('another')).cookieNames[0]).toBe('another');
    await expect(startRun()).rejects.toThrow('sessions named control, another.');
  });

  it('takes nothing but a session', async () => {
    await expect(openControlServer(session() as never, backend.env)).rejects.toMatchObject({
      code: 'ERR_SESSION_TESTING',
    });
  });
});

describe('without a server', () => {
  it('the backend says what to do', async () => {
    const connection = await controlBackend({ port: 9 }).connect({});
    const missing = connection.startRun();
    await expect(missing).rejects.toThrow('No session test server answers on 127.0.0.1:9.');
    await expect(missing).rejects.toThrow('webServer.env');
  });
});
