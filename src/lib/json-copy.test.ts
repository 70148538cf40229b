import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { SessionError } from './errors.js';
import { MAX_DEPTH } from './json.js';
import { jsonCopy, jsonData } from './json-copy.js';

function failure(value: unknown, key = 'user'): string {
  try {
    jsonCopy(value, key);
  } catch (error) {
    if (SessionError.is(error) && error.code === 'ERR_SESSION_DATA') return error.message;
    throw error;
  }
  throw new Error('Expected ERR_SESSION_DATA.');
}

class Private {
  readonly #name = 'ada';
  get name() {
    return this.#name;
  }
}

class Cart {
  items = ['tea'];
  total = 3;
  count() {
    return this.items.length;
  }
}

class Money {
  readonly #cents = 350;
  toJSON() {
    return { cents: this.#cents };
  }
}

/** As the query builders of Knex and Drizzle. */
class Query {
  readonly sql = 'select 1';
  // biome-ignore lint/suspicious/noThenProperty: the case
  then() {
    throw new Error('It must not run.');
  }
}

/** An object of Object.prototype whose reading fails in one way or another. */
const throwing = {
  get name(): string {
    throw new Error('secret-data');
  },
};
const revoked = Proxy.revocable({}, {});
revoked.revoke();
const hostile = new Proxy(
  {},
  {
    getPrototypeOf() {
      throw null;
    },
  },
);
const circular: Record<string, unknown> = {};
circular.self = circular;
const invalid = new Date(Number.NaN);

const REFUSED: readonly [what: string, value: unknown, why: string][] = [
  ['a function', () => 1, 'is a function. Nothing was written. Call it'],
  ['a class', Cart, 'is a function'],
  ['a symbol', Symbol('s'), 'is a symbol'],
  ['a boxed symbol', Object(Symbol('s')), 'is a symbol'],
  ['a symbol as a key', { [Symbol('s')]: 1, a: 1 }, 'a symbol as a key'],
  ['a symbol as a key of an array', Object.assign([1], { [Symbol('s')]: 1 }), 'a symbol as a key'],
  ['a BigInt', 1n, 'is a bigint'],
  ['a boxed BigInt', Object(1n), 'is a bigint'],
  ['NaN', Number.NaN, 'is NaN'],
  ['an infinity', Number.POSITIVE_INFINITY, 'is Infinity'],
  ['a negative infinity', Number.NEGATIVE_INFINITY, 'is -Infinity'],
  ['a boxed NaN', Object(Number.NaN), 'is NaN'],
  ['an invalid Date', invalid, 'is an invalid Date'],
  ['an invalid Date of another realm', runInNewContext('new Date(NaN)'), 'is an invalid Date'],
  ['a Map', new Map([['a', 1]]), 'is of type Map,'],
  ['a Map with a key', Object.assign(new Map(), { a: 1 }), 'is of type Map,'],
  ['a Map of another realm', runInNewContext('new Map([[1, 2]])'), 'is of type Map,'],
  ['a Set', new Set([1]), 'is of type Set,'],
  ['a WeakMap', new WeakMap(), 'is of type WeakMap,'],
  ['a WeakSet', new WeakSet(), 'is of type WeakSet,'],
  ['a WeakRef', new WeakRef({}), 'is of type WeakRef,'],
  ['a Promise', Promise.resolve(1), 'is a Promise: an await is missing'],
  ['a Promise of another realm', runInNewContext('Promise.resolve(1)'), 'is a Promise: an await is missing'],
  ['a query that nobody awaited', new Query(), 'has a then(), so it comes later: an await is missing'],
  [
    'a plain object that comes later, as of Prisma',
    Object.fromEntries([['then', () => {}]]),
    'has a then(), so it comes later: an await is missing',
  ],
  ['a RegExp', /a/, 'is of type RegExp,'],
  ['an Error', new TypeError('x'), 'is of type Error,'],
  ['an Error with a code', Object.assign(new Error('x'), { code: 'E_X' }), 'is of type Error,'],
  [
    'an Error of another realm',
    runInNewContext('Object.assign(new Error("x"), { a: 1 })'),
    'is of type Error,',
  ],
  ['a DOMException', new DOMException('x'), 'is of type DOMException,'],
  ['an ArrayBuffer', new ArrayBuffer(2), 'is of type ArrayBuffer,'],
  ['a SharedArrayBuffer', new SharedArrayBuffer(2), 'is of type SharedArrayBuffer,'],
  ['a DataView', new DataView(new ArrayBuffer(2)), 'is of type DataView,'],
  ['a typed array', new Float64Array(2), 'is of type Float64Array,'],
  ['a typed array of another realm', runInNewContext('new Uint8Array(2)'), 'is of type Uint8Array,'],
  ['a Buffer, for all its toJSON', Buffer.from('x'), 'is of type Uint8Array,'],
  ['a Blob', new Blob(['x']), 'is of type Blob,'],
  ['a File', new File(['x'], 'x'), 'is of type File,'],
  ['a FormData', new FormData(), 'is of type FormData,'],
  ['Headers', new Headers({ a: 'b' }), 'is of type Headers,'],
  ['URLSearchParams', new URLSearchParams('a=b'), 'is of type URLSearchParams,'],
  ['a Request', new Request('http://localhost'), 'is of type Request,'],
  ['a Response', new Response('x'), 'is of type Response,'],
  ['a stream', new ReadableStream(), 'is of type ReadableStream,'],
  ['a generator', (function* () {})(), 'is of type Generator,'],
  ['an iterator', [1].values(), 'without own properties'],
  ['an instance without keys', new Private(), 'is an instance of Private without own properties'],
  [
    'an instance of a class without a name',
    new (class {})(),
    'is an instance of a class without own properties',
  ],
  ['an instance of what is no class', Object.create({ constructor: null }), 'an instance of a class without'],
  ['what inherits its keys', Object.create({ a: 1 }), 'without own properties'],
  ['a cycle', circular, 'refers to itself'],
  ['undefined in an array', [1, undefined], 'is undefined'],
  // biome-ignore lint/suspicious/noSparseArray: a hole is the case
  ['a hole in an array', [1, , 3], 'is undefined'],
  ['an array with other keys', Object.assign([1], { cursor: 'x' }), 'keys beside its items'],
  ['a match of a RegExp', /a/.exec('a'), 'keys beside its items'],
  ['a getter that throws', throwing, 'cannot be read'],
  ['a revoked Proxy', revoked.proxy, 'cannot be read'],
  ['a Proxy that throws null', hostile, 'cannot be read'],
  ['a toJSON that throws', { toJSON: () => throwing.name }, 'cannot be read'],
  ['a toJSON that returns undefined', { toJSON: () => undefined }, 'toJSON() that returns undefined'],
  ['a toJSON that returns a function', { toJSON: () => () => 1 }, 'is a function'],
  ['a toJSON that returns a Map', { toJSON: () => new Map() }, 'is of type Map,'],
  ['a toJSON that returns NaN', { toJSON: () => Number.NaN }, 'is NaN'],
];

describe('what JSON would drop or change without a word throws, with the path to it', () => {
  it.each(REFUSED)('%s', (_, value, why) => {
    expect(failure(value)).toMatch(/: user\W/);
    expect(failure(value)).toContain(why);
    expect(failure({ cart: [{ price: value }] })).toMatch(/: user\.cart\[0\]\.price\W/);
    expect(() => jsonData({ user: { avatar: value } })).toThrow(/: user\.avatar\W/);
    expect(() => jsonData(value)).toThrow(expect.objectContaining({ code: 'ERR_SESSION_DATA' }));
  });

  it('a path shows what a programmer has written, and no key that may be data', () => {
    expect(failure({ address_2: { $zip: [1n] } })).toContain(': user.address_2.$zip[0] is a bigint');
    for (const key of [
      'ada@example.com',
      'V1StGXR8_Z5jdHi6B_myT',
      '+44 20 7946',
      'a b',
      '',
      'x'.repeat(31),
    ]) {
      expect(failure({ [key]: { n: 1n } })).toContain(': user["…"].n is a bigint');
      expect(failure(1n, key)).toContain(': ["…"] is a bigint');
    }
  });

  it('the message holds nothing of what was thrown', () => {
    expect(failure(throwing)).not.toContain('secret-data');
    expect(failure({ toJSON: () => throwing.name })).not.toContain('secret-data');
  });

  it('an error of this library passes: an update calls the session in a toJSON()', () => {
    const error = new SessionError('ERR_SESSION_REENTRANT', 'No.');
    const toJSON = () => {
      throw error;
    };
    expect(() => jsonCopy({ toJSON }, 'user')).toThrow(error);
  });

  it.each([[[1]], ['text'], [null], [7], [undefined], [new String('x')]])(
    '%j is not the data of a session',
    (data) => {
      expect(() => jsonData(data)).toThrow(/: the data is/);
    },
  );
});

describe('a copy is what JSON makes of a value', () => {
  const realm = runInNewContext('({ a: 1, list: [1, { b: null }], at: new Date(0), empty: {} })');
  it.each<[string, unknown]>([
    ['plain data', { a: [1, 'x', null, true, { b: [] }], c: 0.1, d: '', e: {} }],
    ['objects of another realm', realm],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
    ['an empty one', Object.create(null)],
    ['the groups of a match', /(?<name>a)/.exec('a')?.groups],
    ['an instance, by its own keys', new Cart()],
    ['a Date', { at: new Date(0) }],
    ['a URL', new URL('http://localhost/?a=b')],
    ['an instance, by its toJSON', [new Money()]],
    ['an Error with a toJSON', Object.assign(new Error('x'), { toJSON: () => ({ message: 'x' }) })],
    ['a Map with a toJSON', Object.assign(new Map(), { toJSON: () => [1] })],
    ['a toJSON that is told its key', { outer: [{ toJSON: (key: string) => `at ${key}` }] }],
    ['a toJSON that returns what has one', { toJSON: () => ({ a: 1, toJSON: 2 }) }],
    ['a key toJSON', { toJSON: 'text' }],
    ['boxed primitives', [Object(1), Object('x'), Object(false), runInNewContext('Object(2)')]],
    ['negative zero, which is 0', { zero: -0 }],
    ['half a surrogate pair', { text: 'a\ud800b', '\udc00': 1 }],
    ['an absent property', { a: undefined, b: 1, c: { d: undefined } }],
    ['what is not enumerable', Object.defineProperty({ a: 1 }, 'b', { value: new Map() })],
    ['one object in two places', ((twice) => [twice, twice])({ a: 1 })],
    ['keys of a prototype', JSON.parse('{ "a": { "__proto__": { "b": 1 }, "constructor": 1 } }')],
  ])('%s', (_, value) => {
    const json = JSON.parse(JSON.stringify({ value }));
    const copy = jsonCopy({ value }, 'key');
    expect(copy).toStrictEqual(json);
    expect(JSON.stringify(copy)).toBe(JSON.stringify(json));
  });

  it('a BigInt for which the app has defined toJSON', () => {
    const prototype = BigInt.prototype as { toJSON?: () => string };
    prototype.toJSON = function () {
      return String(this);
    };
    try {
      expect(jsonCopy([7n], 'key')).toEqual(['7']);
    } finally {
      delete prototype.toJSON;
    }
  });

  it('reads each property once', () => {
    let reads = 0;
    const once = {
      get n() {
        return ++reads;
      },
    };
    expect(jsonCopy(once, 'key')).toEqual({ n: 1 });
    expect(reads).toBe(1);
  });

  it('nests as deep as a session may, in a key', () => {
    const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    expect(jsonData({ key: nested(MAX_DEPTH) })).toEqual({ key: nested(MAX_DEPTH) });
    expect(jsonCopy(nested(MAX_DEPTH), 'key')).toEqual(nested(MAX_DEPTH));
    for (const levels of [MAX_DEPTH + 1, 5000]) {
      expect(() => jsonData({ key: nested(levels) })).toThrow(/nests too deep/);
      expect(() => jsonCopy(nested(levels), 'key')).toThrow(/nests too deep/);
    }
  });
});
