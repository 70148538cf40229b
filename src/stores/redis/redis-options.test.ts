import { Redis } from '@upstash/redis';
import { describe, expect, it } from 'vitest';
import { SessionError } from '../../lib/errors.js';
import { RedisStore } from './redis-store.js';

const client = { sendCommand: async () => null };

/** The message of the error that these options throw, or 'none'. */
function complaint(options?: unknown): string {
  try {
    new RedisStore(options as never);
    return 'none';
  } catch (error) {
    if (!SessionError.is(error) || error.code !== 'ERR_SESSION_OPTIONS') throw error;
    return error.message;
  }
}

describe('the client', () => {
  it.each<[string, unknown, string]>([
    ['is missing', {}, 'RedisStore option client: give a client of ioredis 5 or 6'],
    ['is null', { client: null }, 'give a client of ioredis'],
    ['is a URL', { client: 'redis://localhost' }, 'a URL is not enough'],
    ['is a plain object', { client: { host: 'localhost', port: 6379 } }, 'give a client of ioredis'],
    ['is not waited for', { client: Promise.resolve(client) }, 'it is a promise'],
    ['stands alone', client, 'new RedisStore({ client })'],
    [
      'of @upstash/redis stands alone',
      new Redis({ url: 'https://example.upstash.io', token: 'a token' }),
      'new RedisStore({ client })',
    ],
    ['is a URL that stands alone', 'redis://localhost', 'new RedisStore({ client })'],
    ['is left out with all options', undefined, 'new RedisStore({ client })'],
  ])('%s', (_, options, message) => {
    expect(complaint(options)).toContain(message);
  });
});

describe('options that do not exist', () => {
  it.each([
    ['ttl', 'Use idleTimeout'],
    ['disableTouch', 'touchAfter'],
    ['disableTTL', 'every session ends'],
    ['scanCount', 'scans no keys'],
    ['url', 'pass that as client'],
    ['token', 'pass that as client'],
    ['hashIds', 'It is an option of nextAppSession'],
    ['prefx', 'Did you mean prefix?'],
  ])('%s', (name, fix) => {
    const message = complaint({ client, [name]: 1 });
    expect(message).toContain(`RedisStore option ${name}: `);
    expect(message).toContain(fix);
  });

  it('pass if they are undefined, so that spreads work', () => {
    expect(complaint({ client, ttl: undefined, anything: undefined })).toBe('none');
  });
});

describe('wrong values', () => {
  it.each<[string, object]>([
    ['prefix', { prefix: 1 }],
    ['prefix', { prefix: null }],
    ['serializer', { serializer: 'superjson' }],
    ['serializer', { serializer: { stringify: JSON.stringify } }],
  ])('of %s: %o', (name, options) => {
    expect(complaint({ client, ...options })).toContain(`RedisStore option ${name}: give `);
  });

  it.each(['a{b', 'a}b{c}', 'a{}b', '{'])('a prefix that puts a session into several slots: %s', (prefix) => {
    expect(complaint({ client, prefix })).toContain('leave out braces');
  });

  it.each(['', 'sess:', '{app}:', 'a:{app}:{'])('no prefix that keeps it in one: %s', (prefix) => {
    expect(complaint({ client, prefix })).toBe('none');
  });
});
