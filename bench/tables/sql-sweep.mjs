// A million sessions in PostgreSQL, a third of which expires while others are written: how long a write waits for the sweep, and
// how long it takes until all that have expired are gone.
import connectPgSimple from 'connect-pg-simple';
import expressSession from 'express-session';
import { SqlStore } from 'next-app-session/sql';
import pg from 'pg';
import { PGSIMPLE_TABLE } from '../contestants/express-session.mjs';
import { PostgresServer } from '../servers.mjs';
import { at, median } from '../statistics.mjs';

/** Fewer for a look: ROWS=100000. */
const ROWS = Number(process.env.ROWS ?? 1_000_000);
const EVERY_MS = 5;
const WRITERS = 64;
const ALONE_MS = 10_000;
const DAY_MS = 86_400_000;
const DATA = { n: 1, text: 'x'.repeat(140) };

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** How each store is made, filled, and looked at. Times are epoch milliseconds; `soon` is when a third expires. */
const STORES = {
  'SqlStore, by its writes': {
    open: async (pool) => {
      const store = new SqlStore({ client: pool });
      await store.migrate();
      return store;
    },
    fill: `INSERT INTO next_app_session (id, record, version, expires_at)
      SELECT md5(n::text), $1, 'v', CASE WHEN n % 3 = 0 THEN $2::bigint ELSE $3::bigint END FROM generate_series(1, $4::int) AS n`,
    expired: 'SELECT FROM next_app_session WHERE expires_at <= $1 LIMIT 1',
    table: 'next_app_session',
    sweep: () => {},
  },
  'connect-pg-simple, one DELETE': {
    open: async (pool) => {
      await pool.query(PGSIMPLE_TABLE);
      const Store = connectPgSimple(expressSession);
      return new Store({ pool, pruneSessionInterval: false });
    },
    fill: `INSERT INTO session (sid, sess, expire)
      SELECT md5(n::text), $1, to_timestamp(CASE WHEN n % 3 = 0 THEN $2::bigint ELSE $3::bigint END / 1000.0)
      FROM generate_series(1, $4::int) AS n`,
    expired: 'SELECT FROM session WHERE expire < to_timestamp($1::bigint / 1000.0) LIMIT 1',
    table: 'session',
    sweep: (store) => new Promise((resolve) => store.pruneSessions(resolve)),
  },
};

export async function measureSweeps() {
  const rows = [];
  for (const [name, kind] of Object.entries(STORES)) rows.push([name, ...(await sweepOf(kind))]);
  return rows;
}

async function sweepOf({ open, fill, expired, table, sweep }) {
  const server = await PostgresServer.start({ waitsForDisk: false });
  const pool = new pg.Pool({ connectionString: server.url });
  try {
    const store = await open(pool);
    const expiring = Date.now() + 20_000 + ROWS / 25;
    await pool.query(fill, [JSON.stringify(recordUntil(expiring)), expiring, expiring + DAY_MS, ROWS]);
    await pool.query(`VACUUM ANALYZE ${table}`);
    await pool.query('CHECKPOINT');
    const alone = await writesUntil(store, (ms) => ms > ALONE_MS);
    await wait(expiring - Date.now());
    const started = performance.now();
    const swept = sweep(store);
    let isSwept = false;
    const watching = (async () => {
      for (; !isSwept; await wait(500)) isSwept = (await pool.query(expired, [expiring])).rowCount === 0;
    })();
    const meanwhile = await writesUntil(store, () => isSwept);
    const seconds = (performance.now() - started) / 1000;
    await Promise.all([swept, watching]);
    return [...waits(alone), ...waits(meanwhile), seconds.toFixed(1)];
  } finally {
    await pool.end();
    await server.stop();
  }
}

const recordUntil = (time) => ({
  ...DATA,
  cookie: { expires: new Date(time).toISOString(), originalMaxAge: DAY_MS },
});

function waits(times) {
  return [median(times).toFixed(1), at(times, 0.99).toFixed(1), Math.max(...times).toFixed(1)];
}

/** Writes at a steady rate, whether the last write has ended or not. Returns how long each took, in ms. */
async function writesUntil(store, isOver) {
  const times = [];
  const writes = new Set();
  const started = performance.now();
  for (let count = 0; !isOver(performance.now() - started); count++) {
    await wait(Math.max(0, started + count * EVERY_MS - performance.now()));
    const began = performance.now();
    const write = set(store, `writer-${count % WRITERS}`).then(() => {
      times.push(performance.now() - began);
      writes.delete(write);
    });
    writes.add(write);
  }
  await Promise.all(writes);
  return times;
}

/** By a callback or a promise. */
function set(store, id) {
  const record = recordUntil(Date.now() + DAY_MS);
  if (store instanceof SqlStore) return store.set(id, record);
  return new Promise((resolve, reject) =>
    store.set(id, record, (error) => (error ? reject(error) : resolve())),
  );
}
