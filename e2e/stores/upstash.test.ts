import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { Redis, type RedisConfigNodejs } from '@upstash/redis';
import nextAppSession, { type Options } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Browser } from './browser.kit.js';
import { redisOfTests } from './redis.kit.js';
import { freePort } from './servers/redis-server.js';
import { UpstashBridge } from './servers/upstash-bridge.js';

type Data = Record<string, unknown>;
type ClientOptions = Partial<RedisConfigNodejs>;

/** What parsing as JSON, or a reply in another encoding, would change. */
const DATA = {
  user: 'ada@example.com',
  pin: '0042',
  large: '12345678901234567890',
  json: '{"a":[1,null]}',
  words: ['OK', 'null', 'true', '"', '1e3', ''],
  text: 'Zoë 👩‍🚀 \u0000\u2028',
};

const { server, client: redis } = await redisOfTests();
const bridge = await UpstashBridge.start(server.port);
afterAll(() => bridge.stop());
beforeEach(async () => {
  await redis.flushall();
  bridge.requests.length = 0;
});

function clientWith(options: ClientOptions = {}): Redis {
  return new Redis({ url: bridge.url, token: bridge.token, ...options });
}

function sessionOn(client: Redis, options: Partial<Options<Data>> = {}) {
  return nextAppSession<Data>({
    secret: 'a secret',
    store: new RedisStore({ client }),
    user: ({ user }) => user as string,
    ...options,
  });
}

/** A visitor who has a session with the data above. */
async function visitor(clientOptions: ClientOptions = {}, options: Partial<Options<Data>> = {}) {
  const client = clientWith(clientOptions);
  const session = sessionOn(client, options);
  const browser = new Browser(session);
  await browser.visit((own) => own().setAll(DATA));
  bridge.requests.length = 0;
  return { client, session, browser };
}

const failure = (
  browser: Browser<Data>,
  call: (own: ReturnType<typeof browser.session>) => Promise<unknown>,
) =>
  browser.visit((own) =>
    call(own()).then(
      (result) => expect.fail(`it returned ${inspect(result)}`),
      (error) => error,
    ),
  );
const read = (browser: Browser<Data>) => failure(browser, (own) => own.get('n'));
const write = (browser: Browser<Data>) => failure(browser, (own) => own.set('n', 1));

describe('whatever the app set for its own commands', () => {
  it.each<[string, ClientOptions]>([
    ['nothing', {}],
    ['no parsing of replies', { automaticDeserialization: false }],
    ['replies that are not in Base64', { responseEncoding: false }],
    ['no batches', { enableAutoPipelining: false }],
    ['a log of latencies', { latencyLogging: true }],
  ])('%s: data and the list of a user come back as they were written', async (_, options) => {
    const { session, browser } = await visitor(options);
    await browser.visit((own) => own().update((data) => ({ ...data, n: 1 })));
    expect(await browser.visit((own) => own().all())).toEqual({ ...DATA, n: 1 });
    await browser.visit((own) => own().regenerate());
    expect(await session.user(DATA.user).list()).toHaveLength(1);
    expect(await session.user(DATA.user).revokeAll()).toBe(1);
    expect(await browser.visit((own) => own().all())).toEqual({});
  });

  it.each(['"a text in quotes"', '12', 'null', 'OK', 'T0s=', '[1, 2]'])(
    'what a serializer makes comes back as it was: %s',
    async (text) => {
      const parsed: string[] = [];
      const serializer = {
        stringify: () => text,
        parse: (stored: string) => {
          parsed.push(stored);
          return {};
        },
      };
      const store = new RedisStore({ client: clientWith(), serializer });
      await store.set('id', {});
      await store.get('id');
      expect(parsed).toEqual([text]);
    },
  );

  it('its own commands are answered as before', async () => {
    const { client } = await visitor();
    await client.set('a', { b: 1 });
    expect(await Promise.all([client.get('a'), client.exec(['GET', 'a'])])).toEqual([{ b: 1 }, { b: 1 }]);
    expect(await client.multi().incr('n').incr('n').exec()).toEqual([1, 2]);
  });
});

