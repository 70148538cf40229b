import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SessionError } from './errors.js';
import { safeCause, safeName } from './safe-cause.js';

/** What a log shows of an error at most. */
const shown = (error: unknown) => inspect(error, { depth: null, showHidden: true, getters: true });

const withheld = 'The message is withheld: it may hold session data.';

describe('passes on', () => {
  it('name, code and the frames of the stack', () => {
    const error = Object.assign(new TypeError('bad value ada'), { code: 'ERR_INVALID_ARG_TYPE' });
    const cause = safeCause(error);
    expect(cause).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', message: withheld });
    expect(inspect(cause)).toContain("code: 'ERR_INVALID_ARG_TYPE'");
    expect(cause.stack).toMatch(/^TypeError: The message is withheld.*\n {4}at .*safe-cause\.test\.ts:\d+/);
  });

  it.each([
    ['connect ECONNREFUSED 127.0.0.1:6379', { code: 'ECONNREFUSED', address: '127.0.0.1', port: 6379 }],
    ['connect ECONNREFUSED ::1:6379', { code: 'ECONNREFUSED', address: '::1', port: 6379 }],
    ['getaddrinfo ENOTFOUND redis.internal', { code: 'ENOTFOUND', hostname: 'redis.internal' }],
    ['SQLITE_BUSY: database is locked', { code: 'SQLITE_BUSY' }],
    ['Connection is closed.', {}],
  ])('a message that only says what is wrong: %s', (message, facts) => {
    expect(safeCause(Object.assign(new Error(message), facts)).message).toBe(message);
  });

  it('the message of a SessionError: this library’s own hold no data', () => {
    const error = new SessionError('ERR_SESSION_OPTIONS', 'RedisStore option client: give a client.');
    expect(safeCause(error)).toMatchObject({
      name: 'SessionError',
      code: error.code,
      message: error.message,
    });
  });

  it('the first word of a Redis server, if the rest is withheld', () => {
    expect(safeCause(new Error("NOPERM User ada has no permissions to run the 'get' command")).message).toBe(
      `NOPERM ${withheld}`,
    );
  });

  it.each([
    ['its own code', { code: 'P2002', cause: {} }, 'P2002'],
    ['SQLSTATE', { cause: { cause: { code: '23505' } } }, '23505'],
    ['a number', { cause: { code: 11_000 } }, 11_000],
    [
      'the code of an AggregateError',
      new AggregateError([new Error(), { code: 'ECONNREFUSED' }]),
      'ECONNREFUSED',
    ],
    ['of an AggregateError within', { cause: { errors: [{ cause: { code: 'ETIMEDOUT' } }] } }, 'ETIMEDOUT'],
  ])('a code: %s', (_, thrown, code) => {
    expect(safeCause(thrown)).toMatchObject({ code });
  });

  it('the innermost cause, with its code', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const query = new Error('Failed query: select * from sessions', {
      cause: new Error('x', { cause: refused }),
    });
    const cause = safeCause(Object.assign(query, { code: 'ERR_QUERY' }));
    expect(cause).toMatchObject({
      code: 'ERR_QUERY',
      message: withheld,
      cause: { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' },
    });
  });

  it('the errors of another realm, as test runners make them', () => {
    const foreign = { name: 'Error', message: 'read ECONNRESET', code: 'ECONNRESET' };
    expect(safeCause(foreign)).toMatchObject({ message: 'read ECONNRESET', code: 'ECONNRESET' });
  });
});

