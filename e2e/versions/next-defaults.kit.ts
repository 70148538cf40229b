import { describe, expect, it } from 'vitest';
import { isFullRun } from '../../scripts/full-run.mjs';
import { MariaDbServer } from '../stores/servers/mariadb.js';
import { PostgresServer } from '../stores/servers/postgres.js';
import { RedisServer } from '../stores/servers/redis-server.js';
import type { NextApp } from './next-app.js';
import { type Page, Visitor } from './visitor.js';

/** What Next says of a clock, a random number or an uncached read where it prerenders or prefetches. */
export const COMPLAINTS =
  /unstable value|next-prerender|blocking-route|HANGING_PROMISE|encountered (?:runtime|uncached)|⨯/i;

/** By the names of their sessions in the app. SQL in a full run, by all its drivers. */
export const STORES = [
  'memory',
  'map',
  'express',
  'redis',
  ...(isFullRun ? ['pg', 'postgres', 'mysql2'] : []),
];

/** Those on which `next dev` is tried. It compiles the pages of each, so the others are for a full run. */
export const STORES_IN_DEV = isFullRun ? STORES : ['memory', 'redis'];

const SIGNED = 's%3Aaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb';

/** The servers behind those stores. */
export class StoreServers {
  readonly #redis: RedisServer;
  readonly #postgres: PostgresServer;
  readonly #mariadb: MariaDbServer | undefined;

  private constructor(redis: RedisServer, postgres: PostgresServer, mariadb: MariaDbServer | undefined) {
    this.#redis = redis;
    this.#postgres = postgres;
    this.#mariadb = mariadb;
  }

  static async start(): Promise<StoreServers> {
    const mariadb = isFullRun ? await MariaDbServer.start() : undefined;
    return new StoreServers(await RedisServer.start(), await PostgresServer.start(), mariadb);
  }

  /** The environment variables of the app. */
  get settings(): Record<string, string> {
    return {
      REDIS_URL: this.#redis.url,
      DATABASE_URL: this.#postgres.url,
      ...(this.#mariadb && { MARIADB_URL: this.#mariadb.url }),
    };
  }

  async stop(): Promise<void> {
    await Promise.all([this.#redis.stop(), this.#postgres.stop(), this.#mariadb?.stop()]);
  }
}

/** Reads and writes in a running app of the folder `cache-components`, in every place, on every store. */
export function describeNextDefaults(app: NextApp, stores: readonly string[]): void {
  describe.each(stores)('a session in the %s store', (store) => {
    it('is read and written in every place, and Next complains of nothing', async () => {
      const ada = new Visitor(app);
      const saved = await ada.submit(`/${store}`, { n: '1' });
      expect(saved.text).toContain('page: 1, live');
      await ada.submit(`/${store}`, { n: '2' });
      expect(await answer(ada, store)).toEqual({ n: 2, later: true });
      await expectPage(ada, store, 2);

      await expectPage(new Visitor(app), store, null);
      await expectPage(new Visitor(app, [[store, SIGNED]]), store, null);

      const brief = await new Visitor(app).post(`/api/${store}`, { n: 3, maxAge: 0.1 });
      const expired = brief.cookies.map(({ name, value }) => [name, value] as const);
      expect(expired).toHaveLength(1);
      await new Promise((resolve) => setTimeout(resolve, 150));
      await expectPage(new Visitor(app, expired), store, null);

      await ada.open(`/api/${store}`, { method: 'DELETE' });
      await expectPage(ada, store, null);
      expect(app.log).not.toMatch(COMPLAINTS);
    });
  });
}

/** Opens the page as a document, by a link, and ahead of a link. Expects that each shows `n`. */
async function expectPage(visitor: Visitor, store: string, n: number | null): Promise<void> {
  const { text } = await visitor.open(`/${store}`);
  const state = n === null ? 'none' : 'live';
  expect(text).toContain(`layout: ${n}`);
  expect(text).toContain(`metadata: ${n}`);
  expect(text).toContain(`page: ${n}, ${state}, ERR_SESSION_READ_ONLY`);
  expect(text).toContain(`private: ${n}`);
  expect((await byLink(visitor, store)).text).toContain('ERR_SESSION_READ_ONLY');
  await byLink(visitor, store, { 'next-router-prefetch': '2' });
}

/** Asks for a page as Next's router does. */
async function byLink(visitor: Visitor, store: string, headers: Record<string, string> = {}): Promise<Page> {
  const init = { headers: { RSC: '1', ...headers } };
  // The address has to have a hash of the headers.
  const { headers: answered } = await visitor.open(`/${store}`, init);
  return visitor.open(answered.get('location') ?? `/${store}`, init);
}

async function answer(visitor: Visitor, store: string): Promise<unknown> {
  return JSON.parse((await visitor.open(`/api/${store}`)).text);
}
