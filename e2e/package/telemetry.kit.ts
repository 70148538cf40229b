import { context, metrics, trace } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import nextAppSession, { MemoryStore, type Store } from 'next-app-session';
import { createSessionTester } from 'next-app-session/testing';
import { Browser } from '../stores/browser.kit.js';

/** Everything that the library tells OpenTelemetry when everything happens that can. */
export interface Emitted {
  readonly spans: readonly ReadableSpan[];
  readonly metrics: ResourceMetrics;
  /** The metrics as a Prometheus server scrapes them. */
  readonly prometheus: string;
}

/** Drives a session through every operation, outcome and event, with real SDKs listening. */
export async function emitAll(): Promise<Emitted> {
  const spans = new InMemorySpanExporter();
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).register();
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 1e6,
    exportTimeoutMillis: 1e3,
  });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  await live();
  await reader.forceFlush();
  const [collected] = exporter.getMetrics();
  trace.disable();
  context.disable();
  metrics.disable();
  if (!collected) throw new Error('no metrics were collected');
  const prometheus = new PrometheusSerializer().serialize(collected);
  return { spans: spans.getFinishedSpans(), metrics: collected, prometheus };
}

/** What a Prometheus server knows of it all. */
export interface PrometheusNames {
  readonly metrics: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What the Collector adds to a name for its unit, and Prometheus when it takes OTLP. The exporter for JS does not. */
const UNITS: Record<string, string> = { s: '_seconds', By: '_bytes' };

/**
 * The names in Prometheus, by the rules of OpenTelemetry ("Prometheus and OpenMetrics Compatibility"): the exporter's
 * own with the units added.
 */
export function prometheusNames({ metrics, prometheus }: Emitted): PrometheusNames {
  const units = new Map(
    metrics.scopeMetrics
      .flatMap((scope) => scope.metrics)
      .map(({ descriptor }) => [descriptor.name.replaceAll('.', '_'), UNITS[descriptor.unit] ?? '']),
  );
  const names = new Set<string>();
  // Prometheus itself adds these two to what it scrapes.
  const labels = new Set(['job', 'instance']);
  const values = new Map<string, Set<string>>();
  const series = /^(next_app_session_\w+?)(_bucket|_count|_sum|_total)\{(.*)\} /gm;
  for (const [, name = '', suffix = '', text = ''] of prometheus.matchAll(series)) {
    names.add(`${name}${units.get(name) ?? ''}${suffix}`);
    for (const [, label = '', value = ''] of text.matchAll(/(\w+)="([^"]*)"/g)) {
      labels.add(label);
      values.set(label, (values.get(label) ?? new Set()).add(value));
    }
  }
  return { metrics: names, labels, values };
}

/** A user signs in in a second browser, and may have one session. */
async function reachLimit(): Promise<void> {
  const session = nextAppSession<{ userId: string }>({
    name: 'limited',
    user: ({ userId }) => userId,
    maxSessions: 1,
  });
  const first = createSessionTester(session);
  for (const t of [first, createSessionTester(session, { store: first.store })])
    await t.action(() => session().set('userId', 'ada'));
}

