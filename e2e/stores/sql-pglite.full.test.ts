import { PGlite } from '@electric-sql/pglite';
import { pglite } from './servers/sql-clients.js';
import { testContract } from './sql-contract.kit.js';

/** PostgreSQL in this process: it takes 780 MB. */
const inProcess = {
  start: async () => {
    const connection = new PGlite();
    await connection.waitReady;
    return { connection, stop: () => connection.close() };
  },
};

testContract('PGlite', inProcess, [pglite]);
