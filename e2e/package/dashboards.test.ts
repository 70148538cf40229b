import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseQuery } from './promql.js';
import { read } from './repository.js';
import { emitAll, type PrometheusNames, prometheusNames } from './telemetry.kit.js';

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly description?: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly definition?: string }[] };
}
interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly for: string;
      readonly annotations: {
        readonly summary: string;
        readonly description: string;
        readonly runbook: string;
      };
    }[];
  }[];
}

const dashboard: Dashboard = JSON.parse(read('dashboards/grafana.json'));
const rules = (parse(read('dashboards/alerts.yml')) as Rules).groups.flatMap((group) => group.rules);

let emitted: PrometheusNames;
beforeAll(async () => {
  emitted = prometheusNames(await emitAll());
});

/** What a query names that is not emitted. */
function unknownIn(expr: string): string[] {
  const { metrics, labels, values } = parseQuery(expr);
  return [
    ...metrics.filter((metric) => !emitted.metrics.has(metric)),
    ...labels.filter((label) => !emitted.labels.has(label)),
    ...values.filter(({ label, value }) => !emitted.values.get(label)?.has(value)).map(({ value }) => value),
  ];
}

describe('the Grafana dashboard', () => {
  const panels = dashboard.panels.filter(({ targets }) => targets);

  test.each(panels.map((panel) => [panel.title, panel]))('%s asks for what is emitted', (_, { targets }) => {
    for (const { expr } of targets ?? []) expect(unknownIn(expr)).toEqual([]);
  });

  test('its variables do too', () => {
    const definitions = dashboard.templating.list.flatMap(({ definition }) => definition ?? []);
    expect(definitions).toHaveLength(2);
    for (const definition of definitions) {
      const [, selector = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? [];
      expect(unknownIn(selector)).toEqual([]);
      expect(emitted.labels).toContain(label);
    }
  });

  test('shows every metric, and every panel says what it is', () => {
    const named = panels.flatMap(({ targets = [] }) =>
      targets.flatMap(({ expr }) => parseQuery(expr).metrics),
    );
    const base = (metric: string) => metric.replace(/_(bucket|count|sum)$/, '');
    expect(new Set(named.map(base))).toEqual(new Set([...emitted.metrics].map(base)));
    for (const { description } of panels) expect(description).toBeTruthy();
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });
});

describe('the alert rules', () => {
  test.each(rules.map((rule) => [rule.alert, rule]))('%s asks for what is emitted', (alert, rule) => {
    expect(unknownIn(rule.expr)).toEqual([]);
    expect(rule.for).toMatch(/^\d+m$/);
    const section = rule.annotations.runbook.replace('docs/telemetry.md#', '');
    expect(section).toBe(alert.toLowerCase());
    expect(read('docs/telemetry.md')).toContain(`\n### ${alert}\n`);
  });
});

describe('the check can fail', () => {
  test.each([
    ['rate(next_app_session_no_such_total[5m])', ['next_app_session_no_such_total']],
    ['sum by (colour) (next_app_session_session_created_total)', ['colour']],
    ['next_app_session_session_destroyed_total{next_app_session_session_reason="bored"}', ['bored']],
    ['next_app_session_session_destroyed_total{next_app_session_session_reason=~"gone|lost"}', ['lost']],
  ])('on %s', (expr, unknown) => {
    expect(unknownIn(expr)).toEqual(unknown);
  });

  test('on what is no PromQL', () => {
    expect(() => parseQuery('sum by (rate(x[5m])')).toThrow('no PromQL');
  });
});