async function live(): Promise<void> {
  const session = nextAppSession<{ n: number; userId: string }>({
    secret: 'a secret of these tests',
    sessionHash: true,
    storeTimeout: 0.1,
    user: ({ userId }) => userId,
  });
  const t = createSessionTester(session);
  const add = () => t.action(() => session().update((data) => ({ ...data, n: (data.n ?? 0) + 1 })));
  const failing = (operation: 'get' | 'set', error: Error) => {
    t.store.fail(operation, { times: 1, error });
    return t.action(() => session().set('n', 0)).catch(() => {});
  };
  await add();
  t.store.conflict();
  await add();
  await failing('get', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
  await failing('set', new Error('of no known kind'));
  t.store.delay('get', 200);
  await t.component(() => session().get('n')).catch(() => {});
  t.store.reset();
  await t.action(() => session().regenerate());
  // Gone: it ends under the request.
  await t
    .action(async () => {
      await session().get('n');
      await t.destroy();
      await session().set('n', 1);
    })
    .catch(() => {});
  await t.component(() => session().get('n'));
  await t.seed({ n: 1 });
  for (const { key } of await t.store.sessions()) await t.store.set(key, { __session: false });
  await t.component(() => session().get('n'));
  await t.seed({ n: 1 });
  await t.action(() => session().destroy());
  await t.action(() => session().set('userId', 'ada'));
  await t.user().list();
  await t.user().revokeAll();
  await reachLimit();
  const forger = createSessionTester(session, { cookies: { sid: 's:forged.signature' } });
  await forger.component(() => session().get('n'));
  await expire();
  await reject();
  await refresh();
  await readNear();
}

/** Reads a session from a near cache. */
async function readNear(): Promise<void> {
  const store = new MemoryStore();
  const { load } = store.atomic;
  store.atomic.load = async (...call) => {
    const found = await load(...call);
    return found && { ...found, source: 'near_cache' };
  };
  const session = nextAppSession<{ n: number }>({ name: 'near', secret: 'a secret of these tests', store });
  const visitor = new Browser(session);
  await visitor.visit((own) => own().set('n', 1));
  await visitor.visit((own) => own().get('n'));
}

/** Ends a session on a store that keeps what has expired, and touches one on a store that ends sessions itself. */
async function expire(): Promise<void> {
  const records = new Map();
  const store = {
    name: 'plain',
    get: async (id: string) => records.get(id),
    set: async (id: string, record: object) => records.set(id, record),
    destroy: async (id: string) => records.delete(id),
  };
  const secret = 'another secret of these tests';
  const session = nextAppSession<{ n: number }>({ name: 'plain', secret });
  const t = createSessionTester(session, { data: { n: 1 }, store });
  await t.expire();
  await t.component(() => session().get('n'));
  // Not in a tester: where a test sets the time, the dates in the records decide.
  const keeping: Store<object> = { ...store, expiry: 'store', touch: async () => {} };
  const options = { name: 'plain', secret, store: keeping, touchAfter: 0 };
  const visitor = new Browser(nextAppSession<{ n: number }>(options));
  await visitor.visit((own) => own().set('n', 1));
  await visitor.visit((own) => own().get('n'));
}

/** Renews a value in each way in which that can end. */
async function refresh(): Promise<void> {
  const session = nextAppSession<{ n: number }>({ name: 'refreshing', secret: 'a secret of these tests' });
  const t = createSessionTester(session, { data: { n: 1 } });
  const toEven = (renew = async (n: number) => n + 1) =>
    t.component(() => session().refresh('n', { isFresh: (n) => n % 2 === 0, renew }));
  const renew = t.holdRenew('n');
  const both = Promise.all([toEven(), toEven()]);
  await renew.called(2);
  renew.end();
  await both;
  await t.seed({ n: 1 });
  await toEven(() => Promise.reject(new Error('refused'))).catch(() => {});
  // The lease of a process that has died.
  const id = (await t.id()) ?? '';
  const record = (await t.store.raw(id)) as { __session: unknown[] };
  const [key = ''] = (await t.store.sessions()).map((view) => view.key);
  const renewals = [['n', 'a dead one', 9e12, 50]];
  await t.store.set(key, { ...record, __session: [...record.__session.slice(0, 6), null, { renewals }] });
  await toEven();
}

/** Comes with the IDs of records that are no sessions of the app. */
async function reject(): Promise<void> {
  const records = new Map<string, unknown>([
    ['unreadable', 'no record'],
    ['later', { __session: [99] }],
    ['other', { __session: [2, 'another name', 'nonce', 0] }],
    ['large', { text: 'x'.repeat(9 * 1024) }],
    ['sealed', { __session: 's1.c2VhbGVk' }],
  ]);
  const get = async (id: string) => records.get(id) as object;
  const store: Store<object> = { name: 'plain', get, set: async () => {}, destroy: async () => {} };
  const session = nextAppSession<{ n: number }>({ name: 'rejecting', store, maxBytes: 1024 });
  for (const id of records.keys()) {
    const visitor = createSessionTester(session, { cookies: { rejecting: id }, store });
    await visitor.component(() => session().get('n'));
  }
  const encryptionKey = 'an encryption key of these tests, which is long';
  const sealing = nextAppSession<{ n: number }>({ name: 'sealing', hashIds: true, encryptionKey });
  const planting: Store<object> = { ...store, get: async () => ({ n: 1 }) };
  const visitor = createSessionTester(sealing, { cookies: { sealing: 'any' }, store: planting });
  await visitor.component(() => sealing().get('n'));
}
