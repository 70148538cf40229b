import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { drawChart, panels } from '../../bench/chart.mjs';
import { table } from '../../bench/read-results.mjs';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('bench/RESULTS.md');
const ours = 'next-app-session 2';

test('the chart of the README is the one of RESULTS.md', () => {
  expect(read('docs/performance.svg')).toBe(drawChart(page));
  expect(read('README.md')).toContain('](docs/performance.svg)');
});

test('the three numbers of the README are those of RESULTS.md', () => {
  const [increments, wait, commands] = panels(page).map(({ bars }) => bars.map(({ value }) => value));
  const section = read('README.md').split('## Fast where it counts')[1]?.split('\n## ')[0];
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
