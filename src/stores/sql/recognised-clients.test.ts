import { describe, expect, it } from 'vitest';
import { SqlStore } from './sql-store.js';

describe('a client that is none', () => {
  it('Neon’s function over HTTP, which has an `unsafe` too, is not taken for postgres.js', () => {
    const neon = Object.assign(async () => [], {
      query: async () => [],
      unsafe: (sql: string) => ({ sql }),
      transaction: async () => [],
    });
    expect(() => new SqlStore({ client: neon as never })).toThrow(
      'SqlStore option client: give a client of pg, PGlite, postgres.js, mysql2, node:sqlite or better-sqlite3, or an ' +
        'object with query(text, values), and dialect. docs/sql-clients.md shows it.',
    );
  });
});
