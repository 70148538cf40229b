// Users with very many sessions: how long it takes to revoke them all, and what another visitor waits for while account pages
// list them.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { RedisServer } from '../servers.mjs';
import { at, inTurns, median } from '../statistics.mjs';
import { accounts, signIn, signInOften } from './revocation-app.mjs';

const FLOOD = 200_000;
const LISTED = 10_000;
const PAGES = 20;
const TURNS = 30;
/** Reads of a turn in which nothing else happens. */
const ALONE = 50;

const agent = new Agent({ keepAlive: true, maxSockets: PAGES + 1 });

export default async function revocation() {
  const server = await RedisServer.start();
  const client = new Redis(server.port);
  const session = accounts(client);
  const apps = await Promise.all([1, 2].map(() => startApp(server.url)));
  const visitor = await signIn(session, 'bob');
  try {
    const account = await signInOften(session, 'ada', LISTED);
    const places = { 'from the same process': apps[0], 'from another process': apps[1] };
    const listing = await inTurns(Object.keys(places), TURNS, (name) =>
      listTurn(apps[0], account, places[name], visitor),
    );
    await signInOften(session, 'ada', FLOOD - LISTED);
    const revoking = await revokeAll(session, apps[1], visitor);
    return result(listing, revoking);
  } finally {
    for (const app of apps) app.process.kill();
    client.disconnect();
    await server.stop();
  }
}

function result(listing, { seconds, alone, meanwhile }) {
  return {
    title: 'Revocation',
    about:
      'One user has very many sessions of 200 B, on RedisStore; an app on plain node:http serves another visitor, who reads ' +
      `one key of a session. First ${PAGES} account pages at once, each a \`list()\` of 100 of ${count(LISTED)} sessions, in ` +
      `${TURNS} turns: the visitor’s reads are served by the process that lists, or by another one. Then \`revokeAll()\`.`,
    sections: [
      {
        title: `${PAGES} account pages at once`,
        columns: ['a read', 'alone p50 ms', 'alone p95 ms', 'p50 ms', 'p95 ms', 'ratio p50', 'ratio p95'],
        rows: [...listing].map(([name, turns]) => [name, ...comparison(turns)]),
      },
      {
        title: 'revokeAll',
        columns: ['sessions', 's', 'sessions/s', 'a read alone p50 ms', 'p50 ms', 'p95 ms', 'longest ms'],
        rows: [
          [
            count(FLOOD),
            seconds.toFixed(1),
            count(Math.round(FLOOD / seconds)),
            median(alone).toFixed(2),
            median(meanwhile).toFixed(2),
            at(meanwhile, 0.95).toFixed(2),
            Math.max(...meanwhile).toFixed(0),
          ],
        ],
      },
    ],
  };
}

const count = (number) => number.toLocaleString('en');

function comparison(turns) {
  const alone = turns.flatMap((turn) => turn.alone);
  const meanwhile = turns.flatMap((turn) => turn.meanwhile);
  const both = [0.5, 0.95];
  return [
    ...both.map((part) => at(alone, part).toFixed(2)),
    ...both.map((part) => at(meanwhile, part).toFixed(2)),
    ...both.map((part) => (at(meanwhile, part) / at(alone, part)).toFixed(2)),
  ];
}

/** The times of reads alone, and of those during one burst of account pages. */
async function listTurn(listingApp, account, readingApp, visitor) {
  const alone = await reads(readingApp, visitor, (done) => done < ALONE);
  let isListing = true;
  const pages = Promise.all(
    Array.from({ length: PAGES }, async () => {
      const sessions = JSON.parse(await ask(listingApp, '/account', account));
      if (sessions.length !== 100) throw new Error(`A page lists ${sessions.length} sessions.`);
    }),
  ).finally(() => {
    isListing = false;
  });
  const [meanwhile] = await Promise.all([reads(readingApp, visitor, () => isListing), pages]);
  return { alone, meanwhile };
}

async function revokeAll(session, app, visitor) {
  const alone = await reads(app, visitor, (done) => done < 20 * ALONE);
  let isRevoking = true;
  const started = performance.now();
  const revoking = session
    .user('ada')
    .revokeAll()
    .finally(() => {
      isRevoking = false;
    });
  const timed = revoking.then((revoked) => {
    if (revoked !== FLOOD) throw new Error(`${revoked} of ${FLOOD} sessions are revoked.`);
    return (performance.now() - started) / 1000;
  });
  const [meanwhile, seconds] = await Promise.all([reads(app, visitor, () => isRevoking), timed]);
  const left = await session.user('ada').list();
  if (left.length > 0) throw new Error(`${left.length} sessions are left.`);
  return { seconds, alone, meanwhile };
}

/** How long each read took, one after another, in ms. */
async function reads(app, cookie, isToGoOn) {
  const times = [];
  do {
    const started = performance.now();
    const value = await ask(app, '/read', cookie);
    if (value !== '"v"') throw new Error(`The visitor reads ${value}.`);
    times.push(performance.now() - started);
  } while (isToGoOn(times.length));
  return times;
}

async function ask({ port }, path, cookie) {
  const [response] = await once(
    get({ host: '127.0.0.1', port, path, agent, headers: { cookie } }),
    'response',
  );
  let body = '';
  for await (const chunk of response) body += chunk;
  if (response.statusCode !== 200) throw new Error(`${path} failed: ${body}`);
  return body;
}

async function startApp(redisUrl) {
  const path = fileURLToPath(new URL('revocation-server.mjs', import.meta.url));
  const child = fork(path, [redisUrl]);
  const [{ port }] = await once(child, 'message');
  return { process: child, port };
}
