import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import { REFUSAL, SpyStore } from '../test-kits/spy-store.js';

type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<unknown>;

let server: Server;
let handler: Handler;
beforeEach(async () => {
  server = createServer((req, res) => void handler(req, res));
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function setUp() {
  const store = new SpyStore();
  const session = nextAppSession<{ n: number; user: string }>({
    secret: 'a secret that is long enough for tests',
    store,
    user: ({ user }) => user,
  });
  let cookie = '';
  /** Sends a request of one visitor, who keeps the cookie of the response. */
  const visit = async (run: Handler) => {
    handler = run;
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}`, { headers: { cookie } });
    const sent = response.headers.getSetCookie();
    for (const header of sent) if (header.startsWith('sid=')) [cookie = ''] = header.split(';');
    return sent;
  };
  const data = async () => {
    let all: unknown;
    await visit(async (req, res) => {
      all = await session(req, res).all();
      res.end();
    });
    return all;
  };
  return { store, session, visit, data };
}

describe('a response that is sent while a write is under way that nobody awaits', () => {
  /** Answers when the write has come to its store call number `call`. Returns how the write ended. */
  async function race(call: number, isFirst: boolean) {
    const { store, session, visit, data } = setUp();
    if (!isFirst)
      await visit(async (req, res) =>
        session(req, res)
          .set('n', 1)
          .then(() => res.end()),
      );
    let left = call;
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    let answered = () => {};
    const sent = new Promise<void>((resolve) => {
      answered = resolve;
    });
    const wait = async () => {
      if (--left > 0) return;
      arrive();
      await sent;
    };
    for (const operation of ['get', 'set', 'index', 'list', 'destroy'] as const) {
      for (let times = 0; times < call; times++) store.spy.before(operation, wait);
    }
    let ended: Promise<unknown> = Promise.resolve();
    await visit(async (req, res) => {
      ended = session(req, res)
        .regenerate((given) => ({ ...given, user: 'ada' }))
        .then(
          () => null,
          (error) => error,
        )
        .finally(arrive);
      await arrived;
      res.end(answered);
    });
    const error = await ended;
    store.spy.calm();
    return { error, data: await data(), listed: await session.user('ada').list() };
  }

  it.each([1, 2, 3, 4, 5, 6])(
    'at store call %i: regenerate() does not sign the visitor out',
    async (call) => {
      const { error, data, listed } = await race(call, false);
      if (error === null) expect(data).toEqual({ n: 1, user: 'ada' });
      else {
        expect(error).toMatchObject({ code: 'ERR_SESSION_NO_RESPONSE' });
        expect(data).toEqual({ n: 1 });
        expect(listed).toEqual([]);
      }
    },
  );

  it.each([1, 2, 3, 4])(
    'at store call %i: a new visitor has a cookie, or there is no record',
    async (call) => {
      const { error, data, listed } = await race(call, true);
      expect(data).toEqual(error === null ? { user: 'ada' } : {});
      expect(listed).toHaveLength(error === null ? 1 : 0);
    },
  );
});

it('a move that fails leaves the cookie as it was', async () => {
  const { store, session, visit, data } = setUp();
  await visit(async (req, res) =>
    session(req, res)
      .set('n', 1)
      .then(() => res.end()),
  );
  const sent = await visit(async (req, res) => {
    store.spy.before('set', async () => {});
    store.spy.fail('set', REFUSAL);
    await expect(session(req, res).regenerate()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
    res.setHeader('Set-Cookie', ['theme=dark']);
    res.end();
  });
  expect(sent).toEqual(['theme=dark']);
  store.spy.calm();
  expect(await data()).toEqual({ n: 1 });
});
