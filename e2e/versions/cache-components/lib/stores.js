import Redis from 'ioredis';
import mysql from 'mysql2/promise';
import nextAppSession, { promisifyStore } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { SqlStore } from 'next-app-session/sql';
import { Pool } from 'pg';
import postgres from 'postgres';

/** Answers at once, and decides by the clock what has expired. */
class MapStore {
  records = new Map();

  get(id) {
    const { record, until } = this.records.get(id) ?? { until: 0 };
    return until > Date.now() ? record : null;
  }

  set(id, record) {
    this.records.set(id, { record, until: Date.now() + 3_600_000 });
  }

  destroy(id) {
    this.records.delete(id);
  }
}

/** The same, as express-session's stores are: with callbacks. */
class CallbackStore {
  map = new MapStore();

  get(id, done) {
    done(null, this.map.get(id));
  }

  set(id, record, done) {
    done(null, this.map.set(id, record));
  }

  destroy(id, done) {
    done(null, this.map.destroy(id));
  }
}

// For all copies of this module in the process.
globalThis.stores ??= {
  map: new MapStore(),
  express: promisifyStore(new CallbackStore()),
  client: new Redis(process.env.REDIS_URL, { lazyConnect: true }),
};
const { map, express, client } = globalThis.stores;

const { DATABASE_URL, MARIADB_URL } = process.env;

/** The drivers of SQL. Both for PostgreSQL have a table of their own. */
const connect = {
  pg: () => new Pool({ connectionString: DATABASE_URL }),
  postgres: () => postgres(DATABASE_URL, { onnotice: () => {} }),
  mysql2: () => mysql.createPool(MARIADB_URL),
};

async function sqlStore(driver) {
  globalThis.stores[driver] ??= connect[driver]();
  const store = new SqlStore({ client: globalThis.stores[driver], table: `sessions_of_${driver}` });
  await store.migrate();
  return store;
}

function sessionIn(name, store) {
  return nextAppSession({
    name,
    secret: process.env.SESSION_SECRET,
    store,
    // Listeners use clocks too, as spans do.
    onEvent: () => Date.now(),
    // Seconds. A busy machine is no fault of a store.
    storeTimeout: 60,
  });
}

export const sessions = {
  memory: sessionIn('memory'),
  map: sessionIn('map', map),
  express: sessionIn('express', express),
  redis: sessionIn('redis', () => new RedisStore({ client })),
  pg: sessionIn('pg', () => sqlStore('pg')),
  postgres: sessionIn('postgres', () => sqlStore('postgres')),
  mysql2: sessionIn('mysql2', () => sqlStore('mysql2')),
};
