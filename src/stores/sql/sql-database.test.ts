import { describe, expect, it, vi } from 'vitest';
import { callOptions } from '../../store-contract/store.js';
import { SqlStore } from './sql-store.js';

/** A client of PostgreSQL that fails as often as it is told, and then finds no row. */
function failing(error: unknown, times = Number.POSITIVE_INFINITY) {
  let left = times;
  const query = vi.fn(async () => {
    if (left-- > 0) throw error;
    return { rows: [] };
  });
  return { query, store: new SqlStore({ client: { query }, dialect: 'postgresql' }) };
}

const coded = (fields: object) => Object.assign(new Error('of a driver'), fields);
const transient = [
  ...['40001', '40P01', '55P03', 'SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_LOCKED'].map((code) => ({
    code,
  })),
  ...[1020, 1205, 1213].map((errno) => ({ errno, code: 'ER_X', sqlState: 'HY000' })),
];

describe('a statement that others are in the way of', () => {
  it.each(transient)('is sent again: %j', async (fields) => {
    const error = coded(fields);
    const wrapped = new Error('Failed query', { cause: new Error('of a builder', { cause: error }) });
    for (const thrown of [error, wrapped]) {
      const { query, store } = failing(thrown, 2);
      expect(await store.get('id')).toBeNull();
      expect(query).toHaveBeenCalledTimes(3);
    }
  });

  it('is sent until the deadline of the call, and then its error is thrown', async () => {
    const error = coded({ code: '40001' });
    const { query, store } = failing(error);
    const startedAt = performance.now();
    await expect(store.get('id', { ...callOptions(), timeoutMs: 60 })).rejects.toBe(error);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(query.mock.calls.length).toBeGreaterThan(1);
  });

  it.each([
    { code: '23505' },
    { code: '08006' },
    { code: '57P01' },
    { code: 'ER_X', errno: 1062, sqlState: '23000' },
  ])('and one that fails for another reason is sent once: %j', async (fields) => {
    const { query, store } = failing(coded(fields));
    await expect(store.get('id')).rejects.toThrow('of a driver');
    expect(query).toHaveBeenCalledTimes(1);
  });
});

describe('migrate', () => {
  it.each([
    ['42703', 'has other columns. Give the tables of the store another name'],
    ['42501', 'Grant it SELECT, INSERT, UPDATE and DELETE on both'],
  ])('says what to do about %s', async (code, fix) => {
    const query = async (text: string) => {
      if (text.startsWith('SELECT user_key')) throw coded({ code });
      return { rows: [] };
    };
    const migrated = new SqlStore({ client: { query }, dialect: 'postgresql' }).migrate();
    await expect(migrated).rejects.toMatchObject({
      code: 'ERR_SESSION_STORE',
      message: expect.stringContaining(fix),
      cause: { code },
    });
  });
});

describe('a client', () => {
  it.each([undefined, { rowCount: 1 }, { rows: 5 }, [[1]]])(
    'that returns no rows is told of: %j',
    async (result) => {
      const store = new SqlStore({ client: { query: async () => result as never }, dialect: 'postgresql' });
      await expect(store.get('id')).rejects.toThrow('has to return { rows, rowCount }: an array');
    },
  );

  it('of MySQL that counts nothing ends no write in a loop', async () => {
    const duplicate = coded({ code: 'ER_DUP_ENTRY', errno: 1062, sqlState: '23000' });
    const query = vi.fn(async (text: string) => {
      if (text.startsWith('INSERT')) throw duplicate;
      return { rows: [] };
    });
    const store = new SqlStore({ client: { query }, dialect: 'mysql' });
    const write = store.set('id', { cookie: { expires: Date.now() + 1000 } });
    await expect(write).rejects.toMatchObject({
      code: 'ERR_SESSION_STORE',
      message: expect.stringContaining('for MySQL how many rows it changed'),
    });
    expect(query.mock.calls.length).toBeLessThan(10);
  });

  it('of pg that does not keep prepared statements gets none after that', async () => {
    const sent: unknown[] = [];
    const query = async (statement: unknown) => {
      sent.push(typeof statement);
      if (typeof statement === 'object') throw coded({ code: '26000', severity: 'ERROR' });
      return { rows: [] };
    };
    const store = new SqlStore({ client: { query, idleCount: 0 } as never });
    expect([await store.get('id'), await store.get('id')]).toEqual([null, null]);
    expect(sent).toEqual(['object', 'string', 'string']);
  });
});
