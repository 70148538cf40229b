import { MariaDbServer } from './servers/mariadb.js';
import { PostgresServer } from './servers/postgres.js';
import { mysql2Pool, pgPool } from './servers/sql-clients.js';
import { testContract } from './sql-contract.kit.js';

testContract('PostgreSQL', PostgresServer, [pgPool]);
testContract('MariaDB', MariaDbServer, [mysql2Pool]);
