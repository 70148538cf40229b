// Runs the contestants of the table `sql` inside Next's request scope, in turns. Sends how many microseconds a visit took, by
// the mean of a batch; then how many of 200 parallel increments were kept.
import { Redis } from 'ioredis';
import pg from 'pg';
import { expressOnPostgres } from '../contestants/express-session.mjs';
import { HAND_TABLE, handOnSql } from '../contestants/hand-sql.mjs';
import { onStore } from '../contestants/next-app-session.mjs';
import { libraryOf, loaderOf } from '../next-versions.mjs';
import { inTurns } from '../statistics.mjs';
import { costOfVisit, dataOf, openVisits, seedSessions } from './visits.mjs';

const { postgresUrl, redisPort, turns } = JSON.parse(process.argv[2]);
const library = libraryOf('next-16');

// First: without this, Next's storages become ones that never work.
const { openNextScope } = await import(`${library}cjs/testing/next/open-next-scope.js`);
const { cookies } = await loaderOf('next-16')('next/headers.js');
const { default: nextAppSession } = await import(`${library}esm/src/index.js`);
const { RedisStore } = await import(`${library}esm/src/redis.js`);
const { SqlStore } = await import(`${library}esm/src/sql.js`);

/** Runs of each piece of work before any counts, until the code is as fast as it gets. */
const WARM_UP = 20;
const PARALLEL = 200;
const OTHER_SESSIONS = 100_000;
const TOMORROW = Date.now() + 86_400_000;
const OTHERS = {
  next_app_session: `md5(n::text), repeat('x', 300), 'v', ${TOMORROW}`,
  hand: `md5(n::text), repeat('x', 200), to_timestamp(${TOMORROW / 1000})`,
  session: `md5(n::text), '{}', to_timestamp(${TOMORROW / 1000})`,
};

const pool = new pg.Pool({ connectionString: postgresUrl });
const redis = new Redis(redisPort);
const sqlStore = new SqlStore({ client: pool });
await sqlStore.migrate();
await pool.query(HAND_TABLE);

const contestants = {
  hand: handOnSql({ cookies, pool }),
  'hand, again': handOnSql({ cookies, pool }),
  'next-app-session 2, SqlStore': onStore({ nextAppSession, store: sqlStore }),
  'next-app-session 2, RedisStore': onStore({
    nextAppSession,
    store: new RedisStore({ client: redis, prefix: 'sql:' }),
  }),
  'express-session, connect-pg-simple': await expressOnPostgres({ pool }),
};
const names = Object.keys(contestants);

// With a few sessions PostgreSQL would read the whole table each time. Those of others are there for the length of this run.
for (const [table, columns] of Object.entries(OTHERS)) {
  await pool.query(`INSERT INTO ${table} SELECT ${columns} FROM generate_series(1, ${OTHER_SESSIONS}) AS n`);
  await pool.query(`VACUUM ANALYZE ${table}`);
}
for (const name of names) await seedSessions(openNextScope, name, contestants[name], dataOf(200));
const measured = ['read 1', 'increment', 'create'].flatMap((work) =>
  [1, 16].map((atOnce) => ({
    work,
    atOnce,
    measure: async (name) => (await costOfVisit(openNextScope, contestants[name], work, atOnce)).time,
  })),
);
for (const { measure } of measured) await inTurns(names, WARM_UP, measure);
for (const { work, atOnce, measure } of measured) {
  process.send({ work, atOnce, times: [...(await inTurns(names, turns, measure))] });
}
for (const name of names) process.send({ name, kept: await incrementInParallel(contestants[name]) });
process.disconnect();
redis.disconnect();
await pool.end();

/** Increments one session by so many requests at once. */
async function incrementInParallel({ seed, open, works }) {
  const one = { cookies: [await seed({ n: 0 })], open };
  const visits = await openVisits(openNextScope, one, PARALLEL, 'increment');
  await visitAll(visits, works.increment, PARALLEL);
  const [visit] = await openVisits(openNextScope, one, 1, 'data');
  return (await visit.run(works.data)).n;
}
