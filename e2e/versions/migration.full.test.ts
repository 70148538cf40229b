import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { read } from '../package/repository.js';
import { RedisServer } from '../stores/servers/redis-server.js';
import { packTarball } from './installed.js';
import { NextApp } from './next-app.js';
import type { Variant } from './variants.js';
import { Visitor } from './visitor.js';

// An app on 1.0.7, with ioredis and connect-redis as its README and its example have them, moves to version 2 by the steps of
// docs/migration.md. Ada is there from the start; each version is a deployment that has to know her.

const onVersion1 = {
  install: 'next-13-version-1',
  config: {},
  buildOptions: [],
  hasAfter: false,
  hasNodeProxy: false,
} as const;
/** The app as it was, with version 2, changed by the guide's steps, and with the library's own store. */
const migrated = {
  before: { name: 'Next 13.5 (on 1.0.7)', sources: ['version-1'], ...onVersion1 },
  untouched: {
    name: 'Next 13.5 (from 1.0.7, untouched)',
    sources: ['version-1', 'version-1-refused'],
    ...onVersion1,
  },
  upgraded: {
    name: 'Next 13.5 (from 1.0.7, upgraded)',
    sources: ['version-1', 'version-1-upgraded'],
    ...onVersion1,
  },
  withNewStore: {
    name: 'Next 13.5 (from 1.0.7, with RedisStore)',
    sources: ['version-1', 'version-1-upgraded', 'version-1-new-store'],
    ...onVersion1,
  },
} satisfies Record<string, Variant>;

const version1 = fileURLToPath(new URL('../../node_modules/next-app-session1', import.meta.url));
const secret = { COOKIE_SECRET: 'keyboard cat' };
const data = { counter: 2, fullName: 'Ada Lovelace', user: 'ada', visits: 1 };

const guide = read('docs/migration.md');
/** The codes that the guide names, as they were seen. */
const seen = new Set<string>();

let redis: RedisServer;
let cookies: Visitor['cookies'];
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.stop());

/** Builds and starts the app for the tests of one deployment. */
function deploy(variant: Variant, pack: () => string): NextApp {
  const app = new NextApp(variant);
  const settings = () => ({ ...secret, REDIS_URL: redis.url });
  beforeAll(async () => {
    await app.build(pack(), undefined, settings());
    await app.start(settings());
  });
  afterAll(() => app.stop());
  return app;
}

async function dataOf(visitor: Visitor, path = '/'): Promise<object> {
  const { text } = await visitor.open(path);
  return JSON.parse(/<pre>(.*?)<\/pre>/.exec(text)?.[1] ?? 'null');
}

/** Waits for an error in the server's log, and notes its code. */
async function logged(app: NextApp, code: string): Promise<void> {
  await expect.poll(() => app.log).toContain(code);
  seen.add(code);
}

describe('on 1.0.7', () => {
  const app = deploy(migrated.before, () => packTarball(version1));

  it('Ada has a session, in both routers, and a Server Component writes it', async () => {
    const ada = new Visitor(app);
    await ada.post('/api/sign-in', { user: 'ada' });
    await ada.post('/api/increment', {});
    await ada.post('/api/legacy/increment', {});
    await ada.open('/api/update', { method: 'PUT', body: JSON.stringify({ fullName: 'Ada Lovelace' }) });
    expect((await ada.open('/visits')).text).toContain('Visit 1');
    expect(await dataOf(ada)).toEqual(data);
    expect(await dataOf(ada, '/legacy')).toEqual(data);
    cookies = ada.cookies;
  });
});

