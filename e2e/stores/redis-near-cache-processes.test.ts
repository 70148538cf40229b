import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisServer } from './servers/redis-server.js';

// Four processes read 20 sessions in a loop, and change and revoke them at random, each through its near cache.

const PROCESSES = 4;
const IDS = 20;

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server?.stop());

/** What a process says at the end. */
interface Seen {
  /** A version that was replaced by another one (null: removed), and when its writer was told that. */
  readonly changes: readonly { id: string; version: string | null; by: string | null; at: number }[];
  /** When the last read of a version began, by ID and version. */
  readonly lastRead: Readonly<Record<string, number>>;
  readonly sources: Readonly<Record<'near_cache' | 'redis', number>>;
  readonly wrong: readonly string[];
}

/** What all of them have seen. */
interface Outcome {
  /** For how long the other processes have read what was replaced: milliseconds from when its writer was told, in ascending order. */
  readonly ages: readonly number[];
  /** Versions that were replaced twice: an update was lost. */
  readonly lost: readonly string[];
  readonly wrong: readonly string[];
  readonly changes: number;
  /** The share of reads that were answered from memory. */
  readonly nearShare: number;
}

async function runFor(ms: number, driver: string, disturb: () => Promise<unknown>): Promise<Outcome> {
  await server.command('FLUSHALL');
  const file = fileURLToPath(new URL('near-cache-process.mjs', import.meta.url));
  const processes = Array.from({ length: PROCESSES }, (_, at) => {
    const env = {
      ...process.env,
      PORT: String(server.port),
      DRIVER: driver,
      WRITER: String(at),
      IDS: String(IDS),
    };
    return fork(file, { env, execArgv: [], serialization: 'advanced' });
  });
  await Promise.all(processes.map((child) => once(child, 'message')));
  const end = performance.now() + ms;
  while (performance.now() < end) await disturb();
  const seen: Seen[] = await Promise.all(
    processes.map(async (child) => {
      const said = once(child, 'message');
      child.send('stop');
      const [message] = await said;
      return message as Seen;
    }),
  );
  return judge(seen);
}

function judge(seen: readonly Seen[]): Outcome {
  const changes = seen.flatMap((one) => one.changes);
  const replaced = changes
    .filter(({ version }) => version !== null)
    .map(({ id, version }) => `${id} ${version}`);
  const ages = changes.flatMap(({ id, version, at }) =>
    seen.flatMap(({ lastRead }) => {
      const last = lastRead[`${id} ${version}`];
      return last === undefined ? [] : [Math.max(0, last - at)];
    }),
  );
  const sum = (source: 'near_cache' | 'redis') =>
    seen.reduce((total, { sources }) => total + sources[source], 0);
  return {
    ages: ages.toSorted((a, b) => a - b),
    lost: replaced.filter((one, at) => replaced.indexOf(one) !== at),
    wrong: seen.flatMap((one) => one.wrong),
    changes: changes.length,
    nearShare: sum('near_cache') / (sum('near_cache') + sum('redis')),
  };
}

const percentile = (ages: readonly number[], share: number) =>
  ages[Math.floor(ages.length * share)] ?? Number.NaN;

describe.each(['ioredis', 'node-redis'])('with %s', (driver) => {
  it('a change is seen in the other processes at once, and no update is lost', async () => {
    const { ages, lost, wrong, changes, nearShare } = await runFor(2500, driver, () => sleep(100));
    expect(wrong).toEqual([]);
    expect(lost).toEqual([]);
    expect(changes).toBeGreaterThan(50);
    expect(nearShare).toBeGreaterThan(0.5);
    // 10 ms on a quiet machine.
    expect(percentile(ages, 0.99)).toBeLessThan(250);
    expect(ages.at(-1)).toBeLessThan(2000);
  });

  it('nothing older than maxAge is seen while connections break, and no update is lost', async () => {
    const types = ['pubsub', 'normal'];
    const { ages, lost, wrong, changes, nearShare } = await runFor(2500, driver, async () => {
      await sleep(50 + Math.random() * 300);
      await server.command('CLIENT', 'KILL', 'TYPE', types[Math.floor(Math.random() * 2)] as string);
    });
    expect(wrong).toEqual([]);
    expect(lost).toEqual([]);
    expect(changes).toBeGreaterThan(50);
    expect(nearShare).toBeGreaterThan(0.1);
    expect(ages.at(-1)).toBeLessThan(2000);
  });
});

it('the judge finds an update that is lost, and a version that is read too long', () => {
  const nothing = { lastRead: {}, sources: { near_cache: 1, redis: 1 }, wrong: [] };
  const change = { id: 'a', version: '1', by: '2', at: 100 };
  const { ages, lost } = judge([
    { ...nothing, changes: [change, { ...change, by: '3' }] },
    { ...nothing, changes: [], lastRead: { 'a 1': 3000 } },
  ]);
  expect(lost).toEqual(['a 1']);
  expect(ages.at(-1)).toBe(2900);
});
