// 200 increments and 200 sets of different keys on one session, over 20 connections: what survives, and what it takes.
import { Redis } from 'ioredis';
import { App, buildApps, CONTESTANTS, startApps } from '../apps.mjs';
import { RedisServer } from '../servers.mjs';
import { inTurns, median, range } from '../statistics.mjs';

const WRITES = 200;
const CONNECTIONS = 20;
const NAMES = Object.keys(CONTESTANTS).filter(
  (name) => name !== 'iron-session 8' && name !== 'hand, Next 15',
);

const FOUR_PROCESSES = 'next-app-session 2, 4 processes';
const ROUNDS = 5;

export default async function contention() {
  buildApps();
  const server = await RedisServer.start();
  const redis = new Redis(server.port);
  const apps = await startApps(NAMES, server.url);
  const processes = await Promise.all([1, 2, 3, 4].map(() => App.start('next-16', server.url)));
  const appsOf = (name) => (name === FOUR_PROCESSES ? processes : [apps.of(name)]);
  const pathOf = (name) => (name === FOUR_PROCESSES ? 'two' : CONTESTANTS[name].path);
  const names = [...NAMES, FOUR_PROCESSES];
  const rounds = await inTurns(names, ROUNDS, (name) => write(appsOf(name), pathOf(name), redis));
  apps.stop();
  for (const app of processes) app.stop();
  redis.disconnect();
  await server.stop();
  return {
    title: 'Contention',
    about:
      '200 increments of one number, then 200 `set`s of different keys, all of one session, over 20 connections; the ' +
      `median of ${ROUNDS} rounds. A swap is a compare-and-swap that reached Redis. iron-session has no part in it: ` +
      'what it keeps is in the cookie, so parallel requests know nothing of each other.',
    sections: [
      {
        title: '',
        columns: ['', 'increments kept', 'swaps each', 's in all', 'range', 'longest ms', 'keys kept'],
        rows: names.map((name) => [name, ...rowOf(rounds.get(name))]),
      },
    ],
  };
}

function rowOf(rounds) {
  const middle = (pick) => median(rounds.map(pick));
  const swaps = middle((round) => round.swapsEach);
  return [
    `${middle((round) => round.increments)} of ${WRITES}`,
    swaps > 0 ? swaps.toFixed(2) : '–',
    middle((round) => round.seconds).toFixed(2),
    range(
      rounds.map((round) => round.seconds),
      2,
    ),
    middle((round) => round.longest).toFixed(0),
    `${middle((round) => round.keys)} of ${WRITES}`,
  ];
}

async function write(apps, path, redis) {
  const cookie = await apps[0].seed(path, { n: 0 });
  // Each has its connection to Redis before the clock runs.
  for (const app of apps) await app.seed(path, {});
  const swaps = await countSwaps(redis);
  const started = performance.now();
  const longest = await inParallel((index) => ask(apps[index % apps.length], path, 'increment', cookie));
  const seconds = (performance.now() - started) / 1000;
  const swapsEach = ((await countSwaps(redis)) - swaps) / WRITES;
  await inParallel((index) => ask(apps[index % apps.length], path, `set?key=key${index}`, cookie));
  const { value } = await ask(apps[0], path, 'data', cookie);
  const keys = Object.keys(value).filter((key) => key.startsWith('key')).length;
  return { increments: value.n, swapsEach, seconds, longest, keys };
}

/** The longest that one took, in ms. */
async function inParallel(task) {
  let next = 0;
  let longest = 0;
  const connection = async () => {
    while (next < WRITES) {
      const index = next++;
      const started = performance.now();
      await task(index);
      longest = Math.max(longest, performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  return longest;
}

async function ask(app, path, work, cookie) {
  const response = await fetch(`${app.url}/bench/${path}/${work}`, { headers: { cookie } });
  if (!response.ok) throw new Error(`${path} ${work} failed: ${await response.text()}`);
  return response.json();
}

/** Each swap renames one staged value, or deletes it: scripts that did neither only read. */
async function countSwaps(redis) {
  const stats = await redis.info('commandstats');
  const calls = (name) => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
  return calls('rename') + calls('del');
}
