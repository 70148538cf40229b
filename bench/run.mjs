// Measures the tables that are named, or all of them, and writes RESULTS.md and its chart: node run.mjs [table …]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { drawChart } from './chart.mjs';
import { resultsPage } from './results-page.mjs';

const TABLES = [
  'in-scope',
  'sql',
  'over-http',
  'contention',
  'outage',
  'revocation',
  'telemetry',
  'studio',
  'memory-store',
  'redis-memory',
  'sealed',
  'testing',
  'size-and-start',
];

const here = new URL('.', import.meta.url);
const chosen = process.argv.length > 2 ? process.argv.slice(2) : TABLES;
for (const name of chosen) {
  if (!TABLES.includes(name)) throw new Error(`No such table: ${name}. Tables: ${TABLES.join(', ')}.`);
}

mkdirSync(new URL('results', here), { recursive: true });
for (const name of chosen) {
  console.log(`--- ${name}`);
  const { default: measure } = await import(`./tables/${name}.mjs`);
  const started = Date.now();
  const result = { measuredOn: new Date().toISOString().slice(0, 10), ...(await measure()) };
  writeFileSync(new URL(`results/${name}.json`, here), `${JSON.stringify(result, null, 1)}\n`);
  for (const section of result.sections) {
    console.log(section.title);
    console.table(
      section.rows.map((row) => Object.fromEntries(row.map((cell, n) => [section.columns[n], cell]))),
    );
  }
  console.log(`${name}: ${Math.round((Date.now() - started) / 1000)} s`);
}

const results = TABLES.flatMap((name) => {
  try {
    return [{ name, ...JSON.parse(readFileSync(new URL(`results/${name}.json`, here), 'utf8')) }];
  } catch {
    return [];
  }
});
const page = resultsPage(results);
writeFileSync(new URL('RESULTS.md', here), page);
// The tables that the chart is drawn from.
if (['contention', 'outage', 'over-http'].every((name) => results.some((result) => result.name === name)))
  writeFileSync(new URL('../docs/performance.svg', here), drawChart(page));
process.exit();
