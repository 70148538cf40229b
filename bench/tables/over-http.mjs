// The same works through `next start`: how many requests a second, how long they take, what they cost in CPU, and
// what they ask of Redis.
import autocannon from 'autocannon';
import { Redis } from 'ioredis';
import { buildApps, CONTESTANTS, startApps } from '../apps.mjs';
import { RedisServer } from '../servers.mjs';
import { inTurns, median } from '../statistics.mjs';

const TURNS = 6;
const SECONDS = 1;
const DATA = { n: 0, k0: 'a', k1: 'b', k2: 'c', k3: 'd', k4: 'e', text: 'x'.repeat(140) };

export default async function overHttp() {
  buildApps();
  const server = await RedisServer.start();
  const redis = new Redis(server.port);
  const names = Object.keys(CONTESTANTS);
  const apps = await startApps(names, server.url);
  const sections = [];
  for (const work of ['read-5', 'increment']) {
    for (const connections of [1, 16]) {
      const measure = (name) => load(apps.of(name), CONTESTANTS[name].path, { work, connections, redis });
      await inTurns(names, 1, measure);
      const results = await inTurns(names, TURNS, measure);
      sections.push({
        title: `${work.replace('-', ' ')}, ${connections === 1 ? '1 connection' : `${connections} connections`}`,
        columns: ['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms/request', 'Redis commands/request'],
        rows: names.map((name) => row(name, results.get(name))),
      });
    }
  }
  apps.stop();
  redis.disconnect();
  await server.stop();
  return {
    title: 'Over HTTP',
    about:
      'autocannon against `next start` (express-session: against Express, which is a smaller server). Each request is ' +
      'of one of 16 sessions. What a script does inside Redis counts as the one command that it is to the client.',
    sections,
  };
}

function row(name, results) {
  const of = (field, digits) => median(results.map((result) => result[field])).toFixed(digits);
  // autocannon counts whole milliseconds.
  const ms = (field) => of(field, 0).replace(/^0$/, '<1');
  return [name, of('rate', 0), ms('p50'), ms('p99'), of('cpu', 2), of('commands', 2)];
}

async function load(app, path, { work, connections, redis }) {
  const cookies = [];
  for (let index = 0; index < 16; index++) cookies.push(await app.seed(path, DATA));
  const [cpu, commands] = [await app.cpu(), await countCommands(redis)];
  const result = await autocannon({
    url: app.url,
    connections,
    duration: SECONDS,
    requests: cookies.map((cookie) => ({ path: `/bench/${path}/${work}`, headers: { cookie } })),
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${path} ${work} failed.`);
  // Those that ran out of time were answered, too.
  const answered = result['2xx'];
  return {
    rate: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpu: ((await app.cpu()) - cpu) / 1000 / answered,
    commands: ((await countCommands(redis)) - commands) / answered,
  };
}

/** What clients sent, without what scripts did and without these questions. */
async function countCommands(redis) {
  const stats = await redis.info('commandstats');
  const scripted = { evalsha: 0, eval: 0 };
  let total = 0;
  for (const [, name, calls] of stats.matchAll(/cmdstat_(\S+?):calls=(\d+)/g)) {
    if (name in scripted) scripted[name] = Number(calls);
    if (!['info', 'pttl', 'pexpire', 'rename', 'client|setinfo', 'hello'].includes(name))
      total += Number(calls);
  }
  // Each of the scripts here begins with a GET of its own.
  return total - scripted.evalsha - scripted.eval;
}
