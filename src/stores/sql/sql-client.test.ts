import { describe, expect, it, vi } from 'vitest';
import { SessionError } from '../../lib/errors.js';
import { senderOf } from './sql-client.js';

const invalid = (option: string, fix: string) => new SessionError('ERR_SESSION_OPTIONS', `${option}: ${fix}`);
const method = () => async () => ({ rows: [] });

/** Clients as their drivers make them, by what the store looks at. */
const clients: Record<string, [dialect: string, client: unknown]> = {
  'Pool of pg': ['postgresql', { query: method(), idleCount: 0, connect: method() }],
  'Client of pg': ['postgresql', { query: method(), escapeIdentifier: () => '' }],
  PGlite: ['postgresql', { query: method(), waitReady: Promise.resolve(), exec: method() }],
  'postgres.js': ['postgresql', Object.assign(() => {}, { unsafe: method(), begin: method() })],
  'node:sqlite and better-sqlite3': ['sqlite', { prepare: method(), exec: method() }],
  'a pool of mysql2/promise': ['mysql', { execute: method(), query: method(), Promise }],
  'a pool of mysql2': [
    'mysql',
    { execute: method(), query: method(), promise: () => ({ execute: async () => [[]] }) },
  ],
};

const others: [string, unknown, RegExp][] = [
  ['a URL', 'postgres://localhost', /^client: a URL is not enough\. Make a client/],
  ['a promise of a client', Promise.resolve({}), /^client: it is a promise\. Wait for it/],
  [
    'Drizzle',
    { $client: {}, query: {}, execute: method() },
    /^client: .*Drizzle\. Pass its driver: db\.\$client/,
  ],
  [
    'Prisma',
    { $queryRawUnsafe: method(), $executeRawUnsafe: method() },
    /^client: .*Prisma\. Give an object with query/,
  ],
  [
    'Kysely',
    { executeQuery: method(), selectFrom: method() },
    /^client: .*Kysely\. Give an object with query/,
  ],
  ['Knex', Object.assign(() => {}, { raw: method() }), /^client: it is Knex\. Give an object with query/],
  ['the class of a client', class Pool {}, /^client: it is a class\. Make a client of it, with new/],
  [
    'nothing',
    undefined,
    /^client: give a client of pg, PGlite, postgres\.js, mysql2, node:sqlite or better-sqlite3/,
  ],
  ['an object of another kind', {}, /^client: give a client of/],
  ['an own client without a dialect', { query: method() }, /^dialect: say which database/],
];

describe('a client is recognised by its methods', () => {
  it.each(Object.entries(clients))('%s', (_, [dialect, client]) => {
    expect(senderOf(client, undefined, invalid).dialect.name).toBe(dialect);
  });

  it.each(Object.entries(clients))('%s, and is refused as one of another dialect', (_, [dialect, client]) => {
    const other = dialect === 'mysql' ? 'sqlite' : 'mysql';
    expect(() => senderOf(client, other, invalid)).toThrow(`dialect: this is a client of ${dialect}. Leave`);
  });

  it.each(others)('%s is refused, with the fix', (_, client, message) => {
    expect(() => senderOf(client, undefined, invalid)).toThrow(message);
  });

  it('an own client is called as a method, with its dialect', async () => {
    const client = {
      rows: [{ n: 1 }],
      async query() {
        return { rows: this.rows };
      },
    };
    const { dialect, send } = senderOf(client, 'mysql', invalid);
    expect(dialect.name).toBe('mysql');
    expect(await send('SELECT 1', [])).toEqual({ rows: [{ n: 1 }] });
  });

  it('the function of Neon, which has `unsafe` for another purpose, is not taken for postgres.js', () => {
    const neon = Object.assign(() => {}, { unsafe: method(), query: method(), transaction: method() });
    expect(() => senderOf(neon, undefined, invalid)).toThrow(/^client: give .* an object with query/);
  });
});

describe('a single connection of pg', () => {
  const connection = (query: unknown) => ({ query, escapeIdentifier: () => '' });

  it('gets a statement when the one before it has ended, whether it failed or not', async () => {
    let running = 0;
    const query = vi.fn(async ({ text }: { text: string }) => {
      expect(++running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
      if (text === 'fails') throw new Error('failed');
      return { rows: [{ text }] };
    });
    const { send } = senderOf(connection(query), undefined, invalid);
    const results = await Promise.allSettled(['a', 'fails', 'b'].map((text) => send(text, [])));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(query.mock.calls.map(([{ text }]) => text)).toEqual(['a', 'fails', 'b']);
  });
});
