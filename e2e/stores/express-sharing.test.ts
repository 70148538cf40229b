import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RedisStore as ConnectRedis } from 'connect-redis';
import nextAppSession, { promisifyStore, type SessionInfo, type Store } from 'next-app-session';
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

function startNext(store: Store<object>) {
  const session = nextAppSession<SharedData>({
    name: NAME,
    secret: SECRET,
    store,
    hashIds: false,
    cookie: { maxAge: MAX_AGE },
  });
  const routes: Record<string, (own: ReturnType<typeof session>) => Promise<unknown>> = {
    '/sign-in': (own) => own.regenerate((data) => ({ ...data, user: 'ada' })),
    '/write': (own) => own.update((data) => ({ ...data, next: (data.next ?? 0) + 1 })),
    '/read': (own) => own.all(),
    '/info': (own) => own.info(),
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
  ['connect-redis, trusted', () => promisifyStore(new ConnectRedis({ client }), { trustExpiry: true })],
  ['RedisStore', () => new RedisStore({ client })],
];

describe.each(stores)('with %s on the other side', (_, makeStore) => {
  let nextApp: Server;
  let visitor: Visitor;
  beforeAll(async () => {
    nextApp = await serve(startNext(makeStore()));
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

  it('both set the same cookie', async () => {
    const attributes = async (app: Server) => {
      const own = new Visitor();
      await own.post(app, '/sign-in');
      return own.attributes.filter((attribute) => !/^(expires|max-age)=/.test(attribute)).sort();
    };
    expect(await attributes(nextApp)).toEqual(await attributes(expressApp));
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
