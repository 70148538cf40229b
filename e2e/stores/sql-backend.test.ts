import { MariaDbServer } from './servers/mariadb.js';
import { PostgresServer } from './servers/postgres.js';
import { mysql2Pool, ownPostgresClient, pgClient, pgPool, postgresJs } from './servers/sql-clients.js';
import { testSqlBackend } from './sql-backend.kit.js';

testSqlBackend('PostgreSQL', PostgresServer, [pgPool, pgClient, postgresJs, ownPostgresClient]);
testSqlBackend('MariaDB', MariaDbServer, [mysql2Pool]);
