import { readFileSync } from 'node:fs';
import { diag, type MeterProvider, metrics, SpanStatusCode, trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { signId } from '../cookie/signature.js';
import nextAppSession, { type Options, type SessionEvent } from '../index.js';
import { resolveOptions } from '../options/options.js';
import { callOptions } from '../store-contract/store.js';
import { Browser } from '../test-kits/browser.js';
import { PlainStore, SpyStore } from '../test-kits/spy-store.js';
import { Metering, Tracing } from '../test-kits/telemetry.js';
import { callKinds } from './call-kinds.js';
import { Telemetry } from './telemetry.js';
import { VERSION } from './version.js';

const SECRET = 'a secret of these tests';

/** Makes a store, a session on it with a browser, and the list of events that the app gets. */
function setUp(options: Options = {}) {
  const store = new SpyStore();
  const events: SessionEvent[] = [];
  const session = nextAppSession({
    secret: SECRET,
    store,
    storeTimeout: 0.1,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const life = async () => {
    await new Promise(setImmediate);
    return events.filter(({ type }) => type !== 'store_call');
  };
  return { store, events, life, session, browser: new Browser(session) };
}

describe('the span of a store call', () => {
  let tracing: Tracing;
  beforeEach(() => {
    tracing = new Tracing();
  });
  afterEach(() => tracing.unregister());

  const seen = () =>
    tracing.spans.map(({ name, attributes }) => [
      name.replace('next_app_session.store.', ''),
      attributes['next_app_session.store.outcome'],
    ]);

  it('has the operation, the store and the outcome', async () => {
    const { browser } = setUp();
    await browser.visit((session) => session().set('a', 1));
    await browser.visit((session) => session().get('a'));
    await browser.visit((session) => session().destroy());
    expect(seen()).toEqual([
      ['set', 'ok'],
      ['get', 'hit'],
      ['get', 'hit'],
      ['destroy', 'ok'],
    ]);
    const [set] = tracing.spans;
    expect(set?.attributes).toEqual({
      'next_app_session.store.operation': 'set',
      'next_app_session.store.name': 'SpyStore',
      'next_app_session.store.outcome': 'ok',
      'next_app_session.payload.size': expect.any(Number),
      'next_app_session.ttl': 86_400,
    });
    expect(set?.status.code).toBe(SpanStatusCode.UNSET);
    expect(set?.instrumentationScope).toMatchObject({ name: 'next-app-session', version: VERSION });
  });

  it('ends once, when the caller gives up: a later answer is nobody’s', async () => {
    const { browser, store, events } = setUp();
    await browser.visit((session) => session().set('a', 1));
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    store.spy.before('get', () => answered);
    const visit = browser.visit((session) => session().get('a'));
    await expect(visit).rejects.toMatchObject({ code: 'ERR_SESSION_STORE_TIMEOUT' });
    answer();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(seen()).toEqual([
      ['set', 'ok'],
      ['get', 'error'],
    ]);
    expect(events.filter(({ type }) => type === 'store_call')).toHaveLength(2);
  });

  it('has the size and the remaining time of the record that was read', async () => {
    const { browser, store } = setUp();
    await browser.visit((session) => session().set('text', 'é'));
    await browser.visit((session) => session().get('text'));
    const [key = ''] = store.spy.keys;
    const { version = '' } = (await store.memory.atomic.load(key, callOptions())) ?? {};
    expect(tracing.spans[1]?.attributes).toMatchObject({
      'next_app_session.payload.size': Buffer.byteLength(version),
      'next_app_session.ttl': 86_400,
    });
  });

  it('says miss for an unknown session, and expired for one after its idle timeout', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { browser } = setUp({ store: new PlainStore(), idleTimeout: 60 });
    await browser.visit((session) => session().set('a', 1));
    vi.advanceTimersByTime(61_000);
    await browser.visit((session) => session().get('a'));
    await browser.visit((session) => session().get('a'));
    vi.useRealTimers();
    expect(seen()).toEqual([
      ['set', 'ok'],
      ['get', 'expired'],
      // This store cannot compare, so the record is read again before it is deleted.
      ['get', 'expired'],
      ['destroy', 'ok'],
      ['get', 'miss'],
    ]);
  });

  it('says conflict when another request was faster', async () => {
    const { browser, store } = setUp();
    await browser.visit((session) => session().set('a', 1));
    await browser.visit(async (session) => {
      await session().get('a');
      const [key = ''] = store.spy.keys;
      const record = await store.memory.get(key);
      await store.memory.set(key, { ...record, b: 2 });
      await session().set('c', 3);
    });
    expect(seen().slice(1)).toEqual([
      ['get', 'hit'],
      ['set', 'conflict'],
      ['get', 'hit'],
      ['set', 'ok'],
    ]);
  });

  it('has an error with a type from a closed list when the store fails or does not answer', async () => {
    const { browser, store } = setUp();
    await browser.visit((session) => session().set('a', 1));
    store.spy.fail('get', Object.assign(new Error('connect 10.0.0.7:6379'), { code: 'ECONNREFUSED' }));
    await browser.visit((session) => session().get('a')).catch(() => {});
    store.spy.fail('get', new Error('something with ya29.token in it'));
    await browser.visit((session) => session().get('a')).catch(() => {});
    store.spy.hang('get');
    await browser.visit((session) => session().get('a')).catch(() => {});
    const failed = tracing.spans.slice(1);
    expect(failed.map(({ attributes }) => attributes['error.type'])).toEqual([
      'ECONNREFUSED',
      '_OTHER',
      'ERR_SESSION_STORE_TIMEOUT',
    ]);
    for (const { status, attributes, events } of failed) {
      expect(attributes['next_app_session.store.outcome']).toBe('error');
      expect(status.code).toBe(SpanStatusCode.ERROR);
      expect(status.message).toContain('SpyStore');
      expect(`${status.message}`).not.toMatch(/ya29|10\.0\.0\.7/);
      expect(events).toEqual([]);
    }
  });

  it('is a child of the active span, and the parent of the driver’s span', async () => {
    const { browser, store } = setUp();
    const tracer = trace.getTracer('app');
    store.spy.before('set', async () => tracer.startSpan('driver').end());
    await tracer.startActiveSpan('request', async (span) => {
      await browser.visit((session) => session().set('a', 1));
      span.end();
    });
    const [driver, call, request] = tracing.spans;
    expect(driver?.name).toBe('driver');
    expect(driver?.parentSpanContext?.spanId).toBe(call?.spanContext().spanId);
    expect(call?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
  });

  it('has the hash of the session ID, as events have, if the app asks for it', async () => {
    const { browser, events } = setUp({ sessionHash: true });
    await browser.visit((session) => session().set('a', 1));
    const { result: id } = await browser.visit((session) => session().id());
    const hashes = new Set(
      tracing.spans.map(({ attributes }) => attributes['next_app_session.session.hash']),
    );
    expect([...hashes]).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
    const signature = Buffer.from(signId(String(id), [SECRET]).split('.').at(-1) ?? '', 'base64').toString(
      'hex',
    );
    expect(signature).not.toContain([...hashes][0]);
    await new Promise(setImmediate);
    expect(new Set(events.map(({ sessionHash }) => sessionHash))).toEqual(hashes);
  });

  it('has no hash by default', async () => {
    const { browser } = setUp();
    await browser.visit((session) => session().set('a', 1));
    expect(Object.keys(tracing.spans[0]?.attributes ?? {})).not.toContain('next_app_session.session.hash');
  });
});

describe('metrics', () => {
  let metering: Metering;
  beforeEach(() => {
    metering = new Metering();
  });
  afterEach(() => metering.unregister());

  it('time every call, by operation, store, outcome and error', async () => {
    const { browser, store } = setUp();
    await browser.visit((session) => session().set('a', 1));
    await browser.visit((session) => session().get('a'));
    store.spy.fail('get', new Error('OOM command not allowed'));
    await browser.visit((session) => session().get('a')).catch(() => {});
    const of = (operation: string, outcome: string, error?: string) => ({
      count: 1,
      labels: {
        'next_app_session.store.operation': operation,
        'next_app_session.store.name': 'SpyStore',
        'next_app_session.store.outcome': outcome,
        ...(error && { 'error.type': error }),
      },
    });
    expect(await metering.points('next_app_session.store.operation.duration')).toEqual([
      of('set', 'ok'),
      of('get', 'hit'),
      of('get', 'error', 'OOM'),
    ]);
    const sizes = await metering.points('next_app_session.payload.size');
    expect(sizes.map(({ count }) => count)).toEqual([1, 1]);
  });

  it('are collected even if tracing samples nothing', async () => {
    const tracing = new Tracing({ sampled: false });
    const { browser } = setUp();
    await browser.visit((session) => session().set('a', 1));
    tracing.unregister();
    expect(tracing.spans).toEqual([]);
    expect(await metering.points('next_app_session.store.operation.duration')).toHaveLength(1);
  });

  it('are collected by an SDK that is set up after the first call', async () => {
    metering.unregister();
    const { browser } = setUp();
    await browser.visit((session) => session().set('a', 1));
    metering = new Metering();
    await browser.visit((session) => session().get('a'));
    expect(await metering.points('next_app_session.store.operation.duration')).toHaveLength(1);
  });

  it('count created, regenerated and destroyed sessions, and rejected cookies', async () => {
    const { browser, session } = setUp();
    await browser.visit((session) => session().set('a', 1));
    await browser.visit((session) => session().regenerate());
    await browser.visit((session) => session().destroy());
    await new Browser(session, { sid: 's:forged.c2lnbmF0dXJl' }).visit((session) => session().get('a'));
    const count = async (metric: string) => metering.points(`next_app_session.${metric}`);
    expect(await count('session.created')).toEqual([{ labels: {}, count: 1 }]);
    expect(await count('session.regenerated')).toEqual([{ labels: {}, count: 1 }]);
    expect(await count('session.destroyed')).toEqual([
      { labels: { 'next_app_session.session.reason': 'signed_out' }, count: 1 },
    ]);
    expect(await count('cookie.rejected')).toEqual([{ labels: {}, count: 1 }]);
  });
});

describe('onEvent', () => {
  it('is told when a session is created, regenerated and destroyed', async () => {
    const { browser, life } = setUp();
    await browser.visit((session) => session().set('a', 1));
    await browser.visit((session) => session().regenerate());
    await browser.visit((session) => session().destroy());
    await browser.visit((session) => session().destroy());
    expect(await life()).toEqual([
      { type: 'created' },
      { type: 'regenerated' },
      { type: 'destroyed', reason: 'signed_out' },
    ]);
  });

  it('is told of a sign-out of a session that could not be read before', async () => {
    const { browser, life, store } = setUp();
    await browser.visit((session) => session().set('a', 1));
    store.spy.fail('get', new Error('down'));
    await browser.visit((session) => session().destroy());
    expect(await life()).toEqual([{ type: 'created' }, { type: 'destroyed', reason: 'signed_out' }]);
  });

  it('is told that a session expired, and that it was deleted', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { browser, life } = setUp({ store: new PlainStore(), idleTimeout: 60 });
    await browser.visit((session) => session().set('a', 1));
    vi.advanceTimersByTime(61_000);
    await browser.visit((session) => session().get('a'));
    vi.useRealTimers();
    expect(await life()).toEqual([
      { type: 'created' },
      { type: 'expired' },
      { type: 'destroyed', reason: 'expired' },
    ]);
  });

  it('is told that a session ended during a request', async () => {
    const { browser, life, store } = setUp();
    await browser.visit((session) => session().set('a', 1));
    await browser.visit(async (session) => {
      await session().get('a');
      await store.memory.destroy(store.spy.keys[0] ?? '');
      await expect(session().set('a', 2)).rejects.toMatchObject({ code: 'ERR_SESSION_GONE' });
      await expect(session().set('a', 3)).rejects.toMatchObject({ code: 'ERR_SESSION_GONE' });
    });
    expect(await life()).toEqual([{ type: 'created' }, { type: 'destroyed', reason: 'gone' }]);
  });

  it('is told of conflicts, and of a forged cookie once per request', async () => {
    const { browser, session, life, store } = setUp();
    await browser.visit((session) => session().set('a', 1));
    await browser.visit(async (session) => {
      await session().get('a');
      const [key = ''] = store.spy.keys;
      await store.memory.set(key, { ...(await store.memory.get(key)), b: 2 });
      await session().set('c', 3);
    });
    await new Browser(session, { sid: 'nonsense' }).visit((session) =>
      Promise.all([session().get('a'), session().all()]),
    );
    expect(await life()).toEqual([{ type: 'created' }, { type: 'conflict' }, { type: 'cookie_rejected' }]);
  });

  it('is told of every store call, with its duration', async () => {
    const { browser, events, store } = setUp();
    await browser.visit((session) => session().set('a', 1));
    store.spy.fail('get', new Error('down'));
    await browser.visit((session) => session().get('a')).catch(() => {});
    await new Promise(setImmediate);
    const call = { type: 'store_call', store: 'SpyStore', durationMs: expect.any(Number) };
    expect(events.filter(({ type }) => type === 'store_call')).toEqual([
      { ...call, operation: 'set', outcome: 'ok' },
      { ...call, operation: 'get', outcome: 'error', errorType: '_OTHER' },
    ]);
  });

  it.each([
    [
      'throws',
      () => () => {
        throw new Error('from the listener');
      },
    ],
    [
      'rejects',
      () => async () => {
        throw new Error('from the listener');
      },
    ],
  ])('that %s breaks nothing, and is logged once', async (_, makeListener) => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { browser } = setUp({ onEvent: makeListener() });
    await browser.visit((session) => session().set('a', 1));
    expect((await browser.visit((session) => session().get('a'))).result).toBe(1);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(logged.mock.calls).toEqual([[expect.stringContaining('onEvent'), expect.any(Error)]]);
    logged.mockRestore();
  });

  it('that never ends delays no request', async () => {
    const { browser } = setUp({ onEvent: () => new Promise(() => {}) });
    await browser.visit((session) => session().set('a', 1));
    expect((await browser.visit((session) => session().get('a'))).result).toBe(1);
  });
});

describe('an SDK that throws breaks nothing', () => {
  it.each(['onStart', 'onEnd'] as const)('in %s of a span processor', async (method) => {
    const fail = () => {
      throw new Error('from the processor');
    };
    const idle = async () => {};
    const processor = { onStart() {}, onEnd() {}, forceFlush: idle, shutdown: idle, [method]: fail };
    const logged: unknown[][] = [];
    const log = (...args: unknown[]) => void logged.push(args);
    diag.setLogger({ error: log, warn() {}, info() {}, debug() {}, verbose() {} });
    new NodeTracerProvider({ spanProcessors: [processor] }).register();
    const { browser } = setUp();
    await browser.visit((session) => session().set('a', 1));
    expect((await browser.visit((session) => session().get('a'))).result).toBe(1);
    trace.disable();
    diag.disable();
    expect(logged.map(([text]) => text)).toContainEqual(expect.stringContaining('next-app-session'));
  });

  it('in a counter or a histogram', async () => {
    const broken = {
      add() {
        throw new Error('from the counter');
      },
      record() {
        throw new Error('from the histogram');
      },
    };
    const meter = { createHistogram: () => broken, createCounter: () => broken };
    metrics.setGlobalMeterProvider({ getMeter: () => meter } as unknown as MeterProvider);
    const { browser, life } = setUp();
    await browser.visit((session) => session().set('a', 1));
    metrics.disable();
    expect((await browser.visit((session) => session().get('a'))).result).toBe(1);
    expect(await life()).toEqual([{ type: 'created' }]);
  });
});

it('a store call is not observed without an SDK and a listener', () => {
  const telemetry = Telemetry.of(resolveOptions({}));
  expect(telemetry.begin(callKinds('memory').get)).toBeUndefined();
});

it('the version in spans is that of the package', () => {
  expect(VERSION).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version);
});
