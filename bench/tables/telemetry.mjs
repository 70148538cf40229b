// What telemetry adds to a store call: the same read of a session, inside Next's request scope, by processes that differ
// in their SDK alone, in turns.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { RedisServer } from '../servers.mjs';
import { inTurns, median, range, ratios } from '../statistics.mjs';

const CASES = [
  'code without telemetry',
  'no SDK',
  'unsampled parent',
  'metrics only',
  'sampled, a bare span',
  'sampled',
];
const TURNS = 200;

export default async function telemetry() {
  const redis = await RedisServer.start();
  const workers = new Map();
  for (const name of CASES) {
    const args = [name, String(redis.port)];
    const file = fileURLToPath(new URL('telemetry-worker.mjs', import.meta.url));
    const worker = fork(file, args, { execArgv: ['--expose-gc'] });
    await once(worker, 'message');
    workers.set(name, worker);
  }
  const sections = [];
  for (const [store, reads] of [
    ['redis', 100],
    ['memory', 500],
  ]) {
    const times = await inTurns(CASES, TURNS, async (name) => {
      const worker = workers.get(name);
      worker.send({ store, reads });
      const [microseconds] = await once(worker, 'message');
      return microseconds;
    });
    const relative = ratios(times, CASES[0]);
    sections.push({
      title: store === 'redis' ? 'RedisStore, on loopback' : 'MemoryStore',
      columns: ['', 'µs a read', 'ratio', 'range'],
      rows: CASES.map((name) => [
        name,
        median(times.get(name)).toFixed(2),
        median(relative.get(name)).toFixed(3),
        range(relative.get(name), 3),
      ]),
    });
  }
  for (const worker of workers.values()) worker.kill();
  await redis.stop();
  return {
    title: 'Telemetry',
    about:
      'A read of one key in Next’s request scope, with an SDK (batch processor, memory exporter) or without, against the ' +
      'library with its telemetry taken out. *A bare span* has nothing in its place but a span started and ended by hand: ' +
      'that much is the SDK’s own.',
    sections,
  };
}
