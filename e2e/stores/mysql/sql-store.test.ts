import { testProcesses } from '../concurrency.kit.js';
import { MySqlServer } from '../servers/mysql.js';
import { mysql2Pool } from '../servers/sql-clients.js';
import { mysql } from '../shared-stores.kit.js';
import { testContract } from '../sql-contract.kit.js';
import { testSchema } from '../sql-schema.kit.js';

testContract('MySQL', MySqlServer, [mysql2Pool]);
testSchema(mysql);
testProcesses(mysql);