describe('keeps back', () => {
  /** An upper-case word with an E has the shape of a code. */
  const value = fc.stringMatching(/^[a-df-z][a-z]{6,11}$/);
  const toHex = (text: string) => Buffer.from(text).toString('hex');
  const encodings: ((text: string) => string)[] = [
    (text) => text,
    (text) => JSON.stringify({ user: { name: [text] } }),
    (text) => JSON.stringify(JSON.stringify({ [text]: 1 })),
    (text) => encodeURIComponent(`{"user":"${text}"}`),
    (text) => text.toUpperCase(),
    (text) => `'${text}'`,
    (text) => text.replace(/./g, (letter) => `%${toHex(letter)}`),
    (text) => text.replace(/./g, (letter) => `\\u00${toHex(letter)}`),
    (text) => text.replace(/./g, (letter) => `&#${letter.charCodeAt(0)};`),
    (text) => Buffer.from(text).toString('base64'),
    (text) => Buffer.from(text).toString('base64url'),
    toHex,
    (text) => text.slice(0, 5),
    (text) => [...text].reverse().join(''),
    (text) => `${text}\n    at ${text} (${text}:1:1)`,
  ];
  /** Where a driver may put it. */
  const places: ((text: string) => unknown)[] = [
    (text) => new Error(`insert into sessions values (${text}) - database is locked`),
    (text) => new Error(`Connection closed ${text}`),
    (text) => new Error(`${text} is locked`),
    (text) => new SyntaxError(`Unexpected token, "${text}" is not valid JSON`),
    (text) => Object.assign(new Error(`READONLY ${text}`), { command: { name: 'set', args: [text] } }),
    (text) =>
      Object.assign(new Error('locked'), { detail: text, where: text, parameters: [text], [text]: text }),
    (text) => Object.assign(new Error('locked'), { name: text, code: text }),
    (text) => Object.assign(new Error(text), { message: 'locked' }),
    (text) => Object.assign(new Error('locked'), { stack: `Error: ${text}\n    at ${text}\n${text}` }),
    (text) =>
      new Error('Failed query', {
        cause: new Error(text, { cause: Object.assign(new Error(text), { code: 'X2500' }) }),
      }),
    (text) => new AggregateError([new Error(text), text, { message: text }], text),
    (text) =>
      Object.assign(new Error('x'), {
        address: text,
        hostname: `${text}%`,
        port: text,
        message: `connect ${text}`,
      }),
    (text) => text,
    (text) => ({ [text]: text, message: text, toJSON: () => text, [inspect.custom]: () => text }),
  ];

  it('what is read or written, in whichever encoding, wherever it is in the error', () => {
    const hostile = fc.tuple(value, fc.constantFrom(...encodings), fc.constantFrom(...places));
    fc.assert(
      fc.property(hostile, fc.boolean(), ([text, encode, place], isWrite) => {
        const encoded = encode(text);
        const cause = safeCause(
          place(encoded),
          'a-key',
          isWrite ? { cookie: {}, data: { user: text } } : undefined,
        );
        for (const line of encoded.split('\n')) expect(shown(cause)).not.toContain(line);
      }),
      { numRuns: 3000 },
    );
  });

  it('what has the shape of a code, a name, an address or a frame, if the store was told it', () => {
    const error = Object.assign(new Error('connect ada.example'), {
      hostname: 'ada.example',
      code: 'PIN_1234',
    });
    error.name = 'AdaError';
    error.stack = 'Error: connect ada.example\n    at run (/home/ada/store.js:1:1)';
    const record = { data: { names: ['AdaError'], pin: 'pin_1234', note: 'of\nada.example' } };
    expect(shown(safeCause(error, 'key', record))).not.toMatch(/ada|1234/i);
  });

  it('a message of plain words, if the store was told one of them', () => {
    expect(safeCause(new Error('database is locked'), { data: { state: ['locked'] } }).message).toBe(
      withheld,
    );
  });

  it('frames, if nobody can tell where the message ends', () => {
    const stack = 'Error: of ada\n    at ada (/sessions/ada.js:1:1)\n    at run (/app/store.js:1:1)';
    expect(safeCause(Object.assign(new Error('locked'), { stack })).stack).toBe('Error: locked');
  });
});

describe('reads whatever is thrown', () => {
  const isReadable = (cause: unknown): boolean =>
    cause instanceof Error &&
    [cause.name, cause.message, cause.stack].every((text) => typeof text === 'string') &&
    (cause.cause === undefined || isReadable(cause.cause)) &&
    shown(cause).length < 10_000;

  it('anything, as an error or as any part of one', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
    });
    const parts = fc.dictionary(
      fc.constantFrom('name', 'message', 'stack', 'code', 'cause', 'errors', 'address'),
      anything,
    );
    fc.assert(
      fc.property(anything, parts, (thrown, own) => {
        expect(isReadable(safeCause(thrown))).toBe(true);
        const error = new Error();
        // Node formats a stack when it is first looked at, with the name and message of that moment.
        expect(error.stack).toBeDefined();
        Object.defineProperties(error, Object.getOwnPropertyDescriptors(own));
        expect(isReadable(safeCause(error, thrown, own))).toBe(true);
      }),
    );
  });

  it('a chain of 10,000 causes, a circle, and a getter that makes causes for ever', () => {
    let chain = Object.assign(new Error('first'), { code: 'E_FIRST' });
    for (let n = 0; n < 10_000; n++)
      chain = Object.assign(new Error('next', { cause: chain }), { code: 'E_NEXT' });
    expect(safeCause(chain)).toMatchObject({ code: 'E_NEXT', cause: { code: 'E_NEXT' } });
    const circle = new Error('a');
    circle.cause = new Error('b', {
      cause: Object.assign(new Error('c', { cause: circle }), { code: 'E_DEEP' }),
    });
    expect(safeCause(circle)).toMatchObject({ code: 'E_DEEP' });
    const endless = (): Error => Object.defineProperty(new Error(), 'cause', { get: endless });
    expect(isReadable(safeCause(endless()))).toBe(true);
  });

  it('a name that cannot be read', () => {
    const hidden = Object.defineProperty(new Error(), 'name', {
      get: () => {
        throw new Error();
      },
    });
    expect([hidden, null, 'text', new RangeError()].map(safeName)).toEqual([
      'Error',
      'Error',
      'Error',
      'RangeError',
    ]);
  });
});
