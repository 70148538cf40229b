import { errors, Redis } from '@upstash/redis';
import { describe, expect, it } from 'vitest';
import { isUpstash, upstashSender } from './upstash.js';

const login = { url: 'https://example.upstash.io', token: 'a token' };

/** A client whose requests are answered by this, and what it sent. */
function clientWith(answer: (request: unknown) => unknown) {
  const sent: unknown[] = [];
  const client = new Redis({
    request: async (request) => {
      sent.push(request);
      return answer(request) as never;
    },
  });
  return { send: upstashSender(client), sent };
}

/** Sends a command that is answered by this, and returns what it throws. */
async function failure(answer: () => unknown): Promise<Error> {
  const { send } = clientWith(answer);
  return send('key', ['SET', 'key', 'a secret']).then(
    (reply) => expect.fail(`it returned ${reply}`),
    (error) => error,
  );
}

const { UpstashError, UpstashJSONParseError } = errors;

describe('a client is recognised', () => {
  it.each([
    ['as it comes: a Proxy that batches commands', {}],
    ['without batches', { enableAutoPipelining: false }],
  ])('%s', (_, options) => {
    expect(isUpstash(new Redis({ ...login, ...options }))).toBe(true);
  });

  it.each([
    ['options', login],
    ['a client without a requester', { createScript: () => {}, client: {} }],
    ['a client whose requester is missing', { createScript: () => {}, client: null }],
    ['another client with a requester', { client: { request: () => {} } }],
  ])('not %s', (_, client) => {
    expect(isUpstash(client)).toBe(false);
  });
});

describe('the cache of fetch', () => {
  it.each([undefined, 'no-store'] as const)('may be left out of it: %s', (cache) => {
    expect(() => upstashSender(new Redis({ ...login, ...(cache && { cache }) }))).not.toThrow();
  });

  it.each(['default', 'force-cache', 'no-cache', 'reload'] as const)('may not be asked: %s', (cache) => {
    expect(() => upstashSender(new Redis({ ...login, cache }))).toThrow(
      /^RedisStore option client: leave out the option cache of @upstash\/redis/,
    );
  });
});

describe('commands', () => {
  it('are sent in one request, and the reply of the last one is returned as it came', async () => {
    const { send, sent } = clientWith(() => [{ result: 'OK' }, { result: '{"a":1}' }]);
    expect(await send('key', ['GET', 'key'], ['SET', 'key', '1'])).toBe('{"a":1}');
    expect(sent).toEqual([
      {
        path: ['pipeline'],
        body: [
          ['SET', 'key', '1'],
          ['GET', 'key'],
        ],
      },
    ]);
  });

  it.each([[null], [''], [0], [['a', ['b']]]])('give a reply as it came: %o', async (result) => {
    expect(await clientWith(() => [{ result }]).send('key', ['GET', 'key'])).toEqual(result);
  });

  it.each([
    ['the first', [{ error: 'OOM command not allowed' }, { result: 1 }], 'OOM command not allowed'],
    [
      'the second',
      [{ result: 'OK' }, { error: 'NOSCRIPT No matching script' }],
      'NOSCRIPT No matching script',
    ],
  ])('fail with what the server said of %s', async (_, answers, message) => {
    const { send } = clientWith(() => answers);
    const sending = send('key', ['EVALSHA', '', '0'], ['SET', 'key', '1']);
    await expect(sending).rejects.toMatchObject({ name: 'ReplyError', message });
  });
});

describe('no reply is taken from', () => {
  it.each<[string, unknown]>([
    ['a client that was aborted, which makes one up', { result: 'Aborted' }],
    ['too few answers', []],
    ['too many answers', [{ result: 'OK' }, { result: 'OK' }]],
    ['an answer without a result', [{}]],
    ['an answer that is no object', ['OK']],
    ['nothing', null],
  ])('%s', async (_, body) => {
    expect(await failure(() => body)).toMatchObject({ name: 'UpstashError', message: 'Unexpected response' });
  });
});

describe('an error has', () => {
  const thrown = (error: unknown) =>
    failure(() => {
      throw error;
    });

  it.each([
    ['WRONGPASS invalid or missing auth token', ''],
    [
      'ERR max requests limit exceeded',
      '. Limit: 500000, Usage: 500000. See https://upstash.com for details',
    ],
  ])('the words of the server, without the command: %s', async (words, more) => {
    const command = JSON.stringify(['SET', 'key', 'a secret']);
    const error = await thrown(new UpstashError(`${words}${more}, command was: ${command}`));
    expect(error).toMatchObject({ name: 'UpstashError', message: words });
    expect(error.stack).not.toContain('a secret');
  });

  it('nothing of a body that is not JSON', async () => {
    const error = await thrown(new UpstashJSONParseError('{"result":"YSBzZWNyZXQ=', { cause: 'a secret' }));
    expect(error).toMatchObject({ name: 'UpstashError', message: 'Unexpected response' });
    expect(error.cause).toBeUndefined();
    expect(error.stack).not.toMatch(/secret|YSBz/);
  });

  it('what fetch threw, as its cause', async () => {
    const cause = new TypeError('fetch failed');
    expect(await thrown(cause)).toMatchObject({ name: 'UpstashError', message: 'fetch failed', cause });
  });
});
