import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { drawChart, panels } from '../../bench/chart.mjs';
import { table } from '../../bench/read-results.mjs';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('bench/RESULTS.md');
const ours = 'next-app-session 2';
const version1 = 'next-app-session 1.0.7';

test('the chart of docs/performance.md is the one of RESULTS.md', () => {
  expect(read('docs/performance.svg')).toBe(drawChart(page));
  expect(read('docs/performance.md')).toContain('](performance.svg)');
});

test('the three numbers beside the chart are those of RESULTS.md', () => {
  const [increments, wait, commands] = panels(page).map(({ bars }) => bars.map(({ value }) => value));
  const section = read('docs/performance.md').split('## Fast where it counts')[1]?.split('\n## ')[0];
  expect(section).toContain(`of 200 parallel increments of one session, ${increments?.[0]} are kept`);
  expect(section).toContain(`while Redis hangs, a request waits ${wait?.[0]} s, not ${wait?.[1]} s`);
  expect(section).toContain(`sends ${commands?.[0]} command to Redis`);
});

test('what RESULTS.md says of this library is what it promises', () => {
  const contention = table(page, 'Contention');
  for (const name of [ours, `${ours}, 4 processes`]) {
    expect(contention[name]).toMatchObject({ 'increments kept': '200 of 200', 'keys kept': '200 of 200' });
  }
  expect(Number(contention[ours]?.['swaps each'])).toBeLessThanOrEqual(1.1);
  for (const title of ['Frozen', 'Dead']) {
    const outage = table(page, 'Outage', title)[ours];
    expect(Number(outage?.['longest wait s'])).toBeLessThanOrEqual(5.2);
    expect(Number(outage?.['median later ms'])).toBeLessThan(50);
    expect(Number(outage?.['well again s'])).toBeLessThanOrEqual(1);
  }
});

test('the numbers of docs/performance.md are those of RESULTS.md', () => {
  const [, next16, next15] = /Next (16[\d.]+) and (15[\d.]+),/.exec(page) ?? [];
  const inScope = (redis: string, group: string, cost = 'time') =>
    table(page, 'In scope', `Next ${next16}, Node 24, ${redis}, ${group}: ${cost}`);
  const [alone, together] = ['200 B, one at a time', '200 B, 16 at once'];
  const redis7 = inScope('Redis 7', alone);
  const valkey9 = inScope('Valkey 9', alone);
  const redis7Together = inScope('Redis 7', together);
  const valkey9Together = inScope('Valkey 9', together);
  const processor = inScope('Redis 7', alone, 'processor time')[ours];
  const processorValkey = inScope('Valkey 9', alone, 'processor time')[ours];
  const onNext15 = table(page, 'In scope', `Next ${next15}, Node 20, Redis 7, ${alone}: time`);
  const noSession = inScope('Redis 7', 'no session, one at a time');
  const contention = table(page, 'Contention');
  const all = contention[ours];
  const processes = contention[`${ours}, 4 processes`];
  const before = contention[`${version1}, Next 15`];
  const frozen = table(page, 'Outage', 'Frozen')[ours];
  const dead = table(page, 'Outage', 'Dead')[ours];
  const onRedis = table(page, 'Telemetry', 'RedisStore, on loopback');
  const inMemory = table(page, 'Telemetry', 'MemoryStore');
  // The last rows of their names: those of a million sessions.
  const { 'MemoryStore 2': memory, 'MemoryStore 1.0.7': memory1 } = table(page, 'Memory store');
  const sealed = table(page, 'Sealed records');
  const size = table(page, 'Size and start', 'Size');
  const imports = table(page, 'Size and start', 'Import');
  const median = (ratio = '') => ratio.split(' ')[0];
  const withRange = (row: Record<string, string> = {}) => `${row.ratio} (${row.range})`;

  const measured: Record<string, (string | undefined)[]> = {
    'read 1 key': both([redis7, valkey9], 'read 1'),
    'read 5 keys in turn': [
      ...both([redis7, valkey9], 'read 5'),
      `${median(onNext15[ours]?.['read 5'])} where 1.0.7 takes ${median(onNext15[version1]?.['read 5'])}`,
    ],
    'read 1 key, from the near cache': [redis7[`${ours}, near cache`]?.['read 1']],
    'read 1 key, 16 at once': both([redis7Together, valkey9Together], 'read 1'),
    'read 5 keys, 16 at once': both([redis7Together, valkey9Together], 'read 5'),
    'processor time of a read, 1 key': [processor?.['read 1'], processorValkey?.['read 1']],
    'processor time of a read, 5 keys': [processor?.['read 5'], processorValkey?.['read 5']],
    'increment, nothing lost': [
      ...both([redis7, valkey9], 'increment'),
      `by hand with a script ${redis7['hand, compare-and-swap']?.increment}`,
    ],
    'increment, 16 at once': [
      ...both([redis7Together, valkey9Together], 'increment'),
      `by hand with a script ${redis7Together['hand, compare-and-swap']?.increment}`,
    ],
    create: both([redis7, valkey9], 'create'),
    regenerate: both([redis7, valkey9], 'regenerate'),
    '200 increments at once': [
      `${all?.['increments kept']}, ${all?.['swaps each']} swaps, ${all?.['s in all']} s`,
      `1.0.7 keeps ${before?.['increments kept']} in ${before?.['s in all']} s`,
    ],
    'the same from 4 processes': [`${processes?.['increments kept']}, ${processes?.['swaps each']} swaps`],
    'absent, forged, malformed cookie': [Object.values(noSession[ours] ?? {}).join(', ')],
    'Redis frozen: longest wait; later ones': [
      `${frozen?.['longest wait s']} s; ${frozen?.['median later ms']} ms`,
    ],
    'Redis dead, and back': [`${dead?.['median later ms']} ms; ${dead?.['well again s']} s`],
    'a store call without an SDK': [
      withRange(onRedis['no SDK']),
      `on MemoryStore ${withRange(inMemory['no SDK'])}`,
    ],
    'a sampled one': [withRange(onRedis.sampled), withRange(onRedis['sampled, a bare span'])],
    'MemoryStore, 1,000,000 sessions': [`${memory?.['bytes each']} B, ${memory?.['longest turn ms']} ms`],
    'the same, get and set': [
      `get ${memory?.['get µs']} µs, there ${memory1?.['get µs']} µs`,
      `set ${memory?.['set µs']} µs, there ${memory1?.['set µs']} µs`,
    ],
    'sealed records: what a read of 200 B takes more': [
      `${sealed['read, 200 B']?.['more µs']} µs (${sealed['read, 200 B']?.range})`,
    ],
    'core, minified and gzipped': [
      `${size['next-app-session, minified and gzipped, without dependencies']?.kB} kB`,
    ],
    'import, over `next/headers`': [`${imports['next-app-session']?.ms} ms`],
  };
  const goals = goalsOf(read('docs/performance.md'));
  expect([...goals.keys()]).toEqual(Object.keys(measured));
  for (const [work, values] of Object.entries(measured)) {
    for (const value of values) expect(goals.get(work)).toContain(value);
  }
});

