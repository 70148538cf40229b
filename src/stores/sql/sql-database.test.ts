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
  it('rejects for a table of the same name that has other columns', async () => {
    const missing = coded({ code: '42703' });
    const query = async (text: string) => {
      if (text.startsWith('SELECT user_key')) throw missing;
      return { rows: [] };
    };
    await expect(new SqlStore({ client: { query }, dialect: 'postgresql' }).migrate()).rejects.toBe(missing);
  });
});
