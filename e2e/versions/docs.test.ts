import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isFullRun } from '../../scripts/full-run.mjs';
import { APP_PAGES } from '../package/doc-pages.js';
import { PostgresServer } from '../stores/servers/postgres.js';
import { freePort, RedisServer } from '../stores/servers/redis-server.js';
import { UpstashBridge } from '../stores/servers/upstash-bridge.js';
import { backchannelLogoutTests } from './backchannel-logout.kit.js';
import { buildDocumented, filesOf, migratedSessions, recipesIn } from './documented-app.js';
import { packTarball } from './installed.js';
import { LogoutProvider } from './logout-provider.js';
import { NextApp } from './next-app.js';
import { recipeTests } from './recipes.kit.js';
import { recipeTestsInDev } from './recipes-in-dev.kit.js';
import { documented } from './variants.js';
import { Visitor } from './visitor.js';
import { describeWithoutSecret } from './without-secret.kit.js';

const tarball = packTarball();

describe('the app of the README with the files of docs/sessions.md, docs/recipes.md and docs/protect.md', () => {
  let app: NextApp;
  let provider: LogoutProvider;
  beforeAll(async () => {
    app = await buildDocumented(tarball, filesOf(...APP_PAGES));
    provider = await LogoutProvider.start();
    await app.start(provider.settings);
  });
  afterAll(async () => {
    await app?.stop();
    provider?.stop();
  });

  it('lists the sessions of a user, and ends those on other devices', async () => {
    const signIn = async (device: string) => {
      const visitor = new Visitor(app);
      const headers = { 'user-agent': device };
      await visitor.submit('/', { user: 'ada', password: 'open sesame' }, headers);
      return visitor;
    };
    const [laptop, phone] = [await signIn('laptop'), await signIn('phone')];
    const { html, text } = await laptop.open('/account');
    expect(text).toContain('laptop, last seen');
    expect(text).toContain('phone, last seen');

    const form = new FormData();
    form.set(/name="(\$ACTION_ID_\w+)"(?:(?!<form).)*everywhere else/s.exec(html)?.[1] ?? '', '');
    await laptop.open('/account', { method: 'POST', body: form });
    expect((await phone.open('/account')).text).not.toContain('last seen');
    expect((await laptop.open('/account')).text).not.toContain('phone, last seen');
  });

  it('counts in the Pages Router too', async () => {
    const visitor = new Visitor(app);
    expect((await visitor.post('/api/legacy-visits', {})).text).toBe('{"visits":1}');
    expect((await visitor.post('/api/legacy-visits', {})).text).toBe('{"visits":2}');
  });

  const other = new NextApp(documented);
  describeWithoutSecret(other, '/api/visits');
  recipeTests(() => app, other);
  backchannelLogoutTests(
    () => app,
    () => provider,
  );
  if (isFullRun) recipeTestsInDev(other);
});