describe('step 1: version 2 is installed, and nothing is changed', () => {
  const app = deploy(migrated.untouched, packTarball);

  it('Ada is still signed in, in both routers, and what she does is kept', async () => {
    const ada = new Visitor(app, cookies);
    expect(await dataOf(ada)).toEqual(data);
    expect(await dataOf(ada, '/legacy')).toEqual(data);
    await ada.post('/api/increment', {});
    await ada.post('/api/legacy/increment', {});
    expect(await dataOf(ada)).toEqual({ ...data, counter: 4 });
  });

  it('a forged cookie of 1.x opens nothing', async () => {
    const forged = new Map([...cookies].map(([name, value]) => [name, `${value.slice(0, -4)}AAAA`] as const));
    expect(await dataOf(new Visitor(app, forged))).toEqual({});
  });

  it('step 3: the write in a Server Component says what it is', async () => {
    // Next 13 answers 200, with a page for its error.
    expect((await new Visitor(app, cookies).open('/visits')).text).not.toContain('Visit');
    await logged(app, 'ERR_SESSION_READ_ONLY');
  });

  it('step 4: a new session without a response says what it is', async () => {
    expect((await new Visitor(app).post('/api/legacy/increment', {})).status).toBe(500);
    await logged(app, 'ERR_SESSION_NO_RESPONSE');
  });

  it('refuses what the table says', async () => {
    const codes: Record<string, string> = JSON.parse((await new Visitor(app).post('/api/refused', {})).text);
    for (const code of Object.values(codes)) seen.add(code);
    expect(codes).toEqual({
      'a value that JSON changes': 'ERR_SESSION_DATA',
      'the key cookie': 'ERR_SESSION_KEY',
      'the key __session': 'ERR_SESSION_KEY',
      'an empty secret': 'ERR_SESSION_OPTIONS',
      'a store that is not wrapped': 'ERR_SESSION_OPTIONS',
      'an unknown option': 'ERR_SESSION_OPTIONS',
      'a wrong type': 'ERR_SESSION_OPTIONS',
      'a maxAge of 0': 'ERR_SESSION_OPTIONS',
      'a maxAge in milliseconds': 'ERR_SESSION_OPTIONS',
    });
    const edge = JSON.parse((await new Visitor(app).open('/api/edge')).text);
    expect(edge).toEqual({ code: 'ERR_SESSION_EDGE_RUNTIME' });
    seen.add(edge.code);
  });

  it('warns of the short secret', () => {
    expect(app.log).toContain('fewer than 32 characters');
  });

  it('step 2: a server without the secret shows no page with the session, and says why', async () => {
    await app.stop();
    await app.start({ REDIS_URL: redis.url });
    expect((await new Visitor(app, cookies).open('/')).status).toBe(500);
    await logged(app, 'ERR_SESSION_OPTIONS');
    expect(app.log).toMatch(/secret[\s\S]+undefined/);
  });
});

describe.each([
  ['steps 3 to 5 are done', migrated.upgraded],
  ['the store is RedisStore, with `hashIds: false`', migrated.withNewStore],
])('%s', (_, variant) => {
  const app = deploy(variant, packTarball);

  it('Ada is still signed in, in both routers', async () => {
    const ada = new Visitor(app, cookies);
    expect(await dataOf(ada)).toMatchObject({ fullName: 'Ada Lovelace', user: 'ada' });
    expect(await dataOf(ada, '/legacy')).toEqual(await dataOf(ada));
  });

  it('her visits count where they can be written, and a page shows them', async () => {
    const ada = new Visitor(app, cookies);
    const { visits = 0 } = (await dataOf(ada)) as { visits?: number };
    expect((await ada.post('/api/visits', {})).status).toBe(204);
    expect((await ada.open('/visits')).text).toContain(`Visit ${visits + 1}`);
  });

  it('a visitor without a session gets one in the Pages Router', async () => {
    const visitor = new Visitor(app);
    expect((await visitor.post('/api/legacy/increment', {})).text).toBe('{"counter":1}');
    expect(await dataOf(visitor)).toEqual({ counter: 1 });
  });

  it('a sign-in gives a new ID, and the old one opens nothing', async () => {
    const visitor = new Visitor(app);
    await visitor.post('/api/increment', {});
    const before = new Map(visitor.cookies);
    await visitor.post('/api/sign-in', { user: 'grace' });
    expect(visitor.cookies.get('EXAMPLE_SID')).not.toBe(before.get('EXAMPLE_SID'));
    expect(await dataOf(visitor)).toEqual({ counter: 1, user: 'grace' });
    expect(await dataOf(new Visitor(app, before))).toEqual({});
  });
});

it('every code that the guide names was seen', () => {
  const named = new Set(guide.match(/ERR_SESSION_\w+/g));
  expect([...named].filter((code) => !seen.has(code))).toEqual([]);
});