describe('requests', () => {
  it('a read is one, and a write is one more; none has a key or data in its path', async () => {
    const { browser } = await visitor();
    // The server has to be told the scripts once.
    await browser.visit((own) => own().set('n', 1));
    bridge.requests.length = 0;
    await browser.visit(async (own) => {
      await own().get('user');
      await own().get('pin');
    });
    expect(bridge.requests).toHaveLength(1);
    await browser.visit((own) => own().set('n', 2));
    bridge.requests.length = 0;
    await browser.visit((own) => own().set('n', 3));
    expect(bridge.requests).toHaveLength(2);
    expect(new Set(bridge.requests.map(({ path }) => path))).toEqual(new Set(['/pipeline']));
  });

  it('a read does not wait behind a write that hangs, and is sent once', async () => {
    const { client, browser } = await visitor();
    const another = new Browser(sessionOn(client), browser.cookies);
    let release: ServerResponse | undefined;
    const writing = browser.visit(async (own) => {
      await own().get('n');
      bridge.misbehave((response) => {
        release = response;
      });
      return own()
        .set('n', 1)
        .then(() => 'written');
    });
    await vi.waitUntil(() => release);
    bridge.requests.length = 0;
    expect(await another.visit((own) => own().get('user'))).toBe(DATA.user);
    expect(bridge.requests).toHaveLength(1);
    // The client sends the write again, and that one is answered.
    release?.destroy();
    expect(await writing).toBe('written');
  });
});