test('what sealed records cost by docs/performance.md is what RESULTS.md has', () => {
  const [, section = ''] = read('docs/performance.md').split('\n## Sealed records\n');
  const measured = table(page, 'Sealed records');
  const works = {
    read: '| a read',
    write: '| a write, which reads too',
    'list of 100': '| `list` of 100 sessions',
  };
  for (const [work, row] of Object.entries(works)) {
    const more = ['200 B', '10 kB'].map((size) => measured[`${work}, ${size}`]?.['more µs']);
    expect(section).toContain(`\n${row} | ${more.join(' | ')} |\n`);
  }
});

test('what the studio adds by docs/performance.md is what RESULTS.md has', () => {
  const [, section = ''] = read('docs/performance.md').split('\n## Session Studio\n');
  const [, measured = ''] = page.split('\n## Studio\n');
  const rows = [...measured.matchAll(/^\| with the studio \| \S+ \| (.*?) \| \S+ \| (.*?) \|$/gm)];
  expect(rows).toHaveLength(2);
  for (const [at, store] of ['RedisStore', 'MemoryStore'].entries()) {
    expect(section).toContain(`\n| ${store} | ${rows[at]?.[1]} | ${rows[at]?.[2]} |\n`);
  }
});

test('what a session takes in Redis by docs/performance.md is what RESULTS.md has', () => {
  const [, section = ''] = read('docs/performance.md').split('\n## Memory in Redis\n');
  const measured = table(page, 'Memory in Redis');
  const rows = {
    [ours]: 'without a user',
    'the same, and a user with one session': 'with a user who has one session',
    'the same, and a user with five': 'with a user who has five',
    [version1]: version1,
    'express-session, connect-redis': 'express-session, connect-redis',
  };
  expect(Object.keys(measured)).toEqual(Object.keys(rows));
  for (const [name, row] of Object.entries(rows)) {
    expect(section).toContain(`\n| ${row} | ${Object.values(measured[name] ?? {}).join(' | ')} |\n`);
  }
});

/** What this library takes for a piece of work, in each of these tables. */
function both(tables: readonly Record<string, Record<string, string>>[], work: string) {
  return tables.map((each) => each[ours]?.[work]);
}

/** The rows of its table of goals, by the work that they are of. */
function goalsOf(document: string): Map<string, string> {
  const [, section = ''] = document.split('\n## Goals, and what stands in their way\n');
  const [, ...rows] = section.split('\n## ')[0]?.match(/^\| .*$/gm) ?? [];
  return new Map(rows.map((row) => [row.split(' | ')[0]?.slice(2) ?? '', row]));
}

test('every table of the benchmark is in RESULTS.md, and has a command', () => {
  const { scripts } = JSON.parse(read('bench/package.json')) as { scripts: Record<string, string> };
  const { all, ...tables } = scripts;
  expect(all).toBe('node run.mjs');
  for (const name of Object.keys(tables)) {
    expect(scripts[name]).toBe(`node run.mjs ${name}`);
    expect(page).toContain(`\`npm run ${name}\``);
  }
  expect(page.match(/^## /gm)).toHaveLength(Object.keys(tables).length);
});
