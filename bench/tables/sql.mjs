// What SqlStore costs on PostgreSQL, next to a handler by hand, RedisStore and connect-pg-simple; and what a write waits for the
// sweep of a million sessions.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { PostgresServer, RedisServer } from '../servers.mjs';
import { median, range, ratios } from '../statistics.mjs';
import { measureSweeps } from './sql-sweep.mjs';

/** Fewer for a look: TURNS=5 node run.mjs sql. */
const TURNS = Number(process.env.TURNS ?? 31);

export default async function sql() {
  const redis = await RedisServer.start();
  const postgres = await PostgresServer.start({ waitsForDisk: false });
  const measured = await runWorker(postgres.url, redis.port).finally(() =>
    Promise.all([postgres.stop(), redis.stop()]),
  );
  const visits = measured.filter(({ work }) => work);
  const increments = measured.filter(({ kept }) => kept !== undefined);
  const sweeps = await measureSweeps();
  return {
    title: 'SQL',
    about:
      'On PostgreSQL, in Next’s request scope, sessions of 200 B, 100,000 others beside them. `hand` reads the cookie, checks its ' +
      'HMAC, sends one SELECT and parses JSON; its writes are an UPDATE or INSERT, and lose updates. All share a Pool of pg. A ratio ' +
      'is that of the means of two batches of visits, with their garbage; the first row gives µs. Only the sessions of ' +
      'express-session have no part in Next. PostgreSQL does not wait for its disk at a commit, which would hide what a ' +
      'contestant costs.',
    sections: [
      ...[1, 16].map((atOnce) => visitsSection(atOnce, visits)),
      {
        title: '200 parallel increments',
        columns: ['', 'kept'],
        rows: increments.map(({ name, kept }) => [name, `${kept} of 200`]),
      },
      {
        title: 'a third of 1,000,000 sessions expires, 200 writes a second',
        columns: [
          '',
          'alone p50 ms',
          'alone p99 ms',
          'alone longest ms',
          'swept p50 ms',
          'swept p99 ms',
          'swept longest ms',
          'all gone after s',
        ],
        rows: sweeps,
      },
    ],
  };
}

function visitsSection(atOnce, measured) {
  const works = measured.filter((result) => result.atOnce === atOnce);
  return {
    title: atOnce === 1 ? 'one at a time' : `${atOnce} at once`,
    columns: ['', ...works.map(({ work }) => work)],
    rows: [...works[0].times.keys()].map((name) => [name, ...works.map(({ times }) => cell(times, name))]),
  };
}

function cell(times, name) {
  if (name === 'hand') return `${median(times.get(name)).toFixed(0)} µs`;
  const ratio = ratios(times, 'hand').get(name);
  return `${median(ratio).toFixed(2)} (${range(ratio, 2)})`;
}

async function runWorker(postgresUrl, redisPort) {
  const settings = JSON.stringify({ postgresUrl, redisPort, turns: TURNS });
  const worker = fork(fileURLToPath(new URL('sql-worker.mjs', import.meta.url)), [settings], {
    env: { ...process.env, NODE_ENV: 'production' },
    execArgv: ['--expose-gc'],
  });
  const measured = [];
  worker.on('message', (result) =>
    measured.push({ ...result, times: result.times && new Map(result.times) }),
  );
  const [code] = await once(worker, 'exit');
  if (code !== 0) throw new Error('The worker failed.');
  return measured;
}
