import type { SyntaxNodeRef } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** The names in a PromQL query. */
export interface Query {
  readonly metrics: readonly string[];
  /** The labels that the query matches, groups by or joins on. */
  readonly labels: readonly string[];
  /** The values that the query compares labels with. Alternatives are split, Grafana's variables left out. */
  readonly values: readonly { readonly label: string; readonly value: string }[];
}

/** Values for Grafana's variables, which are not PromQL. */
const GRAFANA: Record<string, string> = { $__rate_interval: '5m', $__interval: '1m' };

/** Parses a query with Prometheus's own grammar. Throws if it is not valid PromQL. */
export function parseQuery(query: string): Query {
  const text = Object.entries(GRAFANA).reduce((all, [name, value]) => all.replaceAll(name, value), query);
  const metrics: string[] = [];
  const labels: string[] = [];
  const values: { label: string; value: string }[] = [];
  parser.parse(text).iterate({
    enter: (node) => {
      const own = text.slice(node.from, node.to);
      if (node.type.isError) throw new Error(`no PromQL at ${node.from}: ${text}`);
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector') metrics.push(own);
      if (node.name === 'LabelName') labels.push(own);
      if (node.name === 'UnquotedLabelMatcher') values.push(...valuesOf(node, text));
    },
  });
  return { metrics, labels, values };
}

function valuesOf(matcher: SyntaxNodeRef, text: string): { label: string; value: string }[] {
  const part = (name: string) => {
    const node = matcher.node.getChild(name);
    return node ? text.slice(node.from, node.to) : '';
  };
  const label = part('LabelName');
  const quoted = part('StringLiteral').slice(1, -1);
  return quoted
    .split('|')
    .filter((value) => value !== '' && !value.startsWith('$'))
    .map((value) => ({ label, value }));
}
