import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RedisServer } from '../stores/servers/redis-server.js';
import { packTarball } from './installed.js';
import { NextApp } from './next-app.js';
import { type ExportedSpan, OtlpReceiver } from './otlp-receiver.js';
import { withTelemetry } from './variants.js';
import { type Step, Visitor } from './visitor.js';

// What a collector receives of a real `next start` with tracing on. One build, started for each way of set-up.

const SECRET = 'the secret of the telemetry tests';
const OURS = 'next-app-session';

let redis: RedisServer;
const app = new NextApp(withTelemetry);
beforeAll(async () => {
  redis = await RedisServer.start();
  await app.build(packTarball());
});
afterAll(async () => {
  await app.stop();
  await redis?.stop();
});

/** A request with a new trace, and the spans of that trace. */
class Traced {
  readonly #receiver: OtlpReceiver;
  readonly #traceId = randomBytes(16).toString('hex');

  constructor(receiver: OtlpReceiver) {
    this.#receiver = receiver;
  }

  get headers(): Record<string, string> {
    return { traceparent: `00-${this.#traceId}-${randomBytes(8).toString('hex')}-01` };
  }

  /** The trace, once it holds the request's span, as many store calls as are expected, and the spans above these. */
  async spans(storeCalls: number): Promise<readonly ExportedSpan[]> {
    const trace = () => this.#receiver.spans.filter(({ traceId }) => traceId === this.#traceId);
    await vi.waitFor(
      () => {
        expect(typesOf(trace())).toContain('BaseServer.handleRequest');
        const calls = trace().filter(isStoreCall);
        expect(calls).toHaveLength(storeCalls);
        const ids = trace().map(({ spanId }) => spanId);
        expect(ids).toEqual(expect.arrayContaining(calls.map(({ parentSpanId }) => parentSpanId)));
      },
      { timeout: 90_000, interval: 20 },
    );
    return trace();
  }
}

