import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisStore as ConnectRedis } from 'connect-redis';
import nextAppSession, {
  type NextAppSession,
  promisifyStore,
  type SessionInfo,
  type Store,
} from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type SharedData, serve, serveExpress } from './express-app.kit.js';
import { RedisServer } from './servers/redis-server.js';

// One visitor, two apps: Express 5 on express-session and connect-redis, and this library as an API route of the
// Pages Router has it, over HTTP. Same secret, cookie name and Redis.

const SECRET = 'a secret of both apps';
const NAME = 'connect.sid';
const MAX_AGE = 3600;

let redis: RedisServer;
let client: ReturnType<typeof createClient>;
let expressApp: Server;

beforeAll(async () => {
  redis = await RedisServer.start();
  client = createClient({ url: redis.url });
  await client.connect();
  expressApp = await serveExpress(client, { name: NAME, secret: SECRET, maxAge: MAX_AGE });
});
afterAll(async () => {
  expressApp?.close();
  client?.destroy();
  await redis?.stop();
});

/** What happens between the read and the write of a slow request here. */
let meanwhile: () => Promise<unknown>;

function sessionOn(store: Store<object>, maxAge = MAX_AGE) {
  return nextAppSession<SharedData>({
    name: NAME,
    secret: SECRET,
    store,
    hashIds: false,
    cookie: { maxAge },
  });
}

