import { channel } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { Redis } from 'ioredis';
import nextAppSession from 'next-app-session';
import { type RedisClient, RedisStore } from 'next-app-session/redis';
import { createClient } from 'redis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { RedisServer } from './servers/redis-server.js';

// What an app with tracing on sees of its sessions: the tracing channels of ioredis and node-redis, and OpenTelemetry's
// instrumentation of ioredis with commands written out as it does by default.

const TOKEN = 'ya29.the-users-access-token';
const USER = 'ada@example.com';
const SECRET = 'the secret that signs';

const CHANNELS = ['ioredis:command', 'ioredis:batch', 'node-redis:command', 'node-redis:batch'];

const seen: unknown[] = [];
const exporter = new InMemorySpanExporter();
let server: RedisServer;
let client: Redis;

beforeAll(async () => {
  server = await RedisServer.start();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const instrumentation = new IORedisInstrumentation({ requireParentSpan: false });
  instrumentation.setTracerProvider(provider);
  for (const name of CHANNELS) {
    for (const event of ['start', 'end', 'asyncStart', 'asyncEnd', 'error']) {
      channel(`tracing:${name}:${event}`).subscribe((message) => seen.push(forSpan(message as Traced)));
    }
  }
  // Instrumentation hooks into `require`, as an app's server bundle calls it.
  const ioredis = createRequire(import.meta.url)('ioredis');
  client = new ioredis.Redis({ port: server.port, maxRetriesPerRequest: 0 });
  client.on('error', () => {});
});
afterAll(async () => {
  client?.disconnect();
  await server?.stop();
});

/** States in which a write fails, with all that was sent on the error of ioredis. */
const REFUSALS = [
  {
    begin: ['CONFIG', 'SET', 'maxmemory', '1'],
    end: ['CONFIG', 'SET', 'maxmemory', '0'],
    word: 'OOM',
  },
  { begin: ['REPLICAOF', '127.0.0.1', '1'], end: ['REPLICAOF', 'NO', 'ONE'], word: 'READONLY' },
];

interface Traced {
  result?: unknown;
  error?: Error;
}

/**
 * What a subscriber makes spans of. Left out is what Node's tracingChannel and the clients hand to every subscriber for
 * every command: the reply, a plain GET's as well, and the command that hangs on an error of ioredis.
 */
function forSpan({ result: _, error, ...rest }: Traced): object {
  return { ...rest, error: error?.stack };
}

/** Everything that was traced so far, as text. */
function traced(): string {
  const spans = exporter.getFinishedSpans().map(({ name, attributes, events, status }) => ({
    name,
    attributes,
    events,
    status,
  }));
  return inspect([seen, spans], { depth: 12, maxArrayLength: null, maxStringLength: null });
}

/** Sign-in, a token, writes, errors, sign-out; the session's IDs. */
async function live(
  options: { hashIds?: boolean; prefix: string },
  clientOfApp: RedisClient = client,
): Promise<string[]> {
  const { prefix, ...rest } = options;
  const store = new RedisStore({ client: clientOfApp, prefix });
  const session = nextAppSession<Record<string, unknown>>({
    secret: SECRET,
    store,
    storeTimeout: 1,
    user: ({ user }) => user as string | undefined,
    ...rest,
  });
  const browser = new Browser(session);
  const ids: (string | null)[] = [];
  await client.script('FLUSH');
  await browser.visit((session) => session().set('theme', 'dark'));
  ids.push(await browser.visit((session) => session().id()));
  await browser.visit((session) => session().regenerate((data) => ({ ...data, token: TOKEN, user: USER })));
  ids.push(await browser.visit((session) => session().id()));
  await browser.visit((session) => session().update((data) => ({ ...data, other: `${TOKEN}-2` })));
  for (const { begin, end, word } of REFUSALS) {
    await server.command(...begin);
    const failing = browser.visit((session) => session().set('more', `${TOKEN}-3`));
    await expect(failing).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
    const thrown = inspect(await failing.catch((error: unknown) => error), { depth: 12, showHidden: true });
    expect(thrown).toContain(word);
    expect(thrown).not.toContain(TOKEN);
    await server.command(...end);
  }
  expect(await browser.visit((session) => session().get('token'))).toBe(TOKEN);
  const [row] = await session.user(USER).list();
  expect(await session.user(USER).revoke(row?.handle ?? '')).toBe(true);
  await browser.visit((session) => session().set('theme', 'dark'));
  ids.push(await browser.visit((session) => session().id()));
  await browser.visit((session) => session().destroy());
  return ids.filter((id) => id !== null);
}

it('no span and no tracing channel holds the session ID or its data', async () => {
  const ids = await live({ prefix: 'hashed:' });
  const text = traced();
  expect(ids).toHaveLength(3);
  for (const id of ids) expect(text).not.toContain(id);
  expect(text).not.toContain(TOKEN);
  expect(text).not.toContain('dark');
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain(USER);
  // Both were listening.
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toContain('evalsha');
  expect(seen.length).toBeGreaterThan(10);
});

it('no tracing channel of node-redis does', async () => {
  seen.length = 0;
  const nodeRedis = createClient({ url: server.url }).on('error', () => {});
  await nodeRedis.connect();
  const ids = await live({ prefix: 'hashed:' }, nodeRedis);
  nodeRedis.destroy();
  const text = traced();
  expect(ids).toHaveLength(3);
  for (const secret of [...ids, TOKEN, 'dark', SECRET, USER]) expect(text).not.toContain(secret);
  expect(text).toContain("command: 'SET'");
});

it('with hashIds: false the key of the record, and the index of its user, hold the ID and nothing else does', async () => {
  seen.length = 0;
  exporter.reset();
  const ids = await live({ prefix: 'plain:', hashIds: false });
  const text = traced();
  for (const id of ids) {
    expect(text).toContain(`plain:${id}`);
    const others = text.split('\n').filter((line) => !/#user:|^\s*'[\w-]{22}',?$/.test(line));
    expect(others.join('\n').replaceAll(`plain:${id}`, '')).not.toContain(id);
  }
  expect(text).not.toContain(TOKEN);
});
