import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import nextAppSession from 'next-app-session';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { openStore } from './open-store.mjs';
import type { SharedSql, SqlKind } from './shared-stores.kit.js';

const PROCESSES = 10;
/** How many rows one sweep deletes at most. */
const BATCH = 200;
/** More than three sweeps delete. */
const ENDED = 700;

const SESSIONS = 'next_app_session';
const USERS = 'next_app_session_users';

/** Adds the tests of the tables: how they come to be, and how rows leave them. */
export function testSchema({ name, start }: SqlKind): void {
  describe(`the tables in ${name}`, () => {
    let shared: SharedSql;
    beforeAll(async () => {
      shared = await start();
    });
    afterAll(() => shared?.stop());

    const dropTables = async () => {
      for (const table of [SESSIONS, USERS]) await shared.query(`DROP TABLE IF EXISTS ${table}`);
    };

    /** Signs in, and looks at what the index has. */
    const worksAs = async (name: string) => {
      const { store } = shared;
      const session = nextAppSession<{ userId: string }>({
        name,
        secret: 'a secret',
        store,
        user: ({ userId }) => userId,
      });
      const browser = new Browser(session);
      await browser.visit((own) => own().regenerate(() => ({ userId: name })));
      expect(await session.user(name).list()).toHaveLength(1);
      expect(await browser.visit((own) => own().get('userId'))).toBe(name);
    };

    it(`are created once, however many of ${PROCESSES} processes do it at the same time`, async () => {
      await dropTables();
      const file = fileURLToPath(new URL('migrator.mjs', import.meta.url));
      const env = { ...process.env, STORE_URL: shared.url };
      const processes = Array.from({ length: PROCESSES }, () => fork(file, { env, execArgv: [] }));
      await Promise.all(processes.map((child) => once(child, 'message')));
      const answers = processes.map((child) => once(child, 'message'));
      for (const child of processes) child.send('go');
      const errors = (await Promise.all(answers)).map(([{ error }]) => error);
      expect(errors.filter((error) => error !== null)).toEqual([]);
      await worksAs('together');
    });

    it.each([SESSIONS, USERS])('are completed where %s is missing', async (table) => {
      await shared.store.migrate();
      await shared.query(`DROP TABLE ${table}`);
      await shared.store.migrate();
      await worksAs('completed');
    });

    it('that are not there: each call says what to do', async () => {
      await dropTables();
      const session = nextAppSession({ secret: 'a secret', store: shared.store });
      const says = {
        code: 'ERR_SESSION_STORE',
        message: expect.stringMatching(/next_app_session.* does not exist\. Run store\.migrate\(\)/),
      };
      const browser = new Browser(session);
      await expect(browser.visit((own) => own().set('n', 1))).rejects.toMatchObject(says);
      await expect(shared.store.prune()).rejects.toMatchObject(says);
      await shared.store.migrate();
      await worksAs('afterwards');
    });
  });

  describe(`sessions that have ended in ${name}`, () => {
    let shared: SharedSql;
    beforeAll(async () => {
      shared = await start();
    });
    afterAll(() => shared?.stop());
    beforeEach(() => shared.clear());

    /** Adds sessions that have ended, and entries of users that have ended longer ago than clocks differ. */
    const addEnded = async (count: number) => {
      for (let at = 0; at < count; at++) {
        await shared.query(`INSERT INTO ${SESSIONS} (id, record, version, expires_at) VALUES (?, ?, ?, ?)`, [
          `ended-${at}`,
          '{}',
          'v',
          at + 1,
        ]);
        const columns = 'user_key, entry, session_keys, ends_at, changed_at';
        await shared.query(`INSERT INTO ${USERS} (${columns}) VALUES (?, ?, ?, ?, ?)`, [
          'ada',
          `entry-${at}`,
          ` ended-${at} `,
          at + 1,
          1,
        ]);
      }
    };
    const count = async (table: string) =>
      Number((await shared.query(`SELECT count(*) AS n FROM ${table}`))[0]?.n);
    const live = () => ({ n: 1, cookie: { expires: new Date(Date.now() + 600_000) } });

    it('are deleted by prune(), which says how many sessions they were', async () => {
      // Past the store, which would sweep.
      await shared.put({ key: 'live', text: '{"n":1}', ttlMs: 600_000 });
      await addEnded(ENDED);
      expect(await shared.store.prune()).toBe(ENDED);
      expect([await count(SESSIONS), await count(USERS)]).toEqual([1, 0]);
      expect(await shared.store.prune()).toBe(0);
      expect(await shared.store.get('live')).toMatchObject({ n: 1 });
    });

    it('are deleted by writes, a few at a time', async () => {
      await addEnded(ENDED);
      // As in a process that has just started: it has not swept yet.
      const { store, close } = await openStore(shared.url);
      const counts = async () => [await count(SESSIONS), await count(USERS)];
      const afterOne = [ENDED - BATCH + 1, ENDED - BATCH];
      await store.set('live', live());
      await expect.poll(counts).toEqual(afterOne);
      await sleep(200);
      expect(await counts()).toEqual(afterOne);
      await expect
        .poll(
          async () => {
            await store.set('live', live());
            return counts();
          },
          { timeout: 60_000, interval: 20 },
        )
        .toEqual([1, 0]);
      await close();
    });
  });
}