describe('the app of the README with the stores of docs/stores.md, docs/own-store.md, docs/sql.md and docs/migration.md', () => {
  const files = {
    ...filesOf('README.md', 'docs/stores.md', 'docs/own-store.md'),
    // For the others there is e2e/stores/sql-clients.full.test.ts.
    'lib/sql-store.ts': filesOf('docs/sql.md')['lib/sql-store.ts'] ?? '',
    ...migratedSessions(),
  };
  const recipes = recipesIn(files);
  /** The names in errors of those whose server can be away. */
  const servers = new Map([
    ['redis-store', 'redis'],
    ['node-redis-store', 'redis'],
    ['upstash-store', 'redis'],
    ['shared-session', 'redis'],
    ['connect-redis-store', 'connect-redis'],
    ['sql-store', 'postgresql'],
    ['postgres-store', 'connect-pg-simple'],
    ['knex-store', 'connect-session-knex'],
  ]);
  const visitors = new Map<string, Visitor>();
  let app: NextApp;
  let redis: RedisServer;
  let upstash: UpstashBridge;
  let postgres: PostgresServer;
  let connections = 0;

  beforeAll(async () => {
    const counter = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    const port = await freePort();
    await new Promise<void>((resolve) => counter.listen(port, '127.0.0.1', resolve));
    const settings = settingsFor(
      `redis://127.0.0.1:${port}`,
      { url: `http://127.0.0.1:${port}`, token: 'a token' },
      `postgres://127.0.0.1:${port}/app`,
      port,
    );
    app = await buildDocumented(tarball, { ...files, 'lib/recipes.ts': recipes.module }, settings);
    counter.close();
    redis = await RedisServer.start();
    upstash = await UpstashBridge.start(redis.port);
    postgres = await PostgresServer.start();
    await app.start(settingsFor(redis.url, upstash, postgres.url, port));
  });
  afterAll(async () => {
    await app?.stop();
    await upstash?.stop();
    await redis?.stop();
    await postgres?.stop();
  });

  it('opened no connection while Next built it', () => {
    expect(connections).toBe(0);
  });

  it('signs in, counts visits and signs out, without JavaScript too', () => visitReadme(app));

  it.each(recipes.names.filter((name) => name !== 'mongo-store'))('%s keeps a session', async (name) => {
    const visitor = new Visitor(app);
    visitors.set(name, visitor);
    for (const visits of [1, 2]) {
      const { text } = await visitor.post(`/stores/${name}`, {});
      expect(JSON.parse(text)).toEqual({ visits });
    }
    const { text } = await visitor.open(`/stores/${name}`);
    expect(JSON.parse(text)).toEqual({ visits: 2 });
  });

  it('a page reads by Upstash what is there now: Next does not answer for its fetch', async () => {
    const visitor = visitors.get('upstash-store') as Visitor;
    for (const visits of [3, 4]) {
      await visitor.post('/stores/upstash-store', {});
      expect((await visitor.open('/seen/upstash-store')).text).toContain(`visits: ${visits}`);
    }
    await redis.command('FLUSHALL');
    expect((await visitor.open('/seen/upstash-store')).text).toContain('visits: null');
    await visitor.post('/stores/upstash-store', {});
  });

  it('mongo-store, without a server, names the store and says what to do', async () => {
    const { status, text } = await new Visitor(app).post('/stores/mongo-store', {});
    expect(status).toBe(503);
    expect(JSON.parse(text).code).toBe('ERR_SESSION_STORE_TIMEOUT');
    expectAdvice(text, 'connect-mongo');
  });

  it('names the store and says what to do once its server is away', async () => {
    await Promise.all([redis.kill(), upstash.stop(), postgres.stop()]);
    for (const [recipe, store] of servers) {
      const { status, text } = await (visitors.get(recipe) as Visitor).open(`/stores/${recipe}`);
      expect(status, recipe).toBe(503);
      expectAdvice(text, store);
    }
  });

  it('goes on by itself when the server is back', async () => {
    await redis.restart();
    const visitor = new Visitor(app);
    await expect.poll(async () => (await visitor.post('/stores/redis-store', {})).status).toBe(200);
  });
});

function settingsFor(
  redis: string,
  upstash: { readonly url: string; readonly token: string },
  postgres: string,
  mongoPort: number,
): Record<string, string> {
  return {
    REDIS_URL: redis,
    UPSTASH_REDIS_REST_URL: upstash.url,
    UPSTASH_REDIS_REST_TOKEN: upstash.token,
    DATABASE_URL: postgres,
    MONGODB_URL: `mongodb://127.0.0.1:${mongoPort}/app`,
  };
}

function expectAdvice(text: string, store: string): void {
  expect(text).toContain(`The session store (${store}) `);
  expect(text).toContain('Check that it is reachable');
}

/** What the README's app is for: a wrong password, the right one, a reload, two visits, a sign-out. */
async function visitReadme(app: NextApp): Promise<void> {
  const visitor = new Visitor(app);
  const { text } = await visitor.submit('/', { user: 'ada', password: 'wrong' });
  expect(text).toContain('Wrong name or password');
  expect(visitor.cookies.size).toBe(0);

  await visitor.submit('/', { user: 'ada', password: 'open sesame' });
  const cookies = new Map(visitor.cookies);
  expect((await visitor.open('/')).text).toContain('Hello ada');
  expect((await visitor.post('/api/visits', {})).text).toBe('{"visits":1}');
  expect((await visitor.post('/api/visits', {})).text).toBe('{"visits":2}');

  await visitor.submit('/', {});
  expect((await visitor.open('/')).text).not.toContain('Hello');
  expect((await new Visitor(app, cookies).open('/')).text).not.toContain('Hello');
}
