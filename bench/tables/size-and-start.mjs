// How large the package is, how long its entries take to load, and what a route grows by.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleSize } from '../../scripts/bundle-size.mjs';
import { buildApps } from '../apps.mjs';
import { inTurns, median, range } from '../statistics.mjs';

const TURNS = 45;
const root = fileURLToPath(new URL('../..', import.meta.url));
const ENTRIES = {
  'next/headers alone': 'next/headers.js',
  'next-app-session': 'next-app-session',
  'next-app-session/redis': 'next-app-session/redis',
  'next-app-session/testing': 'next-app-session/testing',
  'next-app-session/testing/playwright': 'next-app-session/testing/playwright',
  'next-app-session/testing/server': 'next-app-session/testing/server',
  'next-app-session/studio': 'next-app-session/studio',
};

export default async function sizeAndStart() {
  buildApps();
  const names = Object.keys(ENTRIES);
  const times = await inTurns(names, TURNS, (name) => importTime(ENTRIES[name]));
  const rows = names.map((name) => [name, median(times.get(name)).toFixed(1), range(times.get(name), 1)]);
  return {
    title: 'Size and start',
    about:
      'An entry’s time is that of a process which has loaded `next/headers` and `@opentelemetry/api` already.',
    sections: [
      { title: 'Import', columns: ['', 'ms', 'range'], rows },
      { title: 'Size', columns: ['', 'kB'], rows: await sizes() },
    ],
  };
}

function importTime(specifier) {
  const first = specifier === 'next/headers.js' ? '' : "await import('next/headers.js');";
  const code = `${first} await import('@opentelemetry/api'); const start = performance.now();
    await import('${specifier}'); console.log(performance.now() - start);`;
  const args = ['--input-type=module', '-e', code];
  return Number(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' }));
}

async function sizes() {
  const kilobytes = (bytes) => (bytes / 1000).toFixed(1);
  const core = await bundleSize('src/index.js');
  const redis = await bundleSize('src/redis.js');
  const pack = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--silent'], {
    cwd: root,
    encoding: 'utf8',
  });
  const [{ size, unpackedSize }] = Object.values(JSON.parse(pack));
  return [
    ['next-app-session, minified and gzipped, without dependencies', kilobytes(core.gzipped)],
    ['next-app-session/redis, the same', kilobytes(redis.gzipped)],
    ['the tarball', kilobytes(size)],
    ['the tarball, unpacked (ESM, CJS, types, testing)', kilobytes(unpackedSize)],
    [
      'what a route of `next build` grows by on the server',
      kilobytes(routeSize('one-session') - routeSize('blank')),
    ],
    ['files for the browser that hold any of it', kilobytes(browserSize())],
  ];
}

/** What Next bundled for a route, in bytes. */
function routeSize(route) {
  const folder = join(root, 'bench/next-16/.next/server/app', route);
  const { files } = JSON.parse(readFileSync(join(folder, 'route.js.nft.json'), 'utf8'));
  const bundled = files
    .map((file) => resolve(folder, file))
    .filter((file) => /\.next\/server\/.*\.js$/.test(file));
  return bundled.reduce((sum, file) => sum + statSync(file).size, 0);
}

/** The build's files for the browser in which the library's name stands, as it does in its symbols and messages. */
function browserSize() {
  const folder = join(root, 'bench/next-16/.next/static');
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.js'));
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'));
  return texts.reduce((sum, text) => sum + (text.includes('next-app-session') ? text.length : 0), 0);
}
