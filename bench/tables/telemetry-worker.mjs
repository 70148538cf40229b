// One case of telemetry.mjs: reads a session in as many requests as it is asked for, and tells the time of one read.
import { createRequire } from 'node:module';
import { context, metrics, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  InMemorySpanExporter,
  NodeTracerProvider,
  ParentBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import { Redis } from 'ioredis';
import { libraryOf } from '../next-versions.mjs';
import { signIn } from '../sign-in.mjs';
import { replaceTelemetry } from './stand-in-telemetry.mjs';

const [name, port] = process.argv.slice(2);
const exporter = new InMemorySpanExporter();
let parent = ROOT_CONTEXT;

const require = createRequire(import.meta.url);
replaceTelemetry(name, require);
if (name.startsWith('sampled') || name === 'unsampled parent') {
  const sampler = new ParentBasedSampler({ root: new AlwaysOnSampler() });
  new NodeTracerProvider({ sampler, spanProcessors: [new BatchSpanProcessor(exporter)] }).register();
}
if (name === 'unsampled parent') {
  const ids = { traceId: '1'.repeat(32), spanId: '2'.repeat(16) };
  parent = trace.setSpanContext(ROOT_CONTEXT, { ...ids, traceFlags: TraceFlags.NONE });
}
if (name === 'metrics only') {
  const reader = new PeriodicExportingMetricReader({
    exporter: new InMemoryMetricExporter(AggregationTemporality.DELTA),
    exportIntervalMillis: 1000,
    exportTimeoutMillis: 500,
  });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
}

// As CommonJS, which is a file a module: one of them is another where there is no telemetry.
// First: without this, Next's storages become ones that never work.
const { openNextScope } = require(`${libraryOf('next-16')}cjs/testing/next/open-next-scope.js`);
const { default: nextAppSession, MemoryStore } = require('next-app-session');
const { RedisStore } = require('next-app-session/redis');

const options = { secret: 'a secret of the benchmark', touchAfter: 3600 };
const stores = {
  memory: new MemoryStore(),
  redis: new RedisStore({ client: new Redis(Number(port)) }),
};
const visitors = {};
for (const [store, instance] of Object.entries(stores)) {
  const session = nextAppSession({ ...options, name: store, store: instance });
  visitors[store] = { session, cookie: await signIn(session) };
}

process.on('message', async ({ store, reads }) => {
  process.send(await context.with(parent, () => microseconds(visitors[store], reads)));
  exporter.reset();
});
process.send('ready');

async function microseconds({ session, cookie }, reads) {
  const scopes = [];
  for (let index = 0; index < reads; index++) {
    scopes.push(await openNextScope({ pathname: '/bench', search: '', headers: { cookie } }, 'route'));
  }
  // What opening scopes left behind is nobody's work here.
  globalThis.gc({ type: 'minor' });
  const start = performance.now();
  for (const scope of scopes) {
    const value = await scope.run(() => session().get('n'));
    if (value !== 1) throw new Error('the session was not read');
  }
  return ((performance.now() - start) * 1000) / reads;
}
