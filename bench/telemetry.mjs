// What telemetry adds to a store call: the same read of a session by processes that differ in their SDK alone, in
// turns. Run: npm run build && node bench/telemetry.mjs

import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { findRedis } from '../scripts/find-redis.mjs';

const CASES = ['code without telemetry', 'no SDK', 'unsampled parent', 'metrics only', 'sampled'];
const TURNS = 200;

const port = await freePort();
const redis = spawn(findRedis(), ['--port', String(port), '--save', '', '--loglevel', 'warning']);
const workers = new Map();
for (const name of CASES) {
  const worker = fork(fileURLToPath(new URL('telemetry/worker.mjs', import.meta.url)), [name, String(port)]);
  await once(worker, 'message');
  workers.set(name, worker);
}

for (const [store, reads] of [
  ['redis', 100],
  ['memory', 1000],
]) {
  const times = new Map(CASES.map((name) => [name, []]));
  for (let turn = 0; turn < TURNS; turn++) {
    // Another order each time, so that nobody always follows the same one.
    const order = CASES.map((_, index) => CASES[(index + turn) % CASES.length]);
    for (const name of order) {
      const worker = workers.get(name);
      worker.send({ store, reads });
      const [microseconds] = await once(worker, 'message');
      times.get(name).push(microseconds);
    }
  }
  const base = times.get(CASES[0]);
  const rows = CASES.map((name) => {
    const ratios = times
      .get(name)
      .map((time, turn) => time / base[turn])
      .sort((a, b) => a - b);
    const at = (part) => ratios[Math.floor(part * (ratios.length - 1))].toFixed(3);
    return {
      case: name,
      'µs a read': median(times.get(name)).toFixed(2),
      ratio: at(0.5),
      'ratio, middle half': `${at(0.25)}–${at(0.75)}`,
    };
  });
  console.log(`\n${store}`);
  console.table(rows);
}

for (const worker of workers.values()) worker.kill();
redis.kill();

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

async function freePort() {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