describe('an error tells what happened, and nothing of the session', () => {
  const logged = (['log', 'warn', 'error'] as const).map((level) => vi.spyOn(console, level));
  afterAll(() => {
    for (const spy of logged) spy.mockRestore();
  });

  /** What may be in a log: the error with all that hangs on it, and what was printed. */
  async function expectNoData(error: unknown, browser: Browser<Data>): Promise<void> {
    const shown = [error, ...logged.map(({ mock }) => mock.calls)]
      .map((one) => inspect(one, { depth: null, showHidden: true, getters: true }))
      .join('\n');
    const [key = ''] = await redis.keys('sess:?????*');
    const [id = ''] = Object.values(browser.cookies);
    const record = (await redis.get(key).catch(() => null)) ?? '-';
    expect(key).not.toBe('');
    const inBase64 = Buffer.from(record).toString('base64').slice(0, 20);
    for (const secret of [
      id.slice(2, 20),
      key,
      'ada',
      'example.com',
      '0042',
      'setrange',
      'expires',
      inBase64,
    ]) {
      expect(shown).not.toContain(secret);
    }
  }

  /** What the client throws by itself. */
  function thrownBy(client: Redis): unknown[] {
    const thrown: unknown[] = [];
    client.use((request, next) =>
      next<never>(request).catch((error) => {
        thrown.push(error);
        throw error;
      }),
    );
    return thrown;
  }

  it('a key of another kind: what the server said', async () => {
    const { browser } = await visitor({}, { user: undefined });
    const [key = ''] = await redis.keys('sess:?????*');
    await redis.del(key);
    await redis.lpush(key, 'no', 'string');
    const error = await read(browser);
    const message = 'WRONGTYPE Operation against a key holding the wrong kind of value';
    expect(error).toMatchObject({ code: 'ERR_SESSION_STORE', cause: { name: 'ReplyError', message } });
    await expectNoData(error, browser);
  });

  it('a write that the server refuses: nothing was changed', async () => {
    const { browser } = await visitor();
    await redis.config('SET', 'min-replicas-to-write', '1');
    const error = await write(browser);
    await redis.config('SET', 'min-replicas-to-write', '0');
    expect(error.message).toMatch(/refused set.* Nothing was changed\./);
    expect(error.cause).toMatchObject({ name: 'ReplyError', message: expect.stringMatching(/^NOREPLICAS /) });
    await expectNoData(error, browser);
  });

  it.each<[string, (response: ServerResponse) => void, string]>([
    [
      'a wrong token',
      (response) => response.writeHead(401).end('{"error":"WRONGPASS invalid or missing auth token"}'),
      'WRONGPASS invalid or missing auth token',
    ],
    [
      'a used-up quota',
      (response) =>
        response
          .writeHead(400)
          .end(
            '{"error":"ERR max daily request limit exceeded. Limit: 10, Usage: 11. See https://example.com"}',
          ),
      'ERR max daily request limit exceeded',
    ],
    [
      'a page of a proxy',
      (response) => response.writeHead(502).end(`<html>${DATA.user}</html>`),
      'Unexpected response',
    ],
    [
      'a response that is cut off',
      (response) => response.writeHead(200).end(`[{"result":"${Buffer.from(DATA.user).toString('base64')}`),
      'Unexpected response',
    ],
    ['a response of another server', (response) => response.end('{"user":"ada"}'), 'Unexpected response'],
  ])('%s', async (_, respond, message) => {
    const { client, browser } = await visitor();
    const thrown = thrownBy(client);
    bridge.misbehave(respond);
    const ofRead = await read(browser);
    expect(ofRead).toMatchObject({ code: 'ERR_SESSION_STORE', cause: { name: 'UpstashError', message } });
    const ofWrite = await browser.visit(async (own) => {
      await own().get('n');
      bridge.misbehave(...Array(9).fill(respond));
      return own()
        .set('n', 1)
        .catch((error: unknown) => error);
    });
    bridge.misbehave();
    expect(ofWrite).toMatchObject({
      message: expect.stringContaining('Its outcome is unknown'),
      cause: { name: 'UpstashError', message },
    });
    await expectNoData([ofRead, ofWrite], browser);
    if (message.startsWith('WRONGPASS')) expect(inspect(thrown)).toContain('command was: [["');
  });

  it('nobody who listens: the code of Node, and a write that an earlier try may have sent is unknown', async () => {
    const { browser } = await visitor();
    const client = clientWith({
      url: `http://127.0.0.1:${await freePort()}`,
      retry: { retries: 1, backoff: () => 1 },
    });
    const alone = new Browser(sessionOn(client), browser.cookies);
    const error = await read(alone);
    expect(error).toMatchObject({ code: 'ERR_SESSION_STORE', cause: { code: 'ECONNREFUSED' } });
    const ofWrite = await write(new Browser(sessionOn(client)));
    expect(ofWrite.message).toContain('Its outcome is unknown');
    await expectNoData([error, ofWrite], browser);
  });
});

describe('a server that does not answer', () => {
  const hang = () => {};

  it('is left by the deadline of the store', async () => {
    const { browser } = await visitor({}, { storeTimeout: 0.3 });
    bridge.misbehave(hang);
    expect(await read(browser)).toMatchObject({ code: 'ERR_SESSION_STORE_TIMEOUT' });
  });

  it('ends by the signal of the client, which then closes the connection and sends nothing else', async () => {
    const { browser } = await visitor({ signal: () => AbortSignal.timeout(200) });
    let closed = false;
    bridge.misbehave((response) =>
      response.on('close', () => {
        closed = true;
      }),
    );
    const error = await read(browser);
    expect(error).toMatchObject({ code: 'ERR_SESSION_STORE', cause: { name: 'UpstashError' } });
    await vi.waitUntil(() => closed);
    expect(bridge.requests).toHaveLength(1);
  });

  it('a client that was aborted makes up replies: none is taken for a session or a write', async () => {
    const { browser } = await visitor();
    const controller = new AbortController();
    const client = clientWith({ signal: controller.signal });
    controller.abort();
    expect(await client.exec(['PING'])).not.toBe('PONG');
    const aborted = new Browser(sessionOn(client), browser.cookies);
    expect((await read(aborted)).cause).toMatchObject({ message: 'Unexpected response' });
    const fresh = new Browser(sessionOn(client));
    expect((await write(fresh)).message).toContain('Its outcome is unknown');
    expect(fresh.cookies).toEqual({});
  });
});
