import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import expressSession from 'express-session';
import { Redis } from 'ioredis';
import nextAppSession, { MemoryStore, promisifyStore, type Store } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { RedisServer } from './servers/redis-server.js';

const WRITES = 1000;
const PROCESSES = 4;
const indexes = Array.from({ length: WRITES }, (_, index) => index);

describe(`${PROCESSES} processes on one Redis`, () => {
  let server: RedisServer;
  let client: Redis;
  let processes: ChildProcess[];
  let browser: Browser;

  beforeAll(async () => {
    server = await RedisServer.start();
    client = new Redis(server.port);
    const file = fileURLToPath(new URL('writer.mjs', import.meta.url));
    const env = { ...process.env, REDIS_URL: server.url };
    processes = Array.from({ length: PROCESSES }, () => fork(file, { env, execArgv: [] }));
    await Promise.all(processes.map((child) => once(child, 'message')));
  });
  afterAll(async () => {
    for (const child of processes ?? []) child.kill();
    client?.disconnect();
    await server?.stop();
  });

  beforeEach(async () => {
    await client.flushall();
    browser = new Browser(nextAppSession({ secret: 'a secret', store: new RedisStore({ client }) }));
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

  /** Ends a new session in one process while the others write it. Returns the acknowledged writes and the records. */
  async function race(job: 'regenerate' | 'destroy') {
    await client.flushall();
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
    const keys = await client.keys('sess:*');
    const records = keys.length === 0 ? [] : await client.mget(keys);
    return {
      acknowledged: codes.flatMap((code, index) => (code === 'ok' ? [`late-${index}`] : [])).sort(),
      records: records.map((record) => JSON.parse(record ?? '') as object),
    };
  }

  it('regenerate against writes: acknowledged writes move along, and the old ID cannot write any more', async () => {
    for (let round = 0; round < 25; round++) {
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
    for (let round = 0; round < 25; round++) {
      const { records } = await race('destroy');
      expect(records).toEqual([]);
      expect(await browser.visit((session) => session().all())).toEqual({});
    }
  });
});

const stores: [string, string, () => Store<object>][] = [
  ['MemoryStore', 'memory', () => new MemoryStore()],
  ['a wrapped store of express-session', 'wrapped', () => promisifyStore(new expressSession.MemoryStore())],
];

describe.each(stores)('one process on %s', (_, name, makeStore) => {
  it(`${WRITES} updates of one key and ${WRITES} sets of different keys all survive`, async () => {
    const session = nextAppSession<Record<string, number>>({
      secret: 'a secret',
      store: makeStore(),
      name,
      // The writes wait for each other.
      storeTimeout: 60,
    });
    const browser = new Browser(session);
    await browser.visit((own) => own().set('n', 0));
    const increment = () =>
      browser.visit((own) => own().update((data) => ({ ...data, n: (data.n ?? 0) + 1 })));
    await Promise.all([
      ...indexes.map(increment),
      ...indexes.map((index) => browser.visit((own) => own().set(`key-${index}`, index))),
    ]);
    const data = await browser.visit((own) => own().all());
    expect(data.n).toBe(WRITES);
    expect(Object.keys(data)).toHaveLength(WRITES + 1);
  });

  it.each(['regenerate', 'destroy'] as const)(
    '%s against writes leaves no old writable session',
    async (job) => {
      const session = nextAppSession<Record<string, unknown>>({
        secret: 'a secret',
        store: makeStore(),
        name: `${name}-race`,
      });
      for (let round = 0; round < 25; round++) {
        const browser = new Browser(session);
        await browser.visit((own) => own().set('n', 0));
        const before = new Browser(session, browser.cookies);
        const slow = Array.from({ length: 10 }, () => before.open());
        await Promise.all(slow.map((exchange) => exchange.session().get('n')));
        const [, ...written] = await Promise.allSettled([
          browser.visit((own) => own()[job]()),
          ...slow.map((exchange, at) => exchange.session().set(`late-${at}`, true)),
        ]);
        for (const result of written) {
          if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'ERR_SESSION_GONE' });
        }
        const hasGraceCopy = job === 'regenerate' && name === 'memory';
        const write = before.visit(async (own) =>
          (await own().has('n')) ? own().set('n', 1) : 'no session',
        );
        const code = await write.catch((error) => error.code);
        expect(code).toBe(hasGraceCopy ? 'ERR_SESSION_GONE' : 'no session');
      }
    },
  );
});
