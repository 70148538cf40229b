// What the library costs inside Next's own request scope, without HTTP: a handler is 1.6 to 2 ms of CPU under
// `next start`, which would hide it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { copyLibrary, NEXT_VERSIONS, nextVersion } from '../next-versions.mjs';
import { RedisServer } from '../servers.mjs';
import { median, range, ratios } from '../statistics.mjs';

const TURNS = 21;

export default async function inScope() {
  copyLibrary();
  const redis = await RedisServer.start();
  const sections = [];
  for (const version of NEXT_VERSIONS) {
    for (const { size, atOnce, works } of grouped(await runWorker(version, redis.port))) {
      const names = [...new Set(works.flatMap(({ times }) => [...times.keys()]))];
      sections.push({
        title: `Next ${nextVersion(version)}, ${size}, ${atOnce === 1 ? 'one at a time' : `${atOnce} at once`}`,
        columns: ['', ...works.map(({ work }) => work)],
        rows: names.map((name) => [name, ...works.map((work) => cell(work, name))]),
      });
    }
  }
  await redis.stop();
  return {
    title: 'In scope',
    about:
      'A request’s work as a ratio to a hand-written handler (`hand`), which reads the cookie, checks its HMAC, sends ' +
      'one GET and parses JSON; its writes lose updates. `hand, again` is the same code: the noise. The first row ' +
      'gives µs, each the median of the visits of a batch.',
    sections,
  };
}

function cell({ size, times }, name) {
  if (!times.has(name)) return '–';
  if (name === 'hand' || size === 'no session') return `${median(times.get(name)).toFixed(0)} µs`;
  const ratio = ratios(times, 'hand').get(name);
  return `${median(ratio).toFixed(2)} (${range(ratio, 2)})`;
}

async function runWorker(version, port) {
  const settings = JSON.stringify({ version, port, turns: TURNS });
  const worker = fork(fileURLToPath(new URL('in-scope-worker.mjs', import.meta.url)), [settings], {
    env: { ...process.env, NODE_ENV: 'production' },
    execArgv: ['--expose-gc'],
  });
  const measured = [];
  worker.on('message', (result) => measured.push({ ...result, times: new Map(result.times) }));
  const [code] = await once(worker, 'exit');
  if (code !== 0) throw new Error(`The worker of ${version} failed.`);
  return measured;
}

function grouped(measured) {
  const groups = new Map();
  for (const result of measured) {
    const key = `${result.size} ${result.atOnce}`;
    if (!groups.has(key)) groups.set(key, { size: result.size, atOnce: result.atOnce, works: [] });
    groups.get(key).works.push(result);
  }
  return [...groups.values()];
}
