import { MySqlServer } from '../servers/mysql.js';
import { connectMySql2, describeServer } from '../sql-server.kit.js';

describeServer('MySQL', () => MySqlServer.start(), connectMySql2);
