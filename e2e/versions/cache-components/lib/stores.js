import Redis from 'ioredis';
import nextAppSession, { promisifyStore } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';

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

function sessionIn(name, store) {
  // Listeners use clocks too, as spans do.
  return nextAppSession({ name, secret: process.env.SESSION_SECRET, store, onEvent: () => Date.now() });
}

export const sessions = {
  memory: sessionIn('memory'),
  map: sessionIn('map', map),
  express: sessionIn('express', express),
  redis: sessionIn('redis', () => new RedisStore({ client })),
};
