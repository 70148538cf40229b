import { beforeAll, describe, expect, test } from 'vitest';
import { docBlocks } from './doc-blocks.js';
import { parseQuery } from './promql.js';
import { read } from './repository.js';
import { type Emitted, emitAll, type PrometheusNames, prometheusNames } from './telemetry.kit.js';

const text = read('docs/telemetry.md');
const blocks = docBlocks(text);

let emitted: Emitted;
let prometheus: PrometheusNames;
beforeAll(async () => {
  emitted = await emitAll();
  prometheus = prometheusNames(emitted);
});

/** The rows of the table under a heading, cells as they are written. */
function table(heading: string): string[][] {
  const section = text.split(`### ${heading}\n`)[1]?.split('\n#')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const code = (cell = '') => cell.replaceAll('`', '');

describe('the reference is what is emitted', () => {
  test('spans', () => {
    const names = new Set(emitted.spans.map(({ name }) => name));
    expect(
      table('Spans')
        .map(([name]) => code(name))
        .sort(),
    ).toEqual([...names].sort());
  });

  test('attributes, and where they are', () => {
    const onSpans = new Set(emitted.spans.flatMap(({ attributes }) => Object.keys(attributes)));
    const points = allMetrics().flatMap(({ dataPoints }) => dataPoints as { attributes: object }[]);
    const onMetrics = new Set(points.flatMap(({ attributes }) => Object.keys(attributes)));
    const places = [...new Set([...onSpans, ...onMetrics])].map((name) => [
      name,
      [onSpans.has(name) && 'spans', onMetrics.has(name) && 'metrics'].filter(Boolean).join(', '),
    ]);
    expect(
      table('Attributes')
        .map(([name, , on]) => [code(name), on])
        .sort(),
    ).toEqual(places.sort());
  });

  test('the values of operation, outcome and reason', () => {
    const documented = (name: string) => {
      const [, values = ''] = table('Attributes').find(([cell]) => code(cell) === name) ?? [];
      return [...values.matchAll(/`([a-z_]+)`/g)].map(([, value]) => value).sort();
    };
    const seen = (name: string) => [...(prometheus.values.get(name.replaceAll('.', '_')) ?? [])].sort();
    for (const name of [
      'store.operation',
      'store.outcome',
      'store.source',
      'session.reason',
      'record.reason',
      'refresh.outcome',
    ]) {
      expect(documented(`next_app_session.${name}`)).toEqual(seen(`next_app_session.${name}`));
    }
  });

  test('metrics: kind, unit and attributes', () => {
    const metrics = allMetrics().map(({ descriptor, dataPoints, dataPointType }) => {
      const labels = (dataPoints as { attributes: object }[]).flatMap(({ attributes }) =>
        Object.keys(attributes),
      );
      const short = [...new Set(labels)].map((label) => label.replace(/^next_app_session\.\w+\./, ''));
      return [
        descriptor.name,
        dataPointType === 0 ? 'histogram' : 'counter',
        descriptor.unit,
        short.sort().join(', '),
      ];
    });
    const documented = table('Metrics').map(([name, kind, unit, labels = '']) => [
      code(name),
      kind,
      code(unit),
      code(labels).split(', ').sort().join(', '),
    ]);
    expect(documented.sort()).toEqual(metrics.sort());
  });
});

describe('queries', () => {
  const queries = blocks.filter(({ language }) => language === 'promql').map((block) => block.code);

  test.each(queries)('%s', (query) => {
    const { metrics, labels, values } = parseQuery(query);
    expect(metrics.length).toBeGreaterThan(0);
    for (const metric of metrics) expect(prometheus.metrics).toContain(metric);
    for (const label of labels) expect(prometheus.labels).toContain(label);
    for (const { label, value } of values) expect(prometheus.values.get(label)).toContain(value);
  });

  test('TraceQL names attributes that spans have', () => {
    const traceql = blocks.filter(({ language }) => language === 'traceql').map((block) => block.code);
    expect(traceql).toHaveLength(2);
    const known = new Set([
      'next.span_type',
      ...emitted.spans.flatMap(({ attributes }) => Object.keys(attributes)),
    ]);
    for (const [, attribute] of traceql.join('\n').matchAll(/span\.([\w.]+) /g))
      expect(known).toContain(attribute);
  });
});

test('the set-up is what the tests run in a real app', () => {
  const setUps = blocks.filter(({ language }) => language === 'js').map((block) => block.code);
  const files = ['instrumentation.js', 'lib/vercel-otel.js', 'lib/sdk-node.js'];
  const run = files.map((file) => read(`e2e/versions/telemetry/${file}`)).join('\n');
  const words = (source: string) =>
    source
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  // The interval and the choice between the two differ.
  const own = [/^metricReaders: \[/, /await import\('\.\/lib\/telemetry'\)/, /^start\(\);$/];
  expect(setUps).toHaveLength(3);
  for (const line of setUps.flatMap(words)) {
    if (!own.some((pattern) => pattern.test(line))) expect(words(run)).toContain(line);
  }
});

function allMetrics() {
  return emitted.metrics.scopeMetrics.flatMap(({ metrics }) => metrics);
}
