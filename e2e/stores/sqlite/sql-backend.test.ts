import { nodeSqlite } from '../servers/sqlite-clients.js';
import { SqliteFile } from '../servers/sqlite-file.js';
import { testSqlBackend } from '../sql-backend.kit.js';

testSqlBackend('SQLite', SqliteFile, [nodeSqlite]);
