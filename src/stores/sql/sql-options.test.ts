import { describe, expect, it } from 'vitest';
import { resolveSqlOptions, type SqlStoreOptions } from './sql-options.js';

const query = async () => ({ rows: [] });
const resolve = (options: object) => resolveSqlOptions({ client: { query }, ...options } as SqlStoreOptions);
const tablesOf = (options: object) => resolve(options).tables;

describe('the table', () => {
  it('has quoted names, for each dialect', () => {
    expect(tablesOf({ dialect: 'postgresql' })).toEqual({
      sessions: '"next_app_session"',
      users: '"next_app_session_users"',
      sessionsIndex: '"next_app_session_expires_at"',
      usersIndex: '"next_app_session_users_ends_at"',
    });
    expect(tablesOf({ dialect: 'sqlite', table: 'select' }).sessions).toBe('"select"');
    expect(tablesOf({ dialect: 'mysql', table: 'Order' }).users).toBe('`Order_users`');
  });

  it('may be in a schema, but for SQLite', () => {
    expect(tablesOf({ dialect: 'postgresql', table: 'web.sessions' })).toEqual({
      sessions: '"web"."sessions"',
      users: '"web"."sessions_users"',
      sessionsIndex: '"sessions_expires_at"',
      usersIndex: '"sessions_users_ends_at"',
    });
    expect(tablesOf({ dialect: 'mysql', table: 'web.sessions' }).users).toBe('`web`.`sessions_users`');
    expect(() => tablesOf({ dialect: 'sqlite', table: 'web.sessions' })).toThrow(/option table: give a name/);
  });

  it.each([
    '',
    '.',
    'a.',
    '.a',
    'a.b.c',
    '1a',
    'a b',
    'a-b',
    'a"b',
    'a`b',
    "a'b",
    'a;DROP TABLE users',
    'a\n',
    'a\0',
    ':now',
    '$1',
    'ä',
    'a'.repeat(49),
    `${'a'.repeat(49)}.b`,
    null,
    1,
    {},
    ['a'],
  ])('%j is refused', (table) => {
    for (const dialect of ['postgresql', 'mysql', 'sqlite']) {
      expect(() => tablesOf({ dialect, table })).toThrow(
        expect.objectContaining({
          code: 'ERR_SESSION_OPTIONS',
          message: expect.stringMatching(
            /^SqlStore option table: give a name of letters, digits and _, 48 at most/,
          ),
        }),
      );
    }
  });

  it('of 48 letters leaves room for the name of an index, in 63 bytes', () => {
    const { usersIndex } = tablesOf({ dialect: 'postgresql', table: 'a'.repeat(48) });
    expect(usersIndex.length - 2).toBeLessThanOrEqual(63);
  });
});

describe('an option', () => {
  it.each([
    [{ dialect: 'oracle' }, /option dialect: There are postgresql, sqlite, mysql\.$/],
    [{ dialect: 'postgres' }, /option dialect: Did you mean postgresql\?$/],
    [{ tableName: 'a' }, /tableName.*Use table/],
    [{ conString: 'a' }, /conString.*Make a client with it/],
    [{ createTableIfMissing: true }, /createTableIfMissing.*call store\.migrate\(\)/],
    [{ pruneSessionInterval: 60 }, /pruneSessionInterval.*store\.prune\(\)/],
    [{ idleTimeout: 60 }, /idleTimeout.*option of nextAppSession/],
    [{ tabel: 'a' }, /tabel.*table/],
  ])('that does not exist is refused, with the fix: %j', (options, message) => {
    expect(() => resolve({ dialect: 'postgresql', ...options })).toThrow(message);
  });

  it.each([undefined, null, 'postgres://localhost', { query }])(
    'has to be in an object, with the client: %j',
    (options) => {
      expect(() => resolveSqlOptions(options as never)).toThrow(
        /option client: pass the client in an object/,
      );
    },
  );

  it.each([
    [{}, /option client: give a client of pg, PGlite/],
    [{ connectionString: 'postgres://localhost' }, /connectionString.*Make a client with it/],
    [{ schema: 'web' }, /schema: .*Use table, as in schema\.table/],
  ])('client is missing: %j', (options, message) => {
    expect(() => resolveSqlOptions(options as never)).toThrow(message);
  });

  it('that is undefined counts as left out', () => {
    expect(tablesOf({ dialect: 'sqlite', table: undefined }).sessions).toBe('"next_app_session"');
  });
});
