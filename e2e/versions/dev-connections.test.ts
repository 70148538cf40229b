import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresServer } from '../stores/servers/postgres.js';
import { RedisServer } from '../stores/servers/redis-server.js';
import { documentedModule, linkDriver } from './developed-app.js';
import { developedWithPostgres, developedWithRedis } from './developed-variants.js';
import { packTarball } from './installed.js';
import { NextApp } from './next-app.js';
import type { Variant } from './variants.js';

const tarball = packTarball();

/** A store as the docs connect to it, and its server. */
interface Developed {
  readonly variant: Variant;
  readonly page: string;
  readonly file: string;
  readonly driver: string;
  start(): Promise<Server>;
}

interface Server {
  readonly settings: Record<string, string>;
  /** Returns how many connections the app has. */
  connections(): Promise<number>;
  /** The most that one client has: a pool has one for each call at the same time. */
  readonly most: number;
  stop(): Promise<void>;
}

async function startRedis(): Promise<Server> {
  const redis = await RedisServer.start();
  return {
    settings: { REDIS_URL: redis.url },
    async connections() {
      const clients = (await redis.command('CLIENT', 'LIST')).split('\n');
      return clients.filter((client) => !client.includes('cmd=client')).length;
    },
    most: 1,
    stop: () => redis.stop(),
  };
}

async function startPostgres(): Promise<Server> {
  const postgres = await PostgresServer.start();
  const others = `FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`;
  return {
    settings: { DATABASE_URL: postgres.url },
    async connections() {
      const [row] = await postgres.query(`SELECT count(*) ${others}`);
      return Number(row?.count);
    },
    // That of a request, and two of a sweep.
    most: 3,
    stop: () => postgres.stop(),
  };
}

const developed: readonly Developed[] = [
  ...developedWithRedis.map((variant) => ({
    variant,
    page: 'docs/stores.md',
    file: 'lib/redis-store',
    driver: 'ioredis',
    start: startRedis,
  })),
  ...developedWithPostgres.map((variant) => ({
    variant,
    page: 'docs/sql.md',
    file: 'lib/sql-store',
    driver: 'pg',
    start: startPostgres,
  })),
];

describe.each(developed)('next dev on $variant.name', ({ variant, page, file, driver, start }) => {
  const app = new NextApp(variant);
  let server: Server;
  beforeAll(async () => {
    server = await start();
    await app.prepare(tarball);
    writeFileSync(join(app.folder, `${file}.js`), documentedModule(page, file));
    linkDriver(app.folder, driver);
    await app.start(server.settings, 'dev');
  });
  afterAll(async () => {
    await app.stop();
    await server?.stop();
  });

  it('keeps one client of the store, however often the session module is saved', async () => {
    const response = await fetch(`${app.url}/api/calls`, { method: 'POST' });
    expect(await response.json()).toEqual({ n: 1, saved: 0 });
    const [cookie = ''] = response.headers.getSetCookie().map((header) => header.split(';')[0]);
    const answerOf = async (path: string) => {
      const text = await (await fetch(app.url + path, { headers: { cookie } })).text();
      return JSON.parse(/\{.*?\}/.exec(text.replaceAll('&quot;', '"'))?.[0] ?? 'null');
    };
    const module = join(app.folder, 'lib/session.js');
    const source = readFileSync(module, 'utf8');
    for (let saved = 1; saved <= 5; saved++) {
      writeFileSync(module, source.replace('saved = 0', `saved = ${saved}`));
      await expect.poll(() => answerOf('/api/calls'), { timeout: 120_000 }).toEqual({ n: 1, saved });
    }
    // A page, and the Pages Router, have copies of the module of their own.
    for (const path of ['/', '/api/legacy']) expect(await answerOf(path)).toEqual({ n: 1, saved: 5 });
    const connections = await server.connections();
    expect(connections).toBeGreaterThan(0);
    expect(connections).toBeLessThanOrEqual(server.most);
  });

  it('refuses a session at the top level of a module, which would be the first visitor’s for everybody', async () => {
    const { headers } = await fetch(`${app.url}/api/calls`, { method: 'POST' });
    const [cookie = ''] = headers.getSetCookie().map((header) => header.split(';')[0]);
    const { status } = await fetch(`${app.url}/top-level`, { headers: { cookie } });
    expect(status).toBe(500);
    expect(app.log).toContain('session() was called at the top level of a module');
  });
});
