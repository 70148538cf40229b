// What the library costs inside Next's own request scope, without HTTP: a handler is 1.6 to 2 ms of CPU under
// `next start`, which would hide it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { copyLibrary, nextVersion } from '../next-versions.mjs';
import { runtimes } from '../runtimes.mjs';
import { REDIS_SERVERS, RedisServer } from '../servers.mjs';
import { middleMean, range, ratios } from '../statistics.mjs';

/** Fewer for a look: TURNS=5 node run.mjs in-scope. */
const TURNS = Number(process.env.TURNS ?? 21);

/** What is measured of a visit, and how it is shown. */
const COSTS = {
  time: (value) => `${value.toFixed(0)} µs`,
  'processor time': (value) => `${value.toFixed(0)} µs`,
  'bytes allocated': (value) => `${(value / 1000).toFixed(1)} kB`,
};

export default async function inScope() {
  copyLibrary();
  const programs = runtimes();
  const [newest, usual] = programs.keys();
  const sections = [];
  for (const [node, redis, next, sizes] of [
    [newest, 'Redis 7', 'next-16', ['200 B', '4 KB']],
    [newest, 'Valkey 9', 'next-16', ['200 B']],
    [usual, 'Redis 7', 'next-16', ['200 B']],
    // The last that 1.0.7 runs on.
    [usual, 'Redis 7', 'next-15', ['200 B']],
  ]) {
    const server = await RedisServer.start(REDIS_SERVERS[redis]());
    const settings = { version: next, port: server.port, turns: TURNS, sizes };
    const where = `Next ${nextVersion(next)}, ${node}, ${redis}`;
    sections.push(...sectionsOf(where, await runWorker(programs.get(node), settings)));
    await server.stop();
  }
  return {
    title: 'In scope',
    about:
      'A request’s work as a ratio to a hand-written handler (`hand`), which reads the cookie, checks its HMAC, sends ' +
      'one GET and parses JSON; its writes lose updates. `hand, again` is the same code: the noise. All are means of batches ' +
      'of visits, with the garbage that they leave, and of the batches the middle half counts. The first row has their sizes. Processor time is that of the process of ' +
      'Node.',
    sections,
  };
}

/** Returns a section for each size, number at once and cost. */
function sectionsOf(where, measured) {
  const nameOf = ({ size, atOnce }) => `${size}, ${atOnce === 1 ? 'one at a time' : `${atOnce} at once`}`;
  const groups = [...new Set(measured.map(nameOf))];
  return groups.flatMap((group) => {
    const works = measured.filter((result) => nameOf(result) === group);
    return Object.entries(COSTS).map(([cost, show]) =>
      sectionOf(`${where}, ${group}: ${cost}`, works, cost, show),
    );
  });
}

function sectionOf(title, works, cost, show) {
  const names = [...new Set(works.flatMap(({ costs }) => [...costs.keys()]))];
  const cell = ({ size, costs }, name) => {
    if (!costs.has(name)) return '–';
    const values = new Map([...costs].map(([name, all]) => [name, all.map((one) => one[cost])]));
    const average = middleMean(values.get(name));
    if (name === 'hand' || size === 'no session') return show(average);
    const turns = ratios(values, 'hand').get(name);
    return `${(average / middleMean(values.get('hand'))).toFixed(2)} (${range(turns, 2)})`;
  };
  return {
    title,
    columns: ['', ...works.map(({ work }) => work)],
    rows: names.map((name) => [name, ...works.map((work) => cell(work, name))]),
  };
}

/** Runs the contestants in a process of this Node. */
async function runWorker(program, settings) {
  const worker = fork(
    fileURLToPath(new URL('in-scope-worker.mjs', import.meta.url)),
    [JSON.stringify(settings)],
    {
      env: { ...process.env, NODE_ENV: 'production' },
      execPath: program,
      execArgv: ['--expose-gc'],
    },
  );
  const measured = [];
  worker.on('message', (result) => measured.push({ ...result, costs: new Map(result.costs) }));
  const [code] = await once(worker, 'exit');
  if (code !== 0) throw new Error(`The worker of ${settings.version} failed.`);
  return measured;
}
