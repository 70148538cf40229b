import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeSqlite, ownSqliteClient } from '../servers/sqlite-clients.js';
import { testContract } from '../sql-contract.kit.js';

const folderOfDatabase = {
  start: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sqlite-'));
    const stop = async () => rmSync(folder, { recursive: true, force: true });
    return { connection: join(folder, 'sessions.db'), stop };
  },
};

testContract('SQLite', folderOfDatabase, [nodeSqlite, ownSqliteClient]);
