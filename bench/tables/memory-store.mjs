// MemoryStore against that of 1.0.7, each size in a process of its own, in turns.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { inTurns, median } from '../statistics.mjs';

const SIZES = [1_000, 100_000, 1_000_000];
const STORES = { 'MemoryStore 2': 2, 'MemoryStore 1.0.7': 1 };
const TURNS = 3;

export default async function memoryStore() {
  const rows = [];
  for (const size of SIZES) {
    const results = await inTurns(Object.keys(STORES), TURNS, (name) => measure(STORES[name], size));
    for (const [name, found] of results) {
      const of = (field, digits) => median(found.map((result) => result[field])).toFixed(digits);
      const columns = [of('bytes', 0), of('get', 1), of('set', 1), of('longest', 1), of('longestGc', 1)];
      rows.push([name, size.toLocaleString('en'), ...columns]);
    }
  }
  return {
    title: 'Memory store',
    about:
      'Sessions of 200 B of data. The longest turn of the event loop is that of 50 writes, while a third of the ' +
      'sessions expire; 1.0.7 removes none of them. Both are given the records that 2 writes, dates and all.',
    sections: [
      {
        title: '',
        columns: ['', 'sessions', 'bytes each', 'get µs', 'set µs', 'longest turn ms', 'of it GC ms'],
        rows,
      },
    ],
  };
}

async function measure(version, size) {
  const path = fileURLToPath(new URL('memory-store-worker.mjs', import.meta.url));
  const worker = fork(path, [JSON.stringify({ version, size })], { execArgv: ['--expose-gc'] });
  const [result] = await once(worker, 'message');
  return result;
}
