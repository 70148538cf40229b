import { nodeSqlite, ownSqliteClient } from '../servers/sqlite-clients.js';
import { SqliteFile } from '../servers/sqlite-file.js';
import { testContract } from '../sql-contract.kit.js';

testContract('SQLite', SqliteFile, [nodeSqlite, ownSqliteClient]);
