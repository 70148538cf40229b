// What a session takes in Redis: the memory of all its keys, a share of its user's index included.
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { express } from '../contestants/express-session.mjs';
import { onStore, version1 } from '../contestants/next-app-session.mjs';
import { copyLibrary, libraryOf, loaderOf, loadVersion1 } from '../next-versions.mjs';
import { RedisServer } from '../servers.mjs';
import { dataOf, openVisits } from './visits.mjs';

const SESSIONS = 200;
/** What of a key differs from session to session. */
const INDEX = 'user:';

export default async function redisMemory() {
  copyLibrary();
  const server = await RedisServer.start();
  const redis = new Redis(server.port);
  const nodeRedis = await createClient({ url: server.url }).connect();
  const { default: nextAppSession } = await import(`${libraryOf('next-16')}esm/src/index.js`);
  const { RedisStore } = await import(`${libraryOf('next-16')}esm/src/redis.js`);
  const ours = (options) =>
    onStore({ nextAppSession, store: new RedisStore({ client: redis }), options }).seed;
  const withUsers = (each) => {
    const seed = ours({ user: (data) => data.userId });
    return (data, index) => seed({ ...data, userId: `user-${Math.floor(index / each)}` });
  };
  const seeds = {
    'next-app-session 2': ours(),
    'the same, and a user with one session': withUsers(1),
    'the same, and a user with five': withUsers(5),
    'next-app-session 1.0.7': await seedOfVersion1(redis),
    'express-session, connect-redis': express({ nodeRedis }).seed,
  };
  const rows = [];
  for (const [name, seed] of Object.entries(seeds)) {
    await redis.flushall();
    for (let index = 0; index < SESSIONS; index++) await seed(dataOf(200), index);
    rows.push([name, ...(await memoryOf(redis)).map((bytes) => bytes.toFixed(0))]);
  }
  redis.disconnect();
  nodeRedis.destroy();
  await server.stop();
  return {
    title: 'Memory in Redis',
    about:
      `The mean of ${SESSIONS} sessions of 200 B, by \`MEMORY USAGE\` of all keys: with the user's ID, 220 B. A user's index is ` +
      'shared by their sessions.',
    sections: [{ title: '', columns: ['', 'record B', 'index B', 'in all B'], rows }],
  };
}

async function memoryOf(redis) {
  let [records, indices] = [0, 0];
  for (const key of await redis.keys('*')) {
    const bytes = await redis.call('MEMORY', ['USAGE', key, 'SAMPLES', '0']);
    if (key.includes(INDEX)) indices += bytes;
    else records += bytes;
  }
  return [records, indices, records + indices].map((bytes) => bytes / SESSIONS);
}

/** 1.0.7 has no part in the Pages Router, so its sessions begin in Next's request scope. */
async function seedOfVersion1(redis) {
  const { openNextScope } = await import(`${libraryOf('next-15')}cjs/testing/next/open-next-scope.js`);
  await loaderOf('next-15')('next/headers.js');
  const { works } = version1({ redis, nextAppSession: loadVersion1().default });
  return async (data) => {
    const [visit] = await openVisits(openNextScope, { cookies: [''] }, 1, 'create');
    await visit.run(() => works.create(data));
  };
}
