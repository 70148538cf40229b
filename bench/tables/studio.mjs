// What Session Studio adds to a request in development: the same work inside Next's request scope, by processes of which one has
// opened the studio, in turns. The processes differ in nothing else.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { RedisServer } from '../servers.mjs';
import { inTurns, median, range, ratios } from '../statistics.mjs';

const CASES = ['without the studio', 'with the studio'];
const TURNS = 100;
const REQUESTS = 100;

export default async function studio() {
  const redis = await RedisServer.start();
  const workers = new Map();
  for (const name of CASES) {
    const file = fileURLToPath(new URL('studio-worker.mjs', import.meta.url));
    const worker = fork(file, [name, String(redis.port)], {
      env: { ...process.env, NODE_ENV: 'development' },
      execArgv: ['--expose-gc'],
      // It prints its address.
      silent: true,
    });
    await once(worker, 'message');
    workers.set(name, worker);
  }
  const sections = [];
  for (const [store, title] of [
    ['redis', 'RedisStore, on loopback'],
    ['memory', 'MemoryStore'],
  ]) {
    const rows = new Map(CASES.map((name) => [name, [name]]));
    for (const work of ['read', 'write']) {
      const times = await inTurns(CASES, TURNS, async (name) => {
        const worker = workers.get(name);
        worker.send({ store, work, requests: REQUESTS });
        const [microseconds] = await once(worker, 'message');
        return microseconds;
      });
      const relative = ratios(times, CASES[0]);
      for (const name of CASES) {
        const ratio = `${median(relative.get(name)).toFixed(2)} (${range(relative.get(name), 2)})`;
        rows.get(name).push(median(times.get(name)).toFixed(1), ratio);
      }
    }
    sections.push({
      title,
      columns: ['', 'µs a read', 'ratio of reads', 'µs a write', 'ratio of writes'],
      rows: [...rows.values()],
    });
  }
  for (const worker of workers.values()) worker.kill();
  await redis.stop();
  return {
    title: 'Studio',
    about:
      'A request of `next dev` that reads or writes a session of 200 B, in Next’s request scope and without HTTP, from when ' +
      'Node tells of the request until its response is closed. Nobody has the page open. In production, nothing of it is loaded.',
    sections,
  };
}