function startNext(session: NextAppSession<SharedData>) {
  const routes: Record<string, (own: ReturnType<typeof session>) => Promise<unknown>> = {
    '/sign-in': (own) => own.regenerate((data) => ({ ...data, user: 'ada' })),
    '/write': (own) => own.update((data) => ({ ...data, next: (data.next ?? 0) + 1 })),
    '/renew': (own) => own.regenerate(),
    '/read-and-renew': async (own) => {
      await own.all();
      await own.regenerate();
    },
    '/read': (own) => own.all(),
    '/info': (own) => own.info(),
    '/slow-write': async (own) => {
      await own.all();
      await meanwhile();
      return own.set('next', 9).catch((error: { code?: string }) => ({ code: error.code }));
    },
    '/sign-out': (own) => own.destroy(),
  };
  return createServer((request, response) => {
    const route = routes[request.url ?? ''] ?? (() => Promise.reject(new Error('No such route')));
    route(session(request, response)).then(
      (result) => response.setHeader('Content-Type', 'application/json').end(JSON.stringify(result ?? {})),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
}

const stores: [string, () => Store<object>][] = [
  ['connect-redis, wrapped', () => promisifyStore(new ConnectRedis({ client }))],
  [
    'connect-redis, which ends sessions itself',
    () => promisifyStore(new ConnectRedis({ client }), { expiry: 'store' }),
  ],
  ['RedisStore', () => new RedisStore({ client })],
];

describe.each(stores)('with %s on the other side', (_, makeStore) => {
  let nextApp: Server;
  let visitor: Visitor;
  beforeAll(async () => {
    nextApp = await serve(startNext(sessionOn(makeStore())));
  });
  afterAll(() => nextApp?.close());
  beforeEach(() => {
    visitor = new Visitor();
  });

  it('signed in on Express: read and written here, and read there again', async () => {
    await visitor.post(expressApp, '/sign-in');
    await visitor.post(nextApp, '/write');
    await visitor.post(expressApp, '/write');
    await visitor.post(nextApp, '/write');
    const data = { user: 'ada', next: 2, express: 1 };
    expect(await visitor.get(nextApp, '/read')).toEqual(data);
    expect(await visitor.get(expressApp, '/read')).toEqual(data);
  });

  it('signed in here: read and written on Express, and read here again', async () => {
    await visitor.post(nextApp, '/sign-in');
    await visitor.post(expressApp, '/write');
    await visitor.post(nextApp, '/write');
    const data = { user: 'ada', next: 1, express: 1 };
    expect(await visitor.get(expressApp, '/read')).toEqual(data);
    expect(await visitor.get(nextApp, '/read')).toEqual(data);
  });

  it('the creation is known still after Express wrote and touched the record', async () => {
    await visitor.post(nextApp, '/sign-in');
    const before = (await visitor.get(nextApp, '/info')) as SessionInfo;
    await visitor.post(expressApp, '/write');
    await visitor.get(expressApp, '/read');
    const after = (await visitor.get(nextApp, '/info')) as SessionInfo;
    expect(after.createdAt).toBe(before.createdAt);
    expect(after.expiresAt).toBeGreaterThanOrEqual(before.expiresAt);
  });

  it.each(['Express', 'here'])('signed out on %s is signed out on both', async (where) => {
    const [one, other] = where === 'Express' ? [expressApp, nextApp] : [nextApp, expressApp];
    await visitor.post(other, '/sign-in');
    await visitor.post(other, '/write');
    const copy = new Visitor(visitor.cookie);
    await visitor.post(one, '/sign-out');
    expect(await copy.get(expressApp, '/read')).toEqual({});
    expect(await copy.get(nextApp, '/read')).toEqual({});
  });

  it.each(['Express', 'here'])('signed in again on %s, the old ID is unknown on both', async (where) => {
    const [one, other] = where === 'Express' ? [expressApp, nextApp] : [nextApp, expressApp];
    await visitor.post(other, '/sign-in');
    const old = new Visitor(visitor.cookie);
    await visitor.post(one, '/sign-in');
    expect(visitor.cookie).not.toBe(old.cookie);
    for (const app of [expressApp, nextApp]) {
      expect(await visitor.get(app, '/read')).toMatchObject({ user: 'ada' });
      expect(await old.get(app, '/read')).toEqual({});
    }
  });

  it('a slow write here loses nothing that Express wrote meanwhile', async () => {
    await visitor.post(nextApp, '/sign-in');
    meanwhile = () => new Visitor(visitor.cookie).post(expressApp, '/write');
    await visitor.post(nextApp, '/slow-write');
    expect(await visitor.get(expressApp, '/read')).toEqual({ user: 'ada', next: 9, express: 1 });
  });

  it('a slow write here does not bring back what Express destroyed meanwhile', async () => {
    await visitor.post(nextApp, '/sign-in');
    const copy = new Visitor(visitor.cookie);
    meanwhile = () => new Visitor(visitor.cookie).post(expressApp, '/sign-out');
    expect(await visitor.post(nextApp, '/slow-write')).toEqual({ code: 'ERR_SESSION_GONE' });
    expect(await copy.get(expressApp, '/read')).toEqual({});
    expect(await copy.get(nextApp, '/read')).toEqual({});
  });

  it('a forged cookie is nobody on both', async () => {
    await visitor.post(nextApp, '/sign-in');
    const forged = new Visitor(`${visitor.cookie.slice(0, -3)}AAA`);
    expect(await forged.get(expressApp, '/read')).toEqual({});
    expect(await forged.get(nextApp, '/read')).toEqual({});
  });

  it('both write the same cookie into the record', async () => {
    const written = async (app: Server) => {
      const visitor = new Visitor();
      await visitor.post(app, '/sign-in');
      // By the visitor's own ID: Express may still be writing another one's record.
      const [, id] = /=s(?::|%3A)([^.]+)\./.exec(visitor.cookie) ?? [];
      const record = JSON.parse(await redis.command('GET', `sess:${id}`));
      const { expires, originalMaxAge, ...cookie } = record.cookie;
      expect(Date.parse(expires)).toBeGreaterThan(Date.now());
      // Express takes it from the date, by another look at the clock.
      return { ...cookie, seconds: Math.round(originalMaxAge / 1000) };
    };
    const [here, there] = [await written(nextApp), await written(expressApp)];
    // What Express leaves out is off: it writes `secure` only where it is set.
    expect({ secure: false, ...there }).toEqual(here);
  });

  it('both set the same cookie', async () => {
    const attributes = async (app: Server) => {
      const own = new Visitor();
      await own.post(app, '/sign-in');
      return own.attributes.filter((attribute) => !/^(expires|max-age)=/.test(attribute)).sort();
    };
    expect(await attributes(nextApp)).toEqual(await attributes(expressApp));
  });
});

describe('a session that only one side reads', () => {
  const SHORT = 2;
  let shortExpress: Server;
  beforeAll(async () => {
    shortExpress = await serveExpress(client, { name: NAME, secret: SECRET, maxAge: SHORT });
  });
  afterAll(() => shortExpress?.close());

  /** Reads on one side for longer than the session lives unused, then looks from the other side. */
  async function readFor(app: Server, visitor: Visitor): Promise<void> {
    for (let read = 0; read < 4; read++) {
      await sleep(800);
      await visitor.get(app, '/read');
    }
  }

  it.each(stores.slice(1))('stays alive for both, and then ends for both, with %s', async (_, makeStore) => {
    const nextApp = await serve(startNext(sessionOn(makeStore(), SHORT)));
    try {
      await Promise.all(
        [shortExpress, nextApp].map(async (reader) => {
          const visitor = new Visitor();
          await visitor.post(nextApp, '/sign-in');
          await readFor(reader, visitor);
          for (const app of [shortExpress, nextApp]) {
            expect(await visitor.get(app, '/read')).toEqual({ user: 'ada' });
          }
          await sleep(SHORT * 1000 + 1500);
          for (const app of [shortExpress, nextApp]) expect(await visitor.get(app, '/read')).toEqual({});
        }),
      );
    } finally {
      nextApp.close();
    }
  });

  it('ends early on connect-redis that is not said to end sessions itself, as docs/stores.md warns', async () => {
    const nextApp = await serve(startNext(sessionOn(promisifyStore(new ConnectRedis({ client })), SHORT)));
    const visitor = new Visitor();
    await visitor.post(nextApp, '/sign-in');
    await readFor(shortExpress, visitor);
    // Express's touch moved the key's time to live, and not the date in the record, which then decides here.
    expect(await visitor.get(nextApp, '/read')).toEqual({});
    nextApp.close();
  });
});

it('a session that Express moved to a new ID with all that it held can be listed and ended', async () => {
  const session = nextAppSession<SharedData>({
    name: NAME,
    secret: SECRET,
    store: new RedisStore({ client }),
    hashIds: false,
    user: ({ user }) => user,
  });
  const nextApp = await serve(startNext(session));
  const visitor = new Visitor();
  await visitor.post(nextApp, '/sign-in');
  await visitor.post(expressApp, '/renew');
  expect(await visitor.get(nextApp, '/read')).toEqual({ user: 'ada' });
  expect(await session.user('ada').list()).toHaveLength(1);
  expect(await session.user('ada').revokeAll()).toBe(1);
  for (const app of [expressApp, nextApp]) expect(await visitor.get(app, '/read')).toEqual({});
  nextApp.close();
});

describe('a session that has no entry of its own in the index is not signed out by a new ID', () => {
  const optionsOfAll = { name: NAME, secret: SECRET, hashIds: false } as const;
  const store = () => new RedisStore({ client });
  const before = () => nextAppSession<SharedData>({ ...optionsOfAll, store: store() });
  const withUsers = () =>
    nextAppSession<SharedData>({ ...optionsOfAll, store: store(), user: ({ user }) => user });
  const renewals = ['/renew', '/read-and-renew'];

  let session: NextAppSession<SharedData>;
  let nextApp: Server;
  let appBefore: Server;
  beforeAll(async () => {
    session = withUsers();
    [nextApp, appBefore] = await Promise.all([serve(startNext(session)), serve(startNext(before()))]);
  });
  afterAll(() => {
    nextApp?.close();
    appBefore?.close();
  });
  let visitor: Visitor;
  beforeEach(async () => {
    await redis.command('FLUSHALL');
    visitor = new Visitor();
  });

  /** It is signed in, listed once, and revoked like any other. */
  async function isLikeAnyOther(): Promise<void> {
    expect(await visitor.get(nextApp, '/read')).toEqual({ user: 'ada' });
    expect(await session.user('ada').list()).toHaveLength(1);
    expect(await session.user('ada').revokeAll()).toBe(1);
    for (const app of [expressApp, nextApp]) expect(await visitor.get(app, '/read')).toEqual({});
  }

  it.each(renewals)('a copy that Express made of a whole record, by %s', async (renew) => {
    await visitor.post(nextApp, '/sign-in');
    await visitor.post(expressApp, '/renew');
    await visitor.post(nextApp, renew);
    await isLikeAnyOther();
  });

  it.each(renewals)('a copy whose original’s entry has been pruned, by %s', async (renew) => {
    await visitor.post(nextApp, '/sign-in');
    await visitor.post(expressApp, '/renew');
    expect(await session.user('ada').list()).toEqual([]);
    // A list leaves an entry alone whose session may be about to be written, so this one is removed here.
    const index = await redis.command('KEYS', '*#user:*');
    await redis.command('DEL', ...index.split('\n'));
    await visitor.post(nextApp, renew);
    await isLikeAnyOther();
  });

  it.each(renewals)('a copy of a copy, by %s each time', async (renew) => {
    await visitor.post(nextApp, '/sign-in');
    for (let round = 0; round < 3; round++) {
      await visitor.post(expressApp, '/renew');
      await visitor.post(nextApp, renew);
    }
    await isLikeAnyOther();
  });

  it.each(renewals)('a copy of a session that was revoked before it was moved, by %s', async (renew) => {
    await visitor.post(nextApp, '/sign-in');
    await session.user('ada').revokeAll();
    await visitor.post(nextApp, '/sign-in');
    await visitor.post(expressApp, '/renew');
    await visitor.post(nextApp, renew);
    await isLikeAnyOther();
  });

  it.each(renewals)('one that Express signed in, by %s', async (renew) => {
    await visitor.post(expressApp, '/sign-in');
    await visitor.post(nextApp, renew);
    await isLikeAnyOther();
  });

  it.each(renewals)('one from before the user option, by %s', async (renew) => {
    await visitor.post(appBefore, '/sign-in');
    await visitor.post(nextApp, renew);
    await isLikeAnyOther();
  });

  it.each(renewals)('one that an app without the user option moves, by %s', async (renew) => {
    await visitor.post(nextApp, '/sign-in');
    await visitor.post(appBefore, renew);
    await isLikeAnyOther();
  });
});

/** Keeps the session cookie between requests, to whichever app. */
class Visitor {
  cookie: string;
  attributes: string[] = [];

  constructor(cookie = '') {
    this.cookie = cookie;
  }

  get(app: Server, path: string): Promise<unknown> {
    return this.#send(app, path, 'GET');
  }

  post(app: Server, path: string): Promise<unknown> {
    return this.#send(app, path, 'POST');
  }

  async #send(app: Server, path: string, method: string): Promise<unknown> {
    const { port } = app.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { cookie: this.cookie },
    });
    expect(response.status).toBe(200);
    for (const header of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = header.split('; ');
      this.cookie = pair;
      this.attributes = attributes.map((attribute) => attribute.toLowerCase());
    }
    return response.json();
  }
}
