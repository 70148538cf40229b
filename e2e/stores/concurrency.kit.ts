import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import nextAppSession from 'next-app-session';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import type { SharedStore, StoreKind } from './shared-stores.kit.js';

const WRITES = 1000;
const PROCESSES = 4;
const ROUNDS = 25;
const indexes = Array.from({ length: WRITES }, (_, index) => index);

/** Adds the tests of several processes that write to the same sessions. */
export function testProcesses({ name, start }: StoreKind): void {
  describe(`${PROCESSES} processes on ${name}`, () => {
    let shared: SharedStore;
    let processes: ChildProcess[];
    let browser: Browser;

    beforeAll(async () => {
      shared = await start();
      const file = fileURLToPath(new URL('writer.mjs', import.meta.url));
      const env = { ...process.env, STORE_URL: shared.url };
      processes = Array.from({ length: PROCESSES }, () => fork(file, { env, execArgv: [] }));
      await Promise.all(processes.map((child) => once(child, 'message')));
    });
    afterAll(async () => {
      for (const child of processes ?? []) child.kill();
      await shared?.stop();
    });

    beforeEach(async () => {
      await shared.clear();
      browser = new Browser(nextAppSession({ secret: 'a secret', store: shared.store }));
      await browser.visit((session) => session().set('n', 0));
    });

    /** Has a process do a job for each index at once; how each ended. */
    async function run(
      child: ChildProcess | undefined,
      job: string,
      own: readonly number[],
    ): Promise<string[]> {
      if (!child) throw new Error('No such process.');
      const answer = once(child, 'message');
      child.send({ job, cookie: browser.cookies.sid, indexes: own });
      const [{ codes }] = await answer;
      return codes;
    }

    /** Spreads the job over all processes. */
    async function runEverywhere(job: string): Promise<string[]> {
      const shares = processes.map((child, at) =>
        run(
          child,
          job,
          indexes.filter((index) => index % PROCESSES === at),
        ),
      );
      return (await Promise.all(shares)).flat();
    }

    const count = (codes: readonly string[], code: string) => codes.filter((other) => other === code).length;

    it(`${WRITES} updates of one key all count`, async () => {
      const codes = await runEverywhere('increment');
      expect(count(codes, 'ok')).toBe(WRITES);
      expect(await browser.visit((session) => session().get('n'))).toBe(WRITES);
    });

    it(`${WRITES} sets of different keys all survive`, async () => {
      const codes = await runEverywhere('set');
      expect(count(codes, 'ok')).toBe(WRITES);
      expect(Object.keys(await browser.visit((session) => session().all()))).toHaveLength(WRITES + 1);
    });

    it(`of ${WRITES} refreshes of one key, one renews it`, async () => {
      const codes = await runEverywhere('refresh');
      expect(count(codes, 'renewed')).toBe(1);
      expect(count(codes, 'ok')).toBe(WRITES - 1);
      expect(await browser.visit((session) => session().get('n'))).toBe(1);
    });

    it(`of ${WRITES} who take one key, one gets it`, async () => {
      const codes = await runEverywhere('take');
      expect([count(codes, 'taken'), count(codes, 'ok')]).toEqual([1, WRITES - 1]);
      expect(await browser.visit((session) => session().all())).toEqual({});
    });

    /** Ends a new session in one process while the others write it. Returns the acknowledged writes and the records. */
    async function race(job: 'regenerate' | 'destroy') {
      await shared.clear();
      browser.cookies = {};
      await browser.visit((session) => session().set('n', 0));
      const [ending, ...writers] = processes;
      const shareOf = (at: number) => [0, 1, 2, 3, 4].map((index) => at * 5 + index);
      const [ended, ...written] = await Promise.all([
        run(ending, job, [0]),
        ...writers.map((child, at) => run(child, 'slowWrite', shareOf(at))),
      ]);
      expect(ended).toEqual(['ok']);
      const codes = written.flat();
      expect(codes.filter((code) => !['ok', 'too late', 'ERR_SESSION_GONE'].includes(code))).toEqual([]);
      const records = await shared.records();
      return {
        acknowledged: codes.flatMap((code, index) => (code === 'ok' ? [`late-${index}`] : [])).sort(),
        records: records.map(({ text }) => JSON.parse(text) as object),
      };
    }

    it('regenerate against writes: acknowledged writes move along, and the old ID cannot write any more', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const { acknowledged, records } = await race('regenerate');
        // The session and its grace copy.
        expect(records).toHaveLength(2);
        for (const record of records) {
          const late = Object.keys(record).filter((key) => key.startsWith('late-'));
          expect(late.sort()).toEqual(acknowledged);
        }
        const write = browser.visit((session) => session().set('n', 1));
        await expect(write).rejects.toMatchObject({ code: 'ERR_SESSION_GONE' });
      }
    });

    it('destroy against writes leaves nothing', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const { records } = await race('destroy');
        expect(records).toEqual([]);
        expect(await browser.visit((session) => session().all())).toEqual({});
      }
    });
  });
}
