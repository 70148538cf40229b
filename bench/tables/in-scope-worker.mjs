// Runs the contestants of one version of Next inside its request scope, in turns, and sends what each piece of work cost.
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { express } from '../contestants/express-session.mjs';
import { hand, handSliding, handSwapping } from '../contestants/hand.mjs';
import { ironSession } from '../contestants/iron-session.mjs';
import { version1, version2, version2Near } from '../contestants/next-app-session.mjs';
import { libraryOf, loaderOf, loadVersion1 } from '../next-versions.mjs';
import { isNewNode } from '../runtimes.mjs';
import { inTurns } from '../statistics.mjs';
import { BAD_COOKIES, SIZES, WORKS } from './in-scope-works.mjs';
import { costOfVisit, dataOf, seedSessions } from './visits.mjs';

const { version, port, turns, sizes } = JSON.parse(process.argv[2]);
const load = loaderOf(version);
const library = libraryOf(version);

// First: without this, Next's storages become ones that never work.
const { openNextScope } = await import(`${library}cjs/testing/next/open-next-scope.js`);
const { cookies } = await load('next/headers.js');
const { default: nextAppSession } = await import(`${library}esm/src/index.js`);
const { RedisStore } = await import(`${library}esm/src/redis.js`);
const redis = new Redis(port);
// Redis tracks what is read over this one.
const nearRedis = new Redis(port);
const nodeRedis = await createClient({ url: `redis://localhost:${port}` }).connect();
const next = { cookies, redis, nearRedis, nextAppSession, RedisStore, nodeRedis };

const CONTESTANTS = {
  'next-16': {
    hand,
    'hand, again': hand,
    'hand, sliding': handSliding,
    'hand, compare-and-swap': handSwapping,
    'next-app-session 2': version2,
    'next-app-session 2, near cache': version2Near,
    [isNewNode ? 'iron-session 9' : 'iron-session 8']: async (next) =>
      ironSession({ ...next, library: await import(isNewNode ? 'iron-session9' : 'iron-session') }),
    'express-session': express,
  },
  'next-15': {
    hand,
    'next-app-session 2': version2,
    'next-app-session 1.0.7': () => version1({ redis, nextAppSession: loadVersion1().default }),
  },
};

/** Runs of each piece of work before any counts, until the code is as fast as it gets. */
const WARM_UP = 20;

const contestants = new Map();
for (const [name, create] of Object.entries(CONTESTANTS[version])) contestants.set(name, await create(next));

for (const [label, bytes] of SIZES.filter(([label]) => sizes.includes(label))) {
  const data = dataOf(bytes);
  const fitting = [...contestants].filter(([, { holds = Number.POSITIVE_INFINITY }]) => bytes <= holds);
  for (const [name, contestant] of fitting) await seedSessions(openNextScope, name, contestant, data);
  const measured = WORKS.flatMap((work) =>
    [1, 16].map((atOnce) => {
      const names = fitting.filter(([, { works }]) => works[work]).map(([name]) => name);
      const measure = (name) => costOfVisit(openNextScope, contestants.get(name), work, atOnce);
      return { work, atOnce, names, measure };
    }),
  );
  for (const { names, measure } of measured) await inTurns(names, WARM_UP, measure);
  for (const { work, atOnce, names, measure } of measured) {
    process.send({ size: label, work, atOnce, costs: [...(await inTurns(names, turns, measure))] });
  }
}
for (const [label, spoil] of Object.entries(BAD_COOKIES)) {
  const names = ['hand', 'next-app-session 2'];
  const spoilt = (name) => ({ ...contestants.get(name), cookies: contestants.get(name).cookies.map(spoil) });
  const measure = (name) => costOfVisit(openNextScope, spoilt(name), 'read 1', 1);
  await inTurns(names, WARM_UP, measure);
  process.send({
    size: 'no session',
    work: label,
    atOnce: 1,
    costs: [...(await inTurns(names, turns, measure))],
  });
}
process.disconnect();
redis.disconnect();
nearRedis.disconnect();
nodeRedis.destroy();
