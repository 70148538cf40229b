// What Session Studio adds to a request in development: the same work inside Next's request scope, by processes of which one has
// opened the studio, in turns. The processes differ in nothing else.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { RedisServer } from '../servers.mjs';
import { inTurns, median, range } from '../statistics.mjs';

const CASES = ['without the studio', 'with the studio'];
const TURNS = 300;
const REQUESTS = 100;

export default async function studio() {
  const redis = await RedisServer.start();
  const workers = new Map();
  for (const name of CASES) {
    const file = fileURLToPath(new URL('studio-worker.mjs', import.meta.url));
    const worker = fork(file, [name, String(redis.port)], {
      // In development, Next itself takes two milliseconds for what a request asks it, most of it in timers.
      env: { ...process.env, NODE_ENV: 'production' },
      execArgv: ['--expose-gc'],
      // It prints its address.
      silent: true,
    });
    worker.on('exit', (code) => {
      if (code) throw new Error(`${name}: the process has ended with ${code}.`);
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
      const [without] = CASES;
      for (const name of CASES) {
        const added = times.get(name).map((time, turn) => time - times.get(without)[turn]);
        rows
          .get(name)
          .push(median(times.get(name)).toFixed(1), `${median(added).toFixed(1)} (${range(added, 1)})`);
      }
    }
    sections.push({
      title,
      columns: ['', 'µs a read', 'more a read', 'µs a write', 'more a write'],
      rows: [...rows.values()],
    });
  }
  for (const worker of workers.values()) worker.kill();
  await redis.stop();
  return {
    title: 'Studio',
    about:
      'A request that reads or writes a session of 200 B, in Next’s request scope and without HTTP, from when Node tells of the ' +
      'request until its response is closed. Nobody has the page open. Next runs as in production, since in development it takes ' +
      'some two milliseconds itself. An app has the studio in development alone.',
    sections,
  };
}
