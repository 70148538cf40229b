import { MariaDbServer } from './servers/mariadb.js';
import { PostgresServer } from './servers/postgres.js';
import {
  mysql2CallbackPool,
  mysql2ChangedRows,
  mysql2Connection,
  ownMySqlClient,
  ownPostgresClient,
  pgClient,
  postgresJs,
} from './servers/sql-clients.js';
import { testContract } from './sql-contract.kit.js';

testContract('PostgreSQL', PostgresServer, [pgClient, postgresJs, ownPostgresClient]);
testContract('MariaDB', MariaDbServer, [
  mysql2Connection,
  mysql2CallbackPool,
  mysql2ChangedRows,
  ownMySqlClient,
]);