describe.each(['vercel', 'sdk-node'])('Next 16.4 with %s', (telemetry) => {
  let receiver: OtlpReceiver;
  let visitor: Visitor;
  beforeAll(async () => {
    receiver = await OtlpReceiver.start();
    const settings = { ...receiver.settings, TELEMETRY: telemetry, REDIS_URL: redis.url };
    await app.start({ ...settings, SESSION_SECRET: SECRET });
    visitor = new Visitor(app);
    // Redis learns the scripts too, which it then knows by their hash.
    await visitor.run([['set', 'n', 1]]);
    await visitor.run([['set', 'n', 2]]);
    await visitor.data();
    // The page has another client than the handler, and a client's first swap asks what the server can do.
    await visitor.submit('/form', { name: 'ada' });
  });
  afterAll(async () => {
    await app.stop();
    receiver?.stop();
  });

  it.each([
    ['a Route Handler', '/api/session', 'AppRouteRouteHandlers.runHandler'],
    ['a Server Component', '/', 'AppRender.getBodyResult'],
    ['generateMetadata', '/metadata', 'ResolveMetadata.generateMetadata'],
    ['proxy', '/guarded', 'Middleware.execute'],
  ])('in %s a read is one span: below Next’s, above the driver’s', async (_, path, parentType) => {
    const traced = new Traced(receiver);
    const steps = JSON.stringify({ steps: [['get', 'n']] });
    const { status } = await visitor.open(path, { headers: { ...traced.headers, 'x-steps': steps } });
    expect(status).toBe(200);
    const spans = await traced.spans(1);
    const call = only(spans.filter(isStoreCall));
    expect(call.name).toBe('next_app_session.store.get');
    expect(call.attributes).toMatchObject({
      'next_app_session.store.operation': 'get',
      'next_app_session.store.name': 'redis',
      'next_app_session.store.outcome': 'hit',
      'next_app_session.session.hash': expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(typesOf(spans.filter(({ spanId }) => spanId === call.parentSpanId))).toEqual([parentType]);
    expect(childrenOf(call, spans).map(({ name }) => name)).toEqual(['getrange']);
  });

  it('in a Server Action, which has no span, the calls are below the request’s span', async () => {
    const traced = new Traced(receiver);
    const { status } = await visitor.submit('/form', { name: 'ada' }, traced.headers);
    expect(status).toBe(303);
    const spans = await traced.spans(2);
    const calls = spans.filter(isStoreCall);
    expect(calls.map(({ attributes }) => attributes['next_app_session.store.operation'])).toEqual([
      'get',
      'set',
    ]);
    for (const call of calls) {
      const parent = spans.filter(({ spanId }) => spanId === call.parentSpanId);
      expect(typesOf(parent)).toEqual(['BaseServer.handleRequest']);
    }
    // One round trip: the value, and the script that puts it in its place.
    expect(childrenOf(calls[1], spans).map(({ name }) => name)).toEqual(['set', 'evalsha']);
  });

  it('in after(), the calls are still of the request’s trace', async () => {
    const traced = new Traced(receiver);
    await visitor.open('/api/after', { method: 'POST', headers: traced.headers });
    const calls = (await traced.spans(2)).filter(isStoreCall);
    expect(calls.map(({ name }) => name)).toEqual([
      'next_app_session.store.get',
      'next_app_session.store.set',
    ]);
  });

  it('metrics come too', async () => {
    const labels = {
      'next_app_session.store.operation': 'get',
      'next_app_session.store.name': 'redis',
      'next_app_session.store.outcome': 'hit',
    };
    const duration = { metric: 'next_app_session.store.operation.duration', labels };
    const created = { metric: 'next_app_session.session.created', labels: {} };
    await vi.waitFor(
      () => {
        expect(receiver.points).toContainEqual({ ...duration, count: expect.toSatisfy((n) => n >= 4) });
        expect(receiver.points).toContainEqual({ ...created, count: 1 });
      },
      { timeout: 90_000 },
    );
  });
});

it('nothing secret leaves: not the ID, not the secret, no data; in no span, metric or log line', async () => {
  const receiver = await OtlpReceiver.start();
  await app.start({
    ...receiver.settings,
    NEXT_OTEL_VERBOSE: '1',
    OTEL_LOG_LEVEL: 'debug',
    TELEMETRY: 'sdk-node',
    REDIS_URL: redis.url,
    SESSION_SECRET: SECRET,
  });
  const visitor = new Visitor(app);
  const secrets = [SECRET];
  const keepId = async () => {
    const [id] = (await visitor.run([['id']])).results;
    const [, signature] = decodeURIComponent(visitor.cookies.get('sid') ?? '').split(/\.(?=[^.]*$)/);
    secrets.push(String(id), String(signature));
  };
  const token = (n: number) => {
    secrets.push(`the-token-number-${n}`);
    return `the-token-number-${n}`;
  };
  const outcomes = async (steps: readonly Step[]) =>
    (await visitor.run(steps)).results.map((result) => (result as { code?: string } | null)?.code);

  await visitor.run([['set', 'before', token(1)]]);
  await keepId();
  await visitor.run([['signIn', token(2)]]);
  await keepId();
  await visitor.submit('/form', { name: token(3) });
  // Redis refuses the write, then does not answer, then is not there.
  await redis.command('CONFIG', 'SET', 'maxmemory', '1');
  expect(await outcomes([['set', 'refused', token(4)]])).toEqual(['ERR_SESSION_STORE']);
  await redis.command('CONFIG', 'SET', 'maxmemory', '0');
  await redis.command('CLIENT', 'PAUSE', '1500', 'WRITE');
  expect(await outcomes([['set', 'late', token(5)]])).toEqual(['ERR_SESSION_STORE_TIMEOUT']);
  const forger = new Visitor(app, [['sid', 's%3Aplanted-session-id.c2lnbmF0dXJl']]);
  await forger.open('/');
  secrets.push('planted-session-id');
  await redis.kill();
  expect((await visitor.open('/')).status).toBe(500);
  await redis.restart();

  const exported = () => receiver.spans.filter(isStoreCall).map(({ attributes }) => attributes['error.type']);
  await vi.waitFor(
    () => {
      expect(exported()).toEqual(expect.arrayContaining(['OOM', 'ERR_SESSION_STORE_TIMEOUT', undefined]));
      expect(exported().filter(Boolean).length).toBeGreaterThanOrEqual(3);
      expect(receiver.points.map(({ metric }) => metric)).toContain('next_app_session.cookie.rejected');
      expect(app.log).toContain('"type":"cookie_rejected"');
    },
    { timeout: 90_000 },
  );
  await app.stop();
  receiver.stop();
  expect(secrets).toHaveLength(11);
  for (const secret of secrets) {
    expect(receiver.text).not.toContain(secret);
    expect(app.log).not.toContain(secret);
  }
});

function isStoreCall({ scope }: ExportedSpan): boolean {
  return scope === OURS;
}

function typesOf(spans: readonly ExportedSpan[]): unknown[] {
  return spans.map(({ attributes }) => attributes['next.span_type']);
}

function childrenOf(
  parent: ExportedSpan | undefined,
  spans: readonly ExportedSpan[],
): readonly ExportedSpan[] {
  return spans.filter(({ parentSpanId }) => parentSpanId === parent?.spanId);
}

function only<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined || items.length > 1) throw new Error(`one expected, not ${items.length}`);
  return item;
}
