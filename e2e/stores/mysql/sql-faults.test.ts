import { expectNoUnhandledRejection } from '../rejections.kit.js';
import { MySqlServer } from '../servers/mysql.js';
import { mysqlFamily, testFaults } from '../sql-faults.kit.js';

testFaults(mysqlFamily('MySQL by mysql2', () => MySqlServer.start()));

expectNoUnhandledRejection();
